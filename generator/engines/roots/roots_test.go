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
		"module.same": "rootly", "module.far": "rootly",
	}
	if !maps.Equal(got.Of, want) {
		t.Errorf("configurations: %s", cmp.Diff(want, got.Of))
	}
	if diff := cmp.Diff([]string{"rootly", "rootly.eu", "rootly.us"}, got.Names()); diff != "" {
		t.Errorf("aliases: %s", diff)
	}
	if diff := cmp.Diff([]string{"module.eu", "module.far", "module.same"}, got.Mixed); diff != "" { // ./m is not there
		t.Errorf("mixed: %s", diff)
	}
}

// TestLocalNames calls the provider by its own name, whatever a root module calls it, and a module another time.
func TestLocalNames(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{
		"main.tf": `
terraform {
  required_providers {
    incidents = {
      source                = "rootlyhq/rootly"
      configuration_aliases = [incidents.other]
    }
    rootlyx = { source = "acme/rootlyx" }
  }
}
provider "incidents" { alias = "eu" }
provider "rootlyx" { alias = "no" }
resource "rootly_team" "eu" { provider = incidents.eu }
resource "rootly_team" "ours" { provider = incidents }
resource "rootly_team" "lost" {}
module "eu" {
  source    = "./m"
  providers = { rootly = incidents.eu, aws = aws }
}
`,
		"m/main.tf": `resource "rootly_team" "below" {}`,
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := roots.Read(root)
	if err != nil {
		t.Fatal(err)
	}
	want := roots.Configurations{
		Local: "incidents", Aliases: []string{"eu"}, Of: map[string]string{"rootly_team.eu": "rootly.eu", "module.eu": "rootly.eu"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if name := got.Written("rootly.eu"); name != "incidents.eu" {
		t.Errorf("written as %s", name)
	}
}
