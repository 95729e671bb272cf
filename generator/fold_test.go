package generator_test

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
)

// folded is a team, and services that differ in little.
func folded(t *testing.T) (*graph.Graph, []*fold.Fold) {
	t.Helper()
	g := &graph.Graph{Resources: []*graph.Resource{{
		Address: addr("rootly_team", "sre"), ID: "t", Group: "teams", Config: obj(object{"name": str("SRE")}),
	}}}
	for _, name := range []string{"pay", "api", "for", "web", "iot"} {
		config := object{"name": str(strings.ToUpper(name)), "color": str("#0a0b0c"), "owner_group_ids": list("t"), "description": str("Runs " + name + ".")}
		r := &graph.Resource{
			Address: graph.Address{Type: "rootly_service", Name: "these", Key: name}, ID: graph.ID("id-of-" + name), Group: "services", Config: obj(config),
		}
		if name != "web" {
			r.Exprs = []graph.Placed{{Path: at("owner_group_ids.0"), Expr: ref("rootly_team", "sre")}}
		} else {
			r.Notes = []graph.Note{{Path: at("owner_group_ids.0"), Text: "no such team"}}
		}
		g.Resources = append(g.Resources, r)
	}
	g.Resources = append(g.Resources, &graph.Resource{
		Address: addr("rootly_service", "plain"), ID: "p", Group: "services", Config: obj(object{"name": str("Plain"), "service_ids": list("id-of-api")}),
		Exprs: []graph.Placed{{Path: at("service_ids.0"), Expr: graph.Ref{Target: g.Resources[2].Address, Attr: "id"}}},
	})
	folds, misfits := fold.Make(g)
	if len(folds) != 1 || len(misfits) > 0 {
		t.Fatalf("%d folds, %d misfits", len(folds), len(misfits))
	}
	return g, folds
}

const foldedServices = `locals {
  services = {
    api = {
      name            = "API"
      description     = "Runs api."
      owner_group_ids = [rootly_team.sre.id]
    }
    "for" = {
      name            = "FOR"
      description     = "Runs for."
      owner_group_ids = [rootly_team.sre.id]
    }
    iot = {
      name            = "IOT"
      description     = "Runs iot."
      owner_group_ids = [rootly_team.sre.id]
    }
    pay = {
      name            = "PAY"
      description     = "Runs pay."
      owner_group_ids = [rootly_team.sre.id]
    }
    web = {
      name        = "WEB"
      description = "Runs web."
      # no such team
      owner_group_ids = ["t"]
    }
  }
}

resource "rootly_service" "these" {
  for_each = local.services

  name            = each.value.name
  description     = each.value.description
  color           = "#0a0b0c"
  owner_group_ids = each.value.owner_group_ids
}

resource "rootly_service" "plain" {
  name        = "Plain"
  service_ids = [rootly_service.these["api"].id]
}
`

const foldedImport = `import {
  for_each = {
    api   = "id-of-api"
    "for" = "id-of-for"
    iot   = "id-of-iot"
    pay   = "id-of-pay"
    web   = "id-of-web"
  }

  to = rootly_service.these[each.key]
  id = each.value
}
`

func TestFoldsAreOneBlock(t *testing.T) {
	t.Parallel()
	g, folds := folded(t)
	files := render(t, g, generator.Options{Folds: folds})
	requireFormatted(t, files)
	text := map[string]string{}
	for _, f := range files {
		text[f.Name] = string(f.Content)
		if f.Name == "services.tf" && len(f.Addresses) != 6 || f.Name == "imports.tf" && len(f.Imports) != 7 {
			t.Errorf("%s holds %v, imports %v", f.Name, f.Addresses, f.Imports)
		}
	}
	if text["services.tf"] != foldedServices {
		t.Errorf("services.tf:\n%s", text["services.tf"])
	}
	if !strings.Contains(text["imports.tf"], foldedImport) {
		t.Errorf("imports.tf:\n%s", text["imports.tf"])
	}
	if !strings.Contains(text["versions.tf"], `">= 1.7.0"`) {
		t.Errorf("versions.tf:\n%s", text["versions.tf"])
	}

	// Every layout has each object once.
	for _, layout := range []generator.Layout{generator.ByObject, generator.Single} {
		n := 0
		for _, f := range render(t, g, generator.Options{Folds: folds, Layout: layout}) {
			n += len(f.Addresses)
		}
		if n != len(g.Resources) {
			t.Errorf("layout %d: %d addresses, want %d", layout, n, len(g.Resources))
		}
	}
}

// TestFoldsHaveTheOrderOfBlocks holds that a list without an order of its own is written in a map as it is in a block.
func TestFoldsHaveTheOrderOfBlocks(t *testing.T) {
	t.Parallel()
	g := &graph.Graph{}
	for i, days := range [][]string{{"F", "M"}, {"F", "M", "U"}, {"R", "T"}, {"F", "R", "S"}, {"M"}} {
		name := string(rune('a' + i))
		g.Resources = append(g.Resources, &graph.Resource{
			Address: graph.Address{Type: "rootly_workflow_incident", Name: "these", Key: name}, ID: graph.ID(name), Group: "workflows",
			Config: obj(object{"name": str(name), "repeat_on": list(days...)}),
		})
	}
	folds, misfits := fold.Make(g)
	if len(folds) != 1 || len(misfits) > 0 {
		t.Fatalf("%d folds, %d misfits", len(folds), len(misfits))
	}
	code := ""
	for _, f := range render(t, g, generator.Options{Folds: folds}) {
		code += string(f.Content)
	}
	for _, want := range []string{`["M", "F"]`, `["M", "F", "U"]`, `["T", "R"]`, `["R", "F", "S"]`} {
		if !strings.Contains(code, "repeat_on = "+want) {
			t.Errorf("%s is missing in:\n%s", want, code)
		}
	}
}
