package engines_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
)

const readsState = `
data "terraform_remote_state" "shared" {
  backend = "local"
  config  = { path = "../nowhere/terraform.tfstate" }
}

resource "terraform_data" "of" {
  input = data.terraform_remote_state.shared.outputs.team_ids.sre
}

output "team" {
  value = data.terraform_remote_state.shared.outputs.team_ids.sre
}
`

const stateOfShared = `{"version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "x", "resources": [],
  "outputs": {"team_ids": {"value": {"sre": "t-1"}, "type": ["object", {"sre": "string"}]}}}`

// A part is planned with the state of another before there is one, and neither is touched.
func TestStatesOfOtherDirectories(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, engine engines.Engine) {
		dir := writeCode(t, map[string]string{"main.tf": readsState})
		before := listing(t, dir)
		if without, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir}); err == nil && !without.Errored {
			t.Error("planned without the state")
		}
		states := map[string][]byte{"shared": []byte(stateOfShared), "another": []byte("not read")}
		result, err := engines.Plan(t.Context(), engines.Job{Engine: engine, Dir: dir, Scope: engines.Scope{States: states}})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Changes) != 1 || !result.Changes[0].After.GetAttr("input").RawEquals(cty.StringVal("t-1")) {
			t.Errorf("changes %+v", result.Changes)
		}
		if v := verify.Judge(&result.Plan, verify.Expect{Exports: true}); len(v.Differences) != 1 {
			t.Errorf("outputs count as differences: %+v", v.Differences)
		}
		if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
			t.Errorf("the directory changed: %s", diff)
		}
	})
}

func TestBackend(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		kind   string
		config map[string]cty.Value
	}{
		`terraform { required_version = ">= 1" }`: {},
		`terraform {
		  backend "s3" {
		    bucket     = "states"
		    key        = "rootly/shared"
		    encrypt    = true
		    secret_key = "x"
		    region     = var.region
		  }
		}`: {"s3", map[string]cty.Value{"bucket": cty.StringVal("states"), "key": cty.StringVal("rootly/shared"), "encrypt": cty.True}},
		`terraform {
		  cloud {
		    organization = "acme"
		    workspaces {
		      name = "rootly-shared"
		    }
		  }
		}`: {"remote", map[string]cty.Value{
			"organization": cty.StringVal("acme"), "workspaces": cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal("rootly-shared")}),
		}},
	} {
		kind, config, err := engines.Backend(writeCode(t, map[string]string{"main.tf": code}))
		if err != nil || kind != want.kind {
			t.Errorf("%s: backend %q, %v", code, kind, err)
		}
		if want.kind != "" && !config.RawEquals(cty.ObjectVal(want.config)) {
			t.Errorf("%s: settings %#v", code, config)
		}
	}
	if kind, _, err := engines.Backend(t.TempDir() + "/none"); kind != "" || err != nil {
		t.Errorf("backend of no directory: %q, %v", kind, err)
	}
}
