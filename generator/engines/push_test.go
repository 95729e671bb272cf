package engines_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
)

// stateOf is a state of one resource: engines overwrite empty ones without a question.
func stateOf(lineage, serial string) []byte {
	return []byte(`{"version": 4, "terraform_version": "1.5.0", "serial": ` + serial + `, "lineage": "` + lineage +
		`", "outputs": {}, "resources": [{"mode": "managed", "type": "rootly_team", "name": "sre",
		  "provider": "provider[\"registry.terraform.io/rootlyhq/rootly\"]",
		  "instances": [{"schema_version": 0, "attributes": {"id": "t1"}, "sensitive_attributes": []}]}], "check_results": null}`)
}

func TestPushState(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"terraform", "tofu"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, err := engines.Find(t.Context(), engines.Options{Engine: firstSet(os.Getenv(strings.ToUpper(name)+"_BIN"), name)})
			if err != nil {
				t.Skip(err)
			}
			dir := t.TempDir()
			job := engines.Job{Engine: engine, Dir: dir}
			const one, two = "aaaaaaaa-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000"
			if err := engines.PushState(t.Context(), job, stateOf(one, "5")); err != nil {
				t.Fatal(err)
			}
			kept, err := os.ReadFile(filepath.Join(dir, "terraform.tfstate"))
			if err != nil {
				t.Fatal(err)
			}
			for refused, content := range map[string][]byte{"a lower serial": stateOf(one, "3"), "another lineage": stateOf(two, "9")} {
				err := engines.PushState(t.Context(), job, content)
				var engineErr *engines.RefusedError
				if !errors.As(err, &engineErr) || !strings.Contains(engineErr.Hint(), "in the meantime") {
					t.Errorf("%s: %v", refused, err)
				}
			}
			if now, err := os.ReadFile(filepath.Join(dir, "terraform.tfstate")); err != nil || string(now) != string(kept) {
				t.Errorf("the state was changed: %v\n%s", err, now)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
				t.Errorf("left behind: %s", left)
			}
		})
	}
}

func firstSet(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
