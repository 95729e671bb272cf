package acceptance

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// The workflow of the recipe is valid, and its plan makes it with its tasks.
func TestAcceptanceOfTheDriftWorkflow(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", ".github", "recipes", "drift-workflow.tf"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.tf"), string(text))
	values := filepath.Join(dir, "values.tfvars")
	write(t, values, "service_id = \"s\"\nalert_urgency_id = \"u\"\nslack_workspace_id = \"w\"\n")
	_, url := serve(t, of(30))
	engine, err := engines.Find(t.Context(), engines.Options{Engine: engineNames(t)[0]})
	if err != nil {
		t.Fatal(err)
	}
	served, err := standin.Serve(t.Context(), standin.Options{URL: url, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	result, err := engines.Plan(t.Context(), engines.Job{
		Engine: engine, Dir: dir, API: engines.API{URL: url, Token: token}, VarFiles: []string{values}, Attached: engines.Attached{Reattach: served.Reattach, StandIn: served.Name},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		if d.IsError() {
			t.Error(d)
		}
	}
	made := 0
	for _, c := range result.Changes {
		if c.Action == plans.Create {
			made++
		}
	}
	if made != 4 || len(result.Changes) != 4 {
		t.Errorf("%d of %d resources would be made, want 4", made, len(result.Changes))
	}
}
