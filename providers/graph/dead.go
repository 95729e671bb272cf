package graph

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// A deadEnd is the place of an id that resolves to no object.
type deadEnd struct {
	r      *Resource
	path   cty.Path
	id     ID
	types  []string
	reason string
	at     int // in Unresolved
}

// whole reports whether the place contains only the id.
func (d deadEnd) whole() bool {
	v, err := d.path.Apply(d.r.Config)
	return err == nil && idText(v) == string(d.id)
}

// unresolved leaves an id as text, and records the reason for the code and the report.
func (l *linker) unresolved(r *Resource, path cty.Path, id ID, types []string) {
	why := "no imported object has this id"
	if to := l.odd[id]; to != nil && l.o.Slugged[Target{to.Address.Type, to.ID}] {
		why = "the id of " + to.Address.String() + ", which the state knows by its slug"
	} else if to != nil {
		why = "the id of " + to.Address.String() + ", which has another id after its import"
	} else if l.o.Explain != nil {
		why = l.o.Explain(types, id)
	}
	if l.o.Known == nil || !l.o.Known(types, id) {
		l.dead = append(l.dead, deadEnd{r, path.Copy(), id, types, why, len(l.g.Unresolved)})
	}
	r.Notes = append(r.Notes, Note{Path: path.Copy(), Text: why})
	l.g.Unresolved = append(l.g.Unresolved, Unresolved{From: r.Address, Path: PathString(path), ID: id, Types: types, Reason: why})
}

// gatherDead turns unresolved ids that several places contain into entries of a map, so that the reason is given once.
func gatherDead(g *Graph, into string, ends []deadEnd) {
	type dead struct {
		id     ID
		reason string
	}
	places := map[dead][]int{}
	var order []dead
	for i, d := range ends {
		if k := (dead{d.id, d.reason}); d.whole() {
			if places[k] == nil {
				order = append(order, k)
			}
			places[k] = append(places[k], i)
		}
	}
	taken := map[Address]bool{}
	for _, k := range order {
		if len(places[k]) < 2 {
			continue
		}
		word := "object"
		if types := ends[places[k][0]].types; len(types) == 1 {
			word = shortType(types[0])
		}
		key := Free(Address{}, word+"_"+fragment(k.id), k.id, taken).Name
		for _, i := range places[k] {
			d := ends[i]
			g.Unresolved[d.at].Key = key
			d.r.Notes = slices.DeleteFunc(d.r.Notes, func(n Note) bool { return n.Text == d.reason && n.Path.Equals(d.path) })
			d.r.Exprs = append(d.r.Exprs, Placed{Path: d.path, Expr: EntryRef{Map: into, Key: key, Numeric: true}})
			sortPlaced(d.r.Exprs)
		}
	}
}
