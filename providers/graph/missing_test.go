package graph_test

import (
	"slices"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

func TestMissing(t *testing.T) {
	t.Parallel()
	by := rules(map[string][]graph.Rule{"x_a": {
		{Path: "b_id", To: []string{"x_b"}}, {Path: "either", To: []string{"x_b", "x_c"}}, {Path: "slug", To: []string{"x_b"}, Attr: "slug"},
		{Path: "owner", To: []string{graph.UserType}}, {Path: "states", To: []string{"x_c"}},
	}})
	r := object("x_a.one", uuid(1), map[string]cty.Value{
		"b_id": idText(uuid(2)), "either": cty.ListVal([]cty.Value{idText(uuid(3)), idText(uuid(2)), idText(uuid(4))}), "slug": text("web"),
		"owner": text("7"), "states": cty.MapVal(map[string]cty.Value{string(uuid(5)): text("up")}),
	})
	got := graph.Missing([]*graph.Resource{r, object("x_b.two", uuid(2), nil), object("x_c.three", uuid(3), nil)}, by)
	want := []graph.Target{{Type: "x_b", ID: uuid(4)}, {Type: "x_c", ID: uuid(4)}, {Type: "x_c", ID: uuid(5)}}
	if !slices.Equal(got, want) {
		t.Errorf("missing %v, want %v", got, want)
	}
}
