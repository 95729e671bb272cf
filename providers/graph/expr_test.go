package graph_test

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

func TestRefsAreFoundAtEveryDepth(t *testing.T) {
	t.Parallel()
	found := ""
	ref := func(name string) graph.Expr {
		return graph.Ref{Target: graph.Address{Type: "x_a", Name: name}, Attr: "id"}
	}
	e := graph.Encoded{Exprs: []graph.Placed{{Expr: ref("b")}, {Expr: graph.Template{Parts: []graph.Part{{Text: "x"}, {Expr: ref("a")}}}}, {Expr: graph.VariableRef{Name: "v"}}, {Expr: ref("c")}}}
	placed := graph.Placed{Expr: e}
	for r := range placed.Refs() {
		found += r.Target.Name
	}
	if found != "bac" || !placed.HoldsVariable() || !graph.ReadsResource(e) {
		t.Errorf("found %q, variable %t, resource %t", found, placed.HoldsVariable(), graph.ReadsResource(e))
	}
	for range placed.Leaves() { // whoever has enough is not given more
		break
	}
	if text := (graph.Template{Parts: []graph.Part{{Text: "x"}}}); (graph.Placed{Expr: text}).HoldsVariable() || graph.ReadsResource(text) || strings.Contains(found, "x") {
		t.Error("a text reads nothing")
	}
}
