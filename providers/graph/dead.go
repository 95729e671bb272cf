package graph

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// A deadEnd is a place that holds an id which leads nowhere.
type deadEnd struct {
	r      *Resource
	path   cty.Path
	id     ID
	types  []string
	reason string
}

// whole reports whether the id is all that the place holds.
func (d deadEnd) whole() bool {
	v, err := d.path.Apply(d.r.Config)
	return err == nil && idText(v) == string(d.id)
}

// gatherDead makes entries of a map of the ids that lead nowhere and that more than one place holds, so that the
// reason is given once.
func (l *linker) gatherDead() {
	type dead struct {
		id     ID
		reason string
	}
	places := map[dead][]deadEnd{}
	var order []dead
	for _, d := range l.dead {
		if k := (dead{d.id, d.reason}); d.whole() {
			if places[k] == nil {
				order = append(order, k)
			}
			places[k] = append(places[k], d)
		}
	}
	taken := map[Address]bool{}
	for _, k := range order {
		if len(places[k]) < 2 {
			continue
		}
		word := "object"
		if types := places[k][0].types; len(types) == 1 {
			word = shortType(types[0])
		}
		entry := Dead{Key: Free(Address{}, word+"_"+fragment(k.id), k.id, taken).Name, ID: k.id, Reason: k.reason}
		l.g.Dead = append(l.g.Dead, entry)
		for _, d := range places[k] {
			d.r.Notes = slices.DeleteFunc(d.r.Notes, func(n Note) bool { return n.Text == d.reason && n.Path.Equals(d.path) })
			d.r.Exprs = append(d.r.Exprs, Placed{Path: d.path, Expr: DeadRef{Key: entry.Key}})
			sortPlaced(d.r.Exprs)
		}
	}
}
