package shards

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// ValuesOf finds the values of ids and slugs of the resources of a graph, and the ids of others that the code has. The id in
// the state of those that are slugged is their slug.
func ValuesOf(g *graph.Graph, others map[graph.Address]graph.Target, slugged map[graph.Target]bool) Value {
	resources := make(map[graph.Address]*graph.Resource, len(g.Resources))
	for _, res := range g.Resources {
		resources[res.Address] = res
	}
	return func(a graph.Address, attr string) (cty.Value, bool) {
		res, known := resources[a]
		switch {
		case !known:
			key, known := others[a]
			return cty.StringVal(string(key.ID)), known && attr == "id" && !slugged[key]
		case attr == "slug" || attr == "id" && slugged[graph.Target{Type: a.Type, ID: res.ID}]:
			return cty.StringVal(res.Slug), res.Slug != ""
		case attr == "id":
			return cty.StringVal(string(res.ID)), true
		}
		return cty.NilVal, false
	}
}

// literal is the text of the value that a reference resolves to.
func literal(r reference, value Value) (string, bool) {
	if r.attr == "" {
		return "", false
	}
	kind, name, _ := strings.Cut(r.name, ".")
	v, ok := value(graph.Address{Type: kind, Name: name, Key: r.index}, r.attr)
	if !ok || v.IsNull() || !v.IsKnown() || !v.Type().IsPrimitiveType() {
		return "", false
	}
	if v.Type() != cty.String {
		return "", false // the attributes that code refers to are text
	}
	return string(hclwrite.TokensForValue(v).Bytes()), true
}

// write writes the files that some pieces are from.
func (m *module) write(kept []*piece, replaced func(reference) (string, bool)) map[string][]byte {
	of := map[*source][]*piece{}
	for _, p := range kept {
		of[p.in] = append(of[p.in], p)
	}
	files := make(map[string][]byte, len(of))
	for s, pieces := range of {
		slices.SortFunc(pieces, func(a, b *piece) int { return a.from - b.from })
		files[s.name] = s.write(pieces, replaced)
	}
	return files
}

// write returns the file with only some pieces, each on its line.
func (s *source) write(pieces []*piece, replaced func(reference) (string, bool)) []byte {
	w := &writer{src: s.src}
	var open *frame
	for _, p := range pieces {
		if open != nil && p.frame != open {
			w.copy(open.tail, nil, nil)
			open = nil
		}
		if p.frame != nil && open == nil {
			open = p.frame
			w.copy(open.head, nil, nil)
		}
		w.copy(p.span, p.refs, replaced)
	}
	if open != nil {
		w.copy(open.tail, nil, nil)
	}
	w.out.WriteByte('\n')
	return w.out.Bytes()
}

// A writer copies parts of a text, and leaves the line ends of all others.
type writer struct {
	src []byte
	at  int // how much of src is done
	out bytes.Buffer
}

func (w *writer) copy(part span, refs []reference, replaced func(reference) (string, bool)) {
	w.skip(part.from)
	refs = slices.Clone(refs)
	slices.SortFunc(refs, compareFrom)
	for _, r := range refs {
		text, ok := replaced(r)
		if !ok || r.from < w.at {
			continue
		}
		w.out.Write(w.src[w.at:r.from])
		w.at = r.from
		w.out.WriteString(text)
		w.skip(r.to)
	}
	w.out.Write(w.src[w.at:part.to])
	w.at = part.to
}

func (w *writer) skip(to int) {
	for range bytes.Count(w.src[w.at:to], []byte{'\n'}) {
		w.out.WriteByte('\n')
	}
	w.at = to
}
