package generator_test

import (
	"bytes"
	"sort"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// sample makes a value of a type.
func sample(t cty.Type) cty.Value {
	switch {
	case t == cty.Bool:
		return cty.True
	case t == cty.Number:
		return cty.MustParseNumberVal("2.5")
	case t.IsListType():
		return cty.ListVal([]cty.Value{sample(t.ElementType())})
	case t.IsSetType():
		return cty.SetVal([]cty.Value{sample(t.ElementType())})
	case t.IsMapType():
		return cty.MapVal(map[string]cty.Value{"key": sample(t.ElementType())})
	}
	return str("{{ incident.id }} says \"${x}\"\n")
}

// sampleBlock makes an object with all that may be in a configuration, blocks twice.
func sampleBlock(b *schema.Block) cty.Value {
	members := object{}
	for _, a := range b.Attributes {
		if a.Mode != schema.Computed {
			members[a.Name] = sample(a.Type)
		}
	}
	for _, n := range b.Blocks {
		inner := sampleBlock(n.Block)
		if members[n.Name] = inner; n.Nesting != schema.NestingSingle {
			members[n.Name] = cty.TupleVal([]cty.Value{inner, inner})
		}
	}
	return obj(members)
}

func TestEveryTypeReadsBack(t *testing.T) {
	t.Parallel()
	s, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	g := &graph.Graph{}
	for name, r := range s.Resources {
		g.Resources = append(g.Resources, &graph.Resource{Address: addr(name, "x"), Config: sampleBlock(r.Block)})
	}
	sort.Slice(g.Resources, func(i, j int) bool { return g.Resources[i].Address.Type < g.Resources[j].Address.Type })

	files := render(t, g, generator.Options{})
	requireFormatted(t, files)
	requireRoundTrip(t, g, files, newEvaluator(nil))
	requireRoundTrip(t, g, render(t, g, generator.Options{Syntax: generator.JSON}), newEvaluator(nil))
	for _, f := range files {
		if bytes.Contains(f.Content, []byte("\n\n\n")) || bytes.Contains(f.Content, []byte("{\n\n")) || bytes.Contains(f.Content, []byte("\n\n}")) {
			t.Errorf("%s has blank lines to spare", f.Name)
		}
	}
}
