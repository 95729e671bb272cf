package generator_test

import (
	"math"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// TestRefusals holds that nothing is written that would not be code, or would lose something.
func TestRefusals(t *testing.T) {
	t.Parallel()
	with := func(change func(*graph.Resource)) *graph.Graph {
		r := service("api")
		change(r)
		return &graph.Graph{Resources: []*graph.Resource{r}}
	}
	placed := func(e graph.Expr, path string) *graph.Graph {
		return with(func(r *graph.Resource) {
			r.Config = obj(object{"name": str("x"), "tags": list("a"), "block": blocks(object{"x": str("y")}), "none": cty.NullVal(cty.String)})
			r.Exprs = []graph.Placed{{Path: at(path), Expr: e}}
		})
	}
	team := ref("rootly_team", "sre")
	cases := map[string]struct {
		graph *graph.Graph
		want  string
	}{
		"address twice":        {&graph.Graph{Resources: []*graph.Resource{service("a"), service("a")}}, "two objects with the address rootly_service.a"},
		"label":                {&graph.Graph{Resources: []*graph.Resource{service("1st")}}, `"1st" is not an identifier`},
		"type":                 {with(func(r *graph.Resource) { r.Address.Type = "a b" }), `"a b" is not an identifier`},
		"argument":             {with(func(r *graph.Resource) { r.Config = obj(object{"a b": str("")}) }), `argument "a b" is not an identifier`},
		"no object":            {with(func(r *graph.Resource) { r.Config = str("x") }), "needs an object"},
		"null":                 {with(func(r *graph.Resource) { r.Config = cty.NullVal(cty.EmptyObject) }), "needs an object"},
		"unknown":              {with(func(r *graph.Resource) { r.Config = obj(object{"x": cty.UnknownVal(cty.String)}) }), "not known"},
		"unknown inside":       {with(func(r *graph.Resource) { r.Config = obj(object{"x": cty.TupleVal([]cty.Value{cty.DynamicVal})}) }), "not known"},
		"infinite":             {with(func(r *graph.Resource) { r.Config = obj(object{"x": cty.NumberFloatVal(math.Inf(1))}) }), "infinite"},
		"expression nowhere":   {placed(team, "absent"), "expression at absent: no such argument"},
		"expression past end":  {placed(team, "tags.1"), "expression at tags[1]: no such argument"},
		"expression in null":   {placed(team, "none.x"), "expression at none.x: no such argument"},
		"expression in text":   {placed(team, "name.0"), "expression at name[0]: no such argument"},
		"expression on block":  {placed(team, "block.0"), "cannot stand for a block"},
		"expression on blocks": {placed(team, "block"), "cannot stand for blocks"},
		"target":               {placed(ref("rootly_team", "s r e"), "name"), `reference to address "rootly_team.s r e"`},
		"attribute":            {placed(graph.Ref{Target: addr("rootly_team", "sre"), Attr: "id }"}, "name"), `"id }" is not an identifier`},
		"variable reference":   {placed(graph.VariableRef{Name: "a b"}, "name"), `"a b" is not an identifier`},
		"no expression":        {placed(nil, "name"), "expression at name: there is none"},
		"encoded nowhere": {placed(graph.Encoded{Value: obj(object{}), Exprs: []graph.Placed{{Path: at("x"), Expr: team}}}, "name"),
			"expression at x: no such argument"},
		"ignore":         {with(func(r *graph.Resource) { r.Ignore = []graph.Ignore{{Path: "a b"}} }), `ignore_changes "a b"`},
		"variable":       {&graph.Graph{Variables: []*graph.Variable{{Name: "a b"}}}, `variable "a b" is not an identifier`},
		"variable twice": {&graph.Graph{Variables: []*graph.Variable{{Name: "a"}, {Name: "a"}}}, `two variables with the name "a"`},
		"user twice":     {&graph.Graph{Users: []graph.User{{Email: "a"}, {Email: "a"}}}, `two users with the email "a"`},
		"data": {&graph.Graph{Data: []*graph.DataSource{{Address: graph.Address{Data: true, Type: "rootly_user", Name: "a"}, Config: str("x")}}},
			"data.rootly_user.a: a block needs an object"},
	}
	for name, c := range cases {
		for _, syntax := range []generator.Syntax{generator.HCL, generator.JSON} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				files, err := generator.Render(c.graph, nil, generator.Options{Syntax: syntax})
				if err == nil {
					t.Fatalf("no error, but\n%s", archive(files))
				}
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %q, want %q in it", err, c.want)
				}
			})
		}
	}
}

func TestTwoExpressionsAtOnePlace(t *testing.T) {
	t.Parallel()
	for _, paths := range [][]cty.Path{
		{at("tags"), at("tags")},
		{at("tags"), at("tags.0")},
		{at("tags.0"), at("tags")},
	} {
		r := service("api")
		r.Config = obj(object{"tags": list("a")})
		for _, path := range paths {
			r.Exprs = append(r.Exprs, graph.Placed{Path: path, Expr: graph.VariableRef{Name: "x"}})
		}
		if _, err := generator.Render(&graph.Graph{Resources: []*graph.Resource{r}}, nil, generator.Options{}); err == nil {
			t.Errorf("no error for expressions at %#v", paths)
		}
	}
}
