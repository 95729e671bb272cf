package acceptance

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// TestUncleanFoldsAreTakenApart imports with a provider that reads causes otherwise than Rootly has
// them: their fold comes apart and they are repaired, and the other folds stay.
func TestUncleanFoldsAreTakenApart(t *testing.T) {
	t.Parallel()
	_, url := serve(t, of(250))
	misread := func(ctx context.Context, o standin.Options) (*standin.Served, error) {
		o.Sabotage = func(resource, _ string, attributes map[string]any) error {
			if name, ok := attributes["name"].(string); ok && resource == "rootly_cause" {
				attributes["name"] = name + ", read otherwise"
			}
			return nil
		}
		return standin.Serve(ctx, o)
	}
	for _, engine := range engines(t) {
		dir := filepath.Join(t.TempDir(), "out")
		args := []string{
			"import", "-o", dir, "--url", url, "--token", token, "--provider", "stand-in", "--engine", engine, "--fold",
			"--resources", "cause,form_field,form_field_option",
		}
		before := program(t, os.Environ(), append(args, "--dry-run")...).summary
		if before.Proof.State != "clean" || len(before.Folds.Unfolded) > 0 || before.Folds.Blocks < 2 {
			t.Fatalf("by a provider that reads well: %s, %+v", before.Proof.State, before.Folds)
		}
		after := programWith(t, misread, os.Environ(), args...)
		if after.code != 0 || after.summary.Proof.State != "clean" || len(after.summary.Repairs) == 0 {
			t.Fatalf("exit code %d, %s, %d repairs, %+v\n%s", after.code, after.summary.Proof.State, len(after.summary.Repairs), after.summary.Folds, after.talk)
		}
		if f := after.summary.Folds; f.Blocks != before.Folds.Blocks-1 || len(f.Unfolded) != 1 || f.Unfolded[0].Address != "rootly_cause.these" {
			t.Errorf("folds %+v, of %+v", f, before.Folds)
		}
		causes, err := os.ReadFile(filepath.Join(dir, "causes.tf"))
		if err != nil || strings.Contains(string(causes), "for_each") {
			t.Errorf("causes.tf: %v\n%s", err, causes)
		}
	}
}
