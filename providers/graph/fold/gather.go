// Package fold turns similar resources into one block with for_each.
//
//	linked graph ──► Gather ──► addresses with keys ──► linked again ──► Make ──► []Fold
//	                 who is alike,                                       one block and
//	                 without cycles                                      one map each
//
// Resources of one outline have the same blocks, lifecycle comments and owner. They differ in leaves,
// which become the columns of the map.
//
// Not here: how blocks and maps are written, and whether their plan is clean.
package fold

import (
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

const (
	leastMembers = 5 // objects that justify a map
	mostColumns  = 4 // attributes in which they may differ, few enough to read at a glance
	mostMisses   = 3 // groups of a type that are too small before the rest of it is skipped
)

// Options are what Gather knows about the world outside the graph.
type Options struct {
	// New says which resources with their own block may become part of a fold; nil: none.
	New func(*graph.Resource) bool

	// Not are objects that no fold may contain.
	Not map[graph.Target]bool

	// Taken are the addresses of other blocks, Locals the names of other local values.
	Taken  map[graph.Address]bool
	Locals map[string]bool
}

// Gather decides which resources of a linked graph are folded. It returns their new addresses. A resource that has a
// key but no longer fits gets none: it needs a new address.
//
// Resources stay in their fold as long as they have its form. Others are folded if five or more of one type, and of one
// owner, differ in few short attributes. No fold closes a cycle: its block depends on everything that its members refer
// to.
func Gather(g *graph.Graph, o Options) map[*graph.Resource]graph.Address {
	f := &folding{g: g, o: o, forms: map[*graph.Resource]*form{}, blocks: map[graph.Address]bool{}, ties: tiesOf(g)}
	for _, r := range g.Resources {
		f.blocks[r.Address.Block()] = true
	}
	out := map[*graph.Resource]graph.Address{}
	for _, group := range f.present(out) {
		for _, r := range group.members {
			out[r] = graph.Address{Type: r.Address.Type, Name: group.block.Name, Key: r.Address.Key}
		}
		f.join(group, out)
	}
	if o.New != nil {
		f.found(out)
	}
	return out
}

type folding struct {
	g      *graph.Graph
	o      Options
	forms  map[*graph.Resource]*form
	blocks map[graph.Address]bool // addresses of blocks in the graph
	owners map[graph.ID]string    // labels by id
	ties   *ties
}

// A group is resources that are folded.
type group struct {
	block   graph.Address
	members []*graph.Resource
}

func (f *folding) form(r *graph.Resource) *form {
	if f.forms[r] == nil {
		f.forms[r] = formOf(r)
	}
	return f.forms[r]
}

// present returns the folds that the resources have, without members that no longer fit.
func (f *folding) present(out map[*graph.Resource]graph.Address) []*group {
	known := map[graph.Address]*group{}
	var groups []*group
	for _, r := range f.g.Resources {
		if r.Address.Key == "" {
			continue
		}
		out[r] = graph.Address{}
		if f.o.Not[graph.Target{Type: r.Address.Type, ID: r.ID}] {
			continue
		}
		block := r.Address.Block()
		if known[block] == nil {
			known[block] = &group{block: block}
			groups = append(groups, known[block])
		}
		known[block].members = append(known[block].members, r)
	}
	kept := groups[:0]
	for _, g := range groups {
		g.members = f.alike(g.members, maxColumns)
		if f.ties.contract(g.members) {
			kept = append(kept, g)
		}
	}
	return kept
}

// join takes further resources of the same form into a fold.
func (f *folding) join(g *group, out map[*graph.Resource]graph.Address) {
	columns, _ := f.differing(g.members)
	keys := map[string]bool{}
	for _, r := range g.members {
		keys[r.Address.Key] = true
	}
	for _, r := range f.g.Resources {
		if !f.may(r, out) || r.Parent != g.members[0].Parent || f.form(r).outline != f.form(g.members[0]).outline {
			continue
		}
		wider := append(g.members[:len(g.members):len(g.members)], r)
		more, bad := f.differing(wider)
		if bad != "" || len(more) > max(mostColumns, len(columns)) || !f.ties.contract(wider) {
			continue
		}
		g.members = wider
		out[r] = f.keyed(r, g.block, keys)
	}
}

// may reports whether a resource with its own block can be folded.
func (f *folding) may(r *graph.Resource, out map[*graph.Resource]graph.Address) bool {
	_, decided := out[r]
	return !decided && r.Address.Key == "" && r.ID != "" && f.o.New != nil && f.o.New(r) && !f.o.Not[graph.Target{Type: r.Address.Type, ID: r.ID}]
}

// found makes new folds.
func (f *folding) found(out map[*graph.Resource]graph.Address) {
	owners := map[string][]*graph.Resource{}
	var order []string
	for _, r := range f.g.Resources {
		if !f.may(r, out) {
			continue
		}
		owner := r.Address.Type + "\x00" + string(r.Parent)
		if owners[owner] == nil {
			order = append(order, owner)
		}
		owners[owner] = append(owners[owner], r)
	}
	for _, owner := range order {
		all := owners[owner]
		rest := all
		for misses := 0; misses < mostMisses && len(rest) >= leastMembers; {
			members := f.alike(rest, mostColumns)
			rest = without(rest, members)
			if len(members) < leastMembers || !f.ties.contract(members) {
				misses++
				continue
			}
			block, keys := f.block(members, without(all, members)), map[string]bool{}
			for _, r := range members {
				out[r] = f.keyed(r, block, keys)
			}
		}
	}
}

func without(all, some []*graph.Resource) []*graph.Resource {
	drop := map[*graph.Resource]bool{}
	for _, r := range some {
		drop[r] = true
	}
	var rest []*graph.Resource
	for _, r := range all {
		if !drop[r] {
			rest = append(rest, r)
		}
	}
	return rest
}
