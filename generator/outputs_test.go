package generator_test

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

func TestPartsReadEachOther(t *testing.T) {
	t.Parallel()
	state := graph.Address{Data: true, Type: generator.StateType, Name: "shared"}
	g := &graph.Graph{
		Resources: []*graph.Resource{{
			Address: addr("rootly_service", "api"), ID: "1a", Group: "services",
			Config: obj(object{"name": str("API"), "owner_group_ids": list("0b1c")}),
			Exprs:  []graph.Placed{{Path: at("owner_group_ids.0"), Expr: graph.Ref{Target: state, Index: ".outputs.team_ids", Attr: "sre"}}},
		}},
		Data: []*graph.DataSource{
			{Address: graph.Address{Data: true, Type: "rootly_team", Name: "it"}, Config: obj(object{"slug": str("it")})},
			{Address: state, Config: obj(object{"backend": str("local"), "config": obj(object{"path": str("../shared/terraform.tfstate")})}), Note: "Kept there."},
		},
	}
	options := generator.Options{Outputs: []generator.Output{{
		Name: "service_ids", Description: "Ids of rootly_service.", Of: []graph.Address{addr("rootly_service", "api"), addr("rootly_service", "at")},
	}}}
	for syntax, want := range map[generator.Syntax]map[string]string{
		generator.HCL: {
			"data.tf":         "data \"rootly_team\" \"it\" {\n  slug = \"it\"\n}\n",
			"remote_state.tf": "# Kept there.\ndata \"terraform_remote_state\" \"shared\" {\n  backend = \"local\"\n  config  = { path = \"../shared/terraform.tfstate\" }\n}\n",
			"services.tf":     "owner_group_ids = [data.terraform_remote_state.shared.outputs.team_ids.sre]",
			"outputs.tf":      "output \"service_ids\" {\n  description = \"Ids of rootly_service.\"\n\n  value = {\n    api = rootly_service.api.id\n    at  = rootly_service.at.id\n  }\n}\n",
		},
		generator.JSON: {
			"remote_state.tf.json": `"path": "../shared/terraform.tfstate"`,
			"services.tf.json":     `"${data.terraform_remote_state.shared.outputs.team_ids.sre}"`,
			"outputs.tf.json":      `"api": "${rootly_service.api.id}"`,
		},
	} {
		options.Syntax = syntax
		files, err := generator.Render(g, nil, options)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, f := range files {
			got[f.Name] = string(f.Content)
		}
		for name, text := range want {
			if !strings.Contains(got[name], text) {
				t.Errorf("%s is\n%s\nwithout\n%s", name, got[name], text)
			}
		}
	}
}
