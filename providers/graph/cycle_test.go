package graph_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Of a cycle the weakest reference is given up: a text before a list, a list before an attribute,
// and the one to the owner last.
func TestCycleIsBrokenAtTheWeakest(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		first, second cty.Value
		given         string
	}{
		"list and attribute": {cty.ListVal([]cty.Value{idText(uuid(2))}), idText(uuid(1)), "ref[0]"},
		"text and list":      {cty.ListVal([]cty.Value{idText(uuid(2))}), text("see " + string(uuid(1))), "ref"},
		"equal":              {idText(uuid(2)), idText(uuid(1)), "ref"},
	} {
		a := object("x_a.one", uuid(1), map[string]cty.Value{"ref": c.first})
		b := object("x_b.two", uuid(2), map[string]cty.Value{"ref": c.second})
		g := graph.Link([]*graph.Resource{a, b}, graph.LinkOptions{Rules: rules(nil)})
		if len(g.BrokenCycles) != 1 || g.BrokenCycles[0].Path != c.given || len(g.Resources[0].Exprs)+len(g.Resources[1].Exprs) != 1 {
			t.Errorf("%s: given up %+v", what, g.BrokenCycles)
		}
		if g.Cycle() != nil {
			t.Errorf("%s: a cycle is left", what)
		}
	}
	owner := object("x_a.owner", uuid(1), map[string]cty.Value{"default": idText(uuid(2))})
	child := object("x_b.child", uuid(2), map[string]cty.Value{"owner_id": idText(uuid(1))})
	child.Parent = owner.ID
	g := graph.Link([]*graph.Resource{owner, child}, graph.LinkOptions{Rules: rules(nil)})
	if len(g.BrokenCycles) != 1 || g.BrokenCycles[0].From != owner.Address || len(g.Resources[0].Notes) != 1 {
		t.Errorf("owner and child: %+v", g.BrokenCycles)
	}
}

func TestSelfReference(t *testing.T) {
	t.Parallel()
	r := object("x_a.one", uuid(1), map[string]cty.Value{"ids": cty.ListVal([]cty.Value{idText(uuid(1))}), "declared": idText(uuid(1)), "text": text(string(uuid(1)) + " and " + string(uuid(1)))})
	g := graph.Link([]*graph.Resource{r}, graph.LinkOptions{Rules: rules(map[string][]graph.Rule{"x_a": {{Path: "declared", To: []string{"x_a"}}}})})
	if r = g.Resources[0]; len(r.Exprs) != 0 || len(g.BrokenCycles) != 3 {
		t.Errorf("expressions %v, told %+v", written(r), g.BrokenCycles)
	}
}

// However references lie, none that closes a cycle stays, each that is given up is told, and those
// that close none stay.
func TestRandomReferences(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		n := 2 + r.IntN(20)
		build := func() (all []*graph.Resource, edges int) {
			r := rand.New(rand.NewPCG(seed, 4))
			for i := range n {
				config := map[string]cty.Value{}
				for k := range r.IntN(4) {
					config[fmt.Sprintf("ref%d", k)] = idText(uuid(r.IntN(n)))
					edges++
				}
				all = append(all, object(fmt.Sprintf("x_a.r%d", i), uuid(i), config))
			}
			return all, edges
		}
		all, edges := build()
		g := graph.Link(all, graph.LinkOptions{Rules: rules(nil)})
		if g.Cycle() != nil {
			t.Fatalf("seed %d: a cycle is left", seed)
		}
		kept := 0
		for _, res := range g.Resources {
			kept += len(res.Exprs)
		}
		if kept+len(g.BrokenCycles) != edges {
			t.Errorf("seed %d: %d references, %d kept, %d told", seed, edges, kept, len(g.BrokenCycles))
		}
		for _, m := range g.BrokenCycles {
			if m.Cycle[0] != m.From && m.From != m.To {
				t.Errorf("seed %d: the cycle %v of %s", seed, m.Cycle, m.From)
			}
		}
		again, _ := build()
		if h := graph.Link(again, graph.LinkOptions{Rules: rules(nil)}); fmt.Sprint(h.BrokenCycles) != fmt.Sprint(g.BrokenCycles) {
			t.Errorf("seed %d: another choice the second time", seed)
		}
	}
}
