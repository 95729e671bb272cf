package entries

import (
	"fmt"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// An entry depends on everything that its code refers to, near and far, and holds no argument that the provider reads itself.
func TestResources(t *testing.T) {
	t.Parallel()
	s, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	of := func(name string, refs ...string) *graph.Resource {
		r := &graph.Resource{Address: graph.Address{Type: "rootly_team", Name: name}, ID: graph.ID("id of " + name), Config: cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name)})}
		for _, to := range refs {
			ref := graph.Ref{Target: graph.Address{Type: "rootly_team", Name: to}, Attr: "id"}
			r.Exprs = append(r.Exprs, graph.Placed{Expr: graph.Template{Parts: []graph.Part{{Expr: ref}}}})
		}
		return r
	}
	g := &graph.Graph{Resources: []*graph.Resource{of("c", "b"), of("a"), of("b", "a")}}
	want := map[string]string{"a": "[]", "b": "[rootly_team.a]", "c": "[rootly_team.a rootly_team.b]"}
	for _, r := range Resources(g, s) {
		if got := fmt.Sprint(r.Dependencies); got != want[r.Address.Name] || string(r.ID) != "id of "+r.Address.Name || len(r.Attributes) > 0 {
			t.Errorf("%s: depends on %s, attributes %v", r.Address, got, r.Attributes)
		}
	}
}

func TestImportAs(t *testing.T) {
	t.Parallel()
	g := &graph.Graph{Resources: []*graph.Resource{{Address: graph.Address{Type: "rootly_team", Name: "a"}, ID: "1"}}}
	for how, want := range map[string]struct {
		blocks, state bool
		scripts       int
	}{
		"":       {true, false, 0},
		AsBlocks: {true, false, 0},
		AsState:  {false, true, 0},
		AsBoth:   {true, true, 0},
		AsScript: {false, false, 1},
		AsPulumi: {false, false, 1},
		AsNone:   {false, false, 0},
	} {
		a := ImportAs{how}
		scripts, next, err := a.Script(g, "out")
		if a.WritesBlocks() != want.blocks || a.WritesState() != want.state || len(scripts) != want.scripts || err != nil || (len(next) > 0) != (how == AsPulumi) {
			t.Errorf("%q: blocks %v, state %v, %d scripts, next %q, %v", how, a.WritesBlocks(), a.WritesState(), len(scripts), next, err)
		}
	}
}
