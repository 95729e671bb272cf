package graph_test

import (
	"reflect"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Whoever links resources twice gets the same graph twice, and the resources stay as they were.
func TestLinkChangesNothing(t *testing.T) {
	t.Parallel()
	build := func() []*graph.Resource {
		a := object("x_a.one", uuid(1), map[string]cty.Value{"b_id": idText(uuid(2)), "gone": idText(uuid(9)), "self": idText(uuid(1))})
		a.Notes = []graph.Note{{Text: "about the object"}}
		b := object("x_b.two", uuid(2), map[string]cty.Value{"a_id": idText(uuid(1)), "gone": idText(uuid(9)), "json": text("{...}")})
		b.Exprs = []graph.Placed{{Path: cty.GetAttrPath("json"), Expr: graph.Encoded{Value: cty.ObjectVal(map[string]cty.Value{"a": idText(uuid(1))})}}}
		return []*graph.Resource{a, b}
	}
	rule := func(path string, to string) graph.Rule { return graph.Rule{Path: path, To: []string{to}} }
	o := graph.LinkOptions{GatherDead: "literal_ids", Rules: rules(map[string][]graph.Rule{
		"x_a": {rule("b_id", "x_b"), rule("gone", "x_c")}, "x_b": {rule("a_id", "x_a"), rule("gone", "x_c")},
	})}
	given := build()
	first := graph.Link(given, o)
	if len(first.BrokenCycles) == 0 || len(first.Unresolved) != 2 || len(last(first).Exprs) == 0 {
		t.Fatalf("%d broken cycles, %d ids without an object, expressions %v", len(first.BrokenCycles), len(first.Unresolved), last(first).Exprs)
	}
	if !reflect.DeepEqual(build(), given) {
		t.Errorf("the resources changed: %+v, %+v", *given[0], *given[1])
	}
	if second := graph.Link(given, o); !reflect.DeepEqual(first, second) {
		t.Errorf("linked again: %+v, not %+v", second, first)
	}
}
