package roots_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
)

// TestConfigurations reads provider configurations in both syntaxes, from overrides and through modules.
func TestConfigurations(t *testing.T) {
	t.Parallel()
	rest := map[string]string{
		"main.tf": `
provider "rootly" {}
provider "rootly" { alias = "eu" }
provider "aws" { region = "eu-west-1" }
resource "rootly_team" "ours" { name = "a" }
resource "rootly_team" "eu" {
  provider = rootly.eu
  name     = "b"
}
resource "rootly_team" "one_line" { provider = rootly.eu }
resource "rootly_team" "back" { provider = rootly.eu }
resource "aws_instance" "x" {}
data "vault_generic_secret" "token" {}
data "terraform_remote_state" "other" {}
module "eu" {
  source    = "./m"
  providers = { rootly = rootly.eu }
}
module "same" {
  source    = "./m"
  providers = { rootly = rootly }
}
module "far" { source = "acme/thing/any" }
`,
		"override.tf":   `resource "rootly_team" "back" { provider = rootly }`,
		"more.tf.json":  `{"provider": {"rootly": [{"alias": "us"}]}, "resource": {"rootly_team": {"us": {"provider": "rootly.us", "name": "c"}}, "null_resource": {"n": {}}}}`,
		"generated.tf":  `resource "rootly_cause" "c" { name = "provider" }`,
		"ignored.notes": `resource "aws_instance" "no" {}`,
	}
	dir := t.TempDir()
	for name, text := range rest {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := roots.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"rootly_team.eu": "rootly.eu", "rootly_team.one_line": "rootly.eu", "rootly_team.us": "rootly.us",
		"aws_instance.x": "aws", "null_resource.n": "null", "data.vault_generic_secret.token": "vault", "module.eu": "rootly.eu",
	}
	if !maps.Equal(got.Of, want) {
		t.Errorf("configurations: %s", cmp.Diff(want, got.Of))
	}
	if diff := cmp.Diff([]string{"eu", "us"}, got.Aliases); diff != "" {
		t.Errorf("aliases: %s", diff)
	}
	if diff := cmp.Diff([]string{"module.far", "module.same"}, got.Mixed); diff != "" { // ./m is not there
		t.Errorf("mixed: %s", diff)
	}
}
