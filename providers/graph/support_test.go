package graph_test

import (
	"fmt"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// uuid is the n-th of the ids in these tests.
func uuid(n int) graph.ID { return graph.ID(fmt.Sprintf("%08d-0000-4000-8000-000000000000", n)) }

// object makes a resource with an address.
func object(address string, id graph.ID, config map[string]cty.Value) *graph.Resource {
	var a graph.Address
	for i := range address {
		if address[i] == '.' {
			a = graph.Address{Type: address[:i], Name: address[i+1:]}
		}
	}
	return &graph.Resource{Address: a, ID: id, Config: cty.ObjectVal(config)}
}

func text(s string) cty.Value      { return cty.StringVal(s) }
func idText(id graph.ID) cty.Value { return cty.StringVal(string(id)) }
func one(v cty.Value) cty.Value    { return cty.TupleVal([]cty.Value{v}) }
func rules(by map[string][]graph.Rule) func(string) []graph.Rule {
	return func(typ string) []graph.Rule { return by[typ] }
}

// last is the last resource of a graph.
func last(g *graph.Graph) *graph.Resource { return g.Resources[len(g.Resources)-1] }

// written lists what stands in the code of a resource instead of literals, by path. A key is told by
// "key " before it.
func written(r *graph.Resource) map[string]string {
	found := map[string]string{}
	for _, p := range r.Exprs {
		path := graph.PathString(p.Path)
		if p.Key {
			path = "key " + path
		}
		found[path] = spell(p.Expr)
	}
	return found
}

func spell(e graph.Expr) string {
	switch e := e.(type) {
	case graph.Ref:
		code := e.Target.String() + e.Index + "." + e.Attr
		if e.Numeric {
			code = "tonumber(" + code + ")"
		}
		return code
	case graph.EntryRef:
		return fmt.Sprintf("user %s, numeric %t", e.Key, e.Numeric)
	case graph.VariableRef:
		return "var." + e.Name
	case graph.Template:
		code := ""
		for _, p := range e.Parts {
			code += p.Text
			if p.Expr != nil {
				code += "${" + spell(p.Expr) + "}"
			}
		}
		return code
	case graph.Encoded:
		code := "json"
		for _, p := range e.Exprs {
			if p.Key {
				code += " key"
			}
			code += " " + graph.PathString(p.Path) + "=" + spell(p.Expr)
		}
		return code
	}
	return fmt.Sprintf("%T", e)
}

// equal compares maps of texts.
func equal(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %s is %q, want %q", what, k, got[k], v)
		}
	}
	for k, v := range got {
		if _, expected := want[k]; !expected {
			t.Errorf("%s: %s is %q, want nothing", what, k, v)
		}
	}
}
