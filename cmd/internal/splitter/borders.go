package splitter

import (
	"maps"
	"slices"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/part"
)

// borders are between the parts: which resource is in which one, and how they refer to each other.
type borders struct {
	parts    moduleParts // in the order in which they are applied; those that are no more come last
	across   string
	found    map[graph.Target]*graph.DataSource // by which objects can be looked up
	division *part.Division
	ids      map[graph.Address]graph.ID     // of the resources that the parts have by now
	places   map[graph.Target]graph.Address // where the resources of objects are
}

// target is the object of a resource.
func (b *borders) target(a graph.Address) graph.Target {
	id, here := b.ids[a]
	if !here {
		return graph.Target{}
	}
	return graph.Target{Type: a.Type, ID: id}
}

// refer notes for every part what it refers to in others, and how.
func (b *borders) refer(draft *graph.Graph) {
	for _, res := range draft.Resources {
		from := b.parts.named(b.division.Of[res.Address])
		for _, placed := range res.Exprs {
			for ref := range placed.Refs() {
				to, ours := b.division.Of[ref.Target]
				if !ours || to == from.name || ref.Attr != "id" {
					continue
				}
				f := foreign{in: b.parts.named(to), address: ref.Target}
				if from.refer(f) && !b.looksUp(from, f) {
					from.read(f)
				}
			}
		}
	}
}

// looksUp decides how a part refers to a resource of another one: by a data source of its own, or by
// the state of that part.
func (b *borders) looksUp(p *modulePart, f foreign) bool {
	if f.in.rank > p.rank {
		return true // its state may be read by nobody who comes before it
	}
	return b.across == AcrossData && b.found[b.target(f.address)] != nil
}

// neighbours is what a part has to know of the others, but for their states.
func (b *borders) neighbours(p *modulePart) importer.Neighbours {
	n := importer.Neighbours{
		Refs: map[graph.Target]graph.Ref{}, Lookups: map[graph.Address]*graph.DataSource{}, Moved: p.moved, Outputs: b.outputs(p),
	}
	p.sources = map[graph.Address]string{}
	add := func(key graph.Target, q *modulePart, ref graph.Ref, source *graph.DataSource) {
		n.Refs[key], n.Lookups[source.Address], p.sources[source.Address] = ref, source, q.name
	}
	for _, q := range b.parts[:p.rank] {
		for key, a := range q.staying {
			ref, source := q.exports(a)
			add(key, q, ref, source)
		}
	}
	for _, f := range p.foreign {
		target := b.target(f.address)
		if target.ID == "" {
			continue // taken out of the code since
		}
		ref, source := f.in.exports(f.address)
		if b.looksUp(p, f) {
			d := *b.found[target]
			d.Note = "Managed in ../" + f.in.name + "."
			if f.in.rank > p.rank {
				d.Note = "Managed in ../" + f.in.name + ", which is applied after this part, so its state cannot be read here."
			}
			ref, source = graph.Ref{Target: d.Address, Attr: "id"}, &d
		}
		add(target, f.in, ref, source)
	}
	for _, name := range slices.Sorted(maps.Keys(p.reads)) {
		_, source := b.parts.named(name).exports(graph.Address{})
		n.Sources = append(n.Sources, source)
	}
	return n
}

// outputs are what other parts read of a part's state.
func (b *borders) outputs(p *modulePart) []generator.Output {
	byType := map[string][]graph.Address{}
	for a := range p.exported {
		if b.id(p, a) != "" {
			byType[a.Type] = append(byType[a.Type], a)
		}
	}
	var list []generator.Output
	for _, typ := range slices.Sorted(maps.Keys(byType)) {
		of := byType[typ]
		sort.Slice(of, func(i, j int) bool { return of[i].Name < of[j].Name })
		list = append(list, generator.Output{Name: outputName(typ), Description: "Ids of " + typ + " by label, for other parts.", Of: of})
	}
	return list
}

// id is the id of a resource in the code of a part, whether of this run or of an earlier one; empty
// where there is none.
func (b *borders) id(p *modulePart, a graph.Address) graph.ID {
	if id, here := b.ids[a]; here && b.division.Of[a] == p.name {
		return id
	}
	if changes := p.proof.Staged.Changes; changes != nil {
		for _, c := range changes.Carried {
			if c.Address == a {
				return c.ID
			}
		}
	}
	return ""
}

// states are the states that the proof of a part reads: those of the parts before it, as they
// will be when these were applied.
func (b *borders) states(p *modulePart) (map[string][]byte, error) {
	states := map[string][]byte{}
	for name := range p.reads {
		q := b.parts.named(name)
		ids := map[string]map[string]graph.ID{}
		for _, o := range b.outputs(q) {
			ids[o.Name] = map[string]graph.ID{}
			for _, a := range o.Of {
				ids[o.Name][a.Name] = b.id(q, a)
			}
		}
		content, err := stateOf(ids)
		if err != nil {
			return nil, err
		}
		states[stateSourceName(name)] = content
	}
	return states, nil
}
