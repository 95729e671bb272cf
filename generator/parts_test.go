package generator_test

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// one renders a single resource without its import block.
func one(t *testing.T, r *graph.Resource, syntax generator.Syntax) string {
	t.Helper()
	r.Group = "main"
	files := render(t, &graph.Graph{Resources: []*graph.Resource{r}}, generator.Options{Syntax: syntax, Layout: generator.Single})
	for _, f := range files {
		if strings.HasPrefix(f.Name, "main.tf") {
			return string(f.Content)
		}
	}
	t.Fatal("no file has the resource")
	return ""
}

// The provider takes a list that it knows in part for none at all, where it ignores the order and
// Rootly fills in nothing.
func TestListsKnownInPart(t *testing.T) {
	t.Parallel()
	form := graph.Ref{Target: addr("rootly_custom_form", "security"), Attr: "slug"}
	looked := graph.Ref{Target: graph.Address{Data: true, Type: "rootly_custom_form", Name: "security"}, Attr: "slug"}
	set := func(forms cty.Value, exprs ...graph.Placed) *graph.Resource {
		return &graph.Resource{Address: addr("rootly_form_set", "a"), Config: obj(object{"forms": forms}), Exprs: exprs}
	}
	service := &graph.Resource{
		Address: addr("rootly_service", "a"), Config: obj(object{"service_ids": list("1", "2")}),
		Exprs: []graph.Placed{{Path: at("service_ids.1"), Expr: ref("rootly_service", "b")}},
	}
	for name, test := range map[string]struct {
		r    *graph.Resource
		hcl  string
		json string
	}{
		"in part":      {set(list("web", "security"), graph.Placed{Path: at("forms.1"), Expr: form}), `forms = distinct(["web", rootly_custom_form.security.slug])`, `"forms": "${distinct([\"web\", rootly_custom_form.security.slug])}"`},
		"all open":     {set(list("security"), graph.Placed{Path: at("forms.0"), Expr: form}), `forms = [rootly_custom_form.security.slug]`, `"${rootly_custom_form.security.slug}"`},
		"all known":    {set(list("web", "security"), graph.Placed{Path: at("forms.1"), Expr: looked}), `forms = ["web", data.rootly_custom_form.security.slug]`, `"web",`},
		"twice":        {set(list("web", "web", "security"), graph.Placed{Path: at("forms.2"), Expr: form}), `forms = ["web", "web", rootly_custom_form.security.slug]`, `"web",`},
		"Rootly fills": {service, `service_ids = ["1", rootly_service.b.id]`, `"1",`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if code := one(t, test.r, generator.HCL); !strings.Contains(code, test.hcl) {
				t.Errorf("want %s in\n%s", test.hcl, code)
			}
			if code := one(t, test.r, generator.JSON); !strings.Contains(code, test.json) {
				t.Errorf("want %s in\n%s", test.json, code)
			}
		})
	}
}

func TestKeysThatRefer(t *testing.T) {
	t.Parallel()
	path := at("task_params.0.selected_component_statuses")
	r := &graph.Resource{
		Address: addr("rootly_workflow_task_publish_incident", "a"),
		Config: obj(object{"task_params": blocks(object{"selected_component_statuses": cty.MapVal(object{
			"1": str("operational"), "2": str("major_outage"), "x 3": str("operational"),
		})})}),
		Exprs: []graph.Placed{
			{Path: path.Copy().IndexString("1"), Expr: ref("rootly_status_page_component", "api"), Key: true},
			{Path: path.Copy().IndexString("x 3"), Expr: graph.Template{Parts: []graph.Part{{Text: "x "}, {Expr: ref("rootly_status_page_component", "web")}}}, Key: true},
		},
	}
	want := `    selected_component_statuses = {
      (rootly_status_page_component.api.id)      = "operational"
      "2"                                        = "major_outage"
      "x ${rootly_status_page_component.web.id}" = "operational"
    }
`
	if code := one(t, r, generator.HCL); !strings.Contains(code, want) {
		t.Errorf("want\n%s in\n%s", want, code)
	}
	for _, want := range []string{`"${rootly_status_page_component.api.id}": "operational"`, `"2": "major_outage"`, `"x ${rootly_status_page_component.web.id}": "operational"`} {
		if code := one(t, r, generator.JSON); !strings.Contains(code, want) {
			t.Errorf("want %s in\n%s", want, code)
		}
	}
	r.Exprs[0].Path = at("task_params.0.selected_component_statuses")
	if _, err := generator.Render(&graph.Graph{Resources: []*graph.Resource{r}}, nil, generator.Options{}); err == nil {
		t.Error("the name of an argument cannot be an expression, and nobody said so")
	}
}
