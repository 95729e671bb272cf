package engines_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
)

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	dir := writeCode(t, map[string]string{
		"variables.tf": `variable "none" {}
variable "absent" { type = string }
variable "default" { default = null }
variable "environment" {}
variable "automatic" {}
variable "named" {}
variable "here" {}
`,
		"more.tf.json":        `{"variable": {"json": {}, "json_default": {"default": "x"}}}`,
		"secrets.auto.tfvars": "automatic = \"x\"\n",
		"named.tfvars":        "here = 1\n",
	})
	elsewhere := filepath.Join(t.TempDir(), "named.tfvars")
	if err := os.WriteFile(elsewhere, []byte("named = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := engines.MissingVariables(engines.Job{
		Dir: dir, VarFiles: []string{"named.tfvars", elsewhere, "nowhere.tfvars"}, Environ: []string{"TF_VAR_environment="},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"absent", "json", "none"}, got); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}
