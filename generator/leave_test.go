package generator_test

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

func rendered(t *testing.T, g *graph.Graph, o generator.Options) map[string]string {
	t.Helper()
	files, err := generator.Render(g, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		out[f.Name] = string(f.Content)
	}
	return out
}

func TestWhatLeftTheCode(t *testing.T) {
	t.Parallel()
	o := generator.Options{
		Moved:     []generator.Move{{From: addr("rootly_team", "old"), To: addr("rootly_team", "new")}},
		Forgotten: []graph.Address{addr("rootly_team", "gone")},
	}
	files := rendered(t, &graph.Graph{}, o)
	if want := "moved {\n  from = rootly_team.old\n  to   = rootly_team.new\n}\n"; !strings.HasSuffix(files["moved.tf"], want) {
		t.Errorf("moved.tf:\n%s", files["moved.tf"])
	}
	if want := "removed {\n  from = rootly_team.gone\n\n  lifecycle {\n    destroy = false\n  }\n}\n"; !strings.HasSuffix(files["removed.tf"], want) {
		t.Errorf("removed.tf:\n%s", files["removed.tf"])
	}

	o.Removed = generator.Bare
	if files := rendered(t, &graph.Graph{}, o); !strings.HasSuffix(files["removed.tf"], "removed {\n  from = rootly_team.gone\n}\n") {
		t.Errorf("removed.tf:\n%s", files["removed.tf"])
	}
	o.Syntax = generator.JSON
	files = rendered(t, &graph.Graph{}, o)
	for name, want := range map[string]string{
		"moved.tf.json":   `"from": "rootly_team.old"`,
		"removed.tf.json": `"from": "rootly_team.gone"`,
	} {
		if !strings.Contains(files[name], want) || !strings.Contains(files[name], ": [\n") {
			t.Errorf("%s:\n%s", name, files[name])
		}
	}
	o.Layout, o.Syntax = generator.Single, generator.HCL
	if files := rendered(t, &graph.Graph{}, o); !strings.Contains(files["main.tf"], "moved {") || files["moved.tf"] != "" {
		t.Errorf("main.tf:\n%s", files["main.tf"])
	}
}

func TestClosedFilesTakeNothingNew(t *testing.T) {
	t.Parallel()
	before, after := service("a"), service("b")
	o := generator.Options{
		Closed:     map[string]bool{"services.tf": true, "services_2.tf": true, "imports.tf": true},
		Remembered: map[graph.Address]string{before.Address: "services.tf"},
	}
	files := rendered(t, &graph.Graph{Resources: []*graph.Resource{before, after}}, o)
	if !strings.Contains(files["services.tf"], `"a"`) || strings.Contains(files["services.tf"], `"b"`) {
		t.Errorf("services.tf:\n%s", files["services.tf"])
	}
	if !strings.Contains(files["services_3.tf"], `"b"`) || files["imports.tf"] != "" || !strings.Contains(files["imports_2.tf"], "rootly_service.a") {
		t.Errorf("files: %v", files)
	}
}

func TestChildrenWithoutTheirOwnerKeepTheirFile(t *testing.T) {
	t.Parallel()
	child := func(name string) *graph.Resource {
		return &graph.Resource{Address: addr("rootly_catalog_entity", name), ID: graph.ID(name), Parent: "elsewhere", Config: obj(object{"name": str(name)})}
	}
	for layout, file := range map[generator.Layout]string{generator.ByType: "catalogs_2.tf", generator.ByObject: "catalog_regions_2.tf"} {
		a, b := child("a"), child("b")
		o := generator.Options{Layout: layout, Remembered: map[graph.Address]string{a.Address: file, b.Address: file}}
		files := rendered(t, &graph.Graph{Resources: []*graph.Resource{a, b}}, o)
		if strings.Count(files[file], "resource ") != 2 {
			t.Errorf("layout %d: %v", layout, files)
		}
	}
}

func TestReferenceToOneOfSeveral(t *testing.T) {
	t.Parallel()
	r := service("a")
	r.Config = obj(object{"name": str("a"), "owner": str("x"), "other": str("y")})
	r.Exprs = []graph.Placed{
		{Path: at("other"), Expr: graph.Ref{Target: addr("rootly_team", "this"), Index: "[0]", Attr: "id"}},
		{Path: at("owner"), Expr: graph.Ref{Target: addr("rootly_team", "this"), Index: `["a \"b\" $${c}"]`, Attr: "id"}},
	}
	files := rendered(t, &graph.Graph{Resources: []*graph.Resource{r}}, generator.Options{})
	for _, want := range []string{`= rootly_team.this[0].id`, `= rootly_team.this["a \"b\" $${c}"].id`} {
		if !strings.Contains(files["services.tf"], want) {
			t.Errorf("no %s in:\n%s", want, files["services.tf"])
		}
	}
	r.Exprs[0].Expr = graph.Ref{Target: addr("rootly_team", "this"), Index: `[file("x")]`, Attr: "id"}
	if _, err := generator.Render(&graph.Graph{Resources: []*graph.Resource{r}}, nil, generator.Options{}); err == nil {
		t.Error("an index that is no key was written")
	}
}
