// Package part divides a graph into parts that are applied one by one: one for each owner, and one
// for what they share.
//
//	graph with references ──► families ──► owners ──► no hard cycles ──► order
//
// A family is a top-level resource with everything below it, which stays together. A part reads
// the state of parts before it, so references by state may only lead to earlier parts. If
// a reference would close a cycle, its target is looked up instead; if that is impossible, the target's
// family is shared.
//
// Not here: who owns what, and how a reference between parts is written.
package part

import (
	"cmp"
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Options are what Divide needs to know.
type Options struct {
	// Shared is the name of the part for resources without a single owner. It comes first.
	Shared string

	// Owner returns the name of the part that a top-level resource belongs to, or "" for Shared.
	Owner func(*graph.Resource) string

	// Found reports whether a resource can be looked up, so that no state has to be read for it.
	Found func(graph.Address) bool

	// Reads are the parts whose state a part read before. Their order is kept if possible. It must be kept where Stays
	// says that code outside the graph goes on reading them.
	Reads map[string][]string
	Stays bool
}

// A Division says which part each resource belongs to.
type Division struct {
	Parts []string // in an order in which each part reads only the states of earlier ones
	Of    map[graph.Address]string
	Taken []Taken // resources that have an owner but are shared, in the order of the graph
}

// Taken is a family that is shared because a reference to it would close a cycle between parts.
type Taken struct {
	Address graph.Address // of the top-level resource
	Part    string        // that it would belong to
	By      graph.Address // a reference to it, or to something below it
}

// Divide divides the resources of a linked graph. The same graph gives the same division.
func Divide(g *graph.Graph, o Options) *Division {
	d := &divider{o: o, g: g}
	d.gather()
	for d.pull() || d.untie() {
	}
	return d.division()
}

// divider is the state of one call of Divide.
type divider struct {
	o      Options
	g      *graph.Graph
	family map[graph.Address]int
	heads  []graph.Address // of the families
	part   []string        // of the families
	taken  map[int]Taken
	edges  []edge
}

// An edge is a reference between two families.
type edge struct {
	from, to int
	by       graph.Address
	hard     bool // whether its target cannot be looked up
}

// pair is two parts, of which the first refers to the second.
type pair struct{ from, to string }

// gather finds the families, their owners, and the references between them.
func (d *divider) gather() {
	d.family, d.taken = make(map[graph.Address]int, len(d.g.Resources)), map[int]Taken{}
	known := make(map[graph.ID]int, len(d.g.Resources))
	for _, r := range d.g.Resources {
		n, owned := known[r.Parent]
		if r.Parent == "" || !owned {
			n = len(d.heads)
			d.heads = append(d.heads, r.Address)
			d.part = append(d.part, cmp.Or(d.o.Owner(r), d.o.Shared))
		}
		known[r.ID], d.family[r.Address] = n, n
	}
	for _, r := range d.g.Resources {
		for _, p := range r.Exprs {
			for to := range p.Refs() {
				d.edge(r.Address, to.Target)
			}
		}
	}
}

func (d *divider) edge(from, to graph.Address) {
	target, ours := d.family[to]
	if ours && d.family[from] != target {
		d.edges = append(d.edges, edge{from: d.family[from], to: target, by: from, hard: !d.o.Found(to)})
	}
}

func (d *divider) take(e edge) {
	d.taken[e.to] = Taken{Address: d.heads[e.to], Part: d.part[e.to], By: e.by}
	d.part[e.to] = d.o.Shared
}

// pull shares what shared code refers to by state. It reports whether there was anything to share.
func (d *divider) pull() bool {
	found := false
	for _, e := range d.edges {
		if e.hard && d.part[e.from] == d.o.Shared && d.part[e.to] != d.o.Shared {
			d.take(e)
			found = true
		}
	}
	return found
}

// untie shares the targets of one pair of parts that would close a cycle; if there is a choice, the pair with the
// fewest targets. It reports whether there was one.
func (d *divider) untie() bool {
	var kept sequence
	if d.o.Stays {
		d.keep(&kept)
	}
	for _, p := range d.pairs(true) {
		if !kept.closes(p) {
			kept.add(p)
			continue
		}
		for _, e := range d.edges {
			if e.hard && d.part[e.from] == p.from && d.part[e.to] == p.to {
				d.take(e)
			}
		}
		return true
	}
	return false
}

// keep adds earlier reads to a sequence, unless that would now close a cycle.
func (d *divider) keep(s *sequence) {
	for _, from := range slices.Sorted(maps.Keys(d.o.Reads)) {
		for _, to := range d.o.Reads[from] {
			if p := (pair{from, to}); from != to && from != d.o.Shared && to != d.o.Shared && !s.closes(p) {
				s.add(p)
			}
		}
	}
}

// pairs lists the parts of which one refers to another, those with the most targets first.
func (d *divider) pairs(hard bool) []pair {
	targets := map[pair]map[int]bool{}
	for _, e := range d.edges {
		p := pair{d.part[e.from], d.part[e.to]}
		if e.hard != hard || p.from == p.to || p.from == d.o.Shared || p.to == d.o.Shared {
			continue
		}
		if targets[p] == nil {
			targets[p] = map[int]bool{}
		}
		targets[p][e.to] = true
	}
	return slices.SortedFunc(maps.Keys(targets), func(a, b pair) int {
		return cmp.Or(cmp.Compare(len(targets[b]), len(targets[a])), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
}

// division orders the parts: first by what must be read by state, then by as much as possible of what may be, then by
// name.
func (d *divider) division() *Division {
	var s sequence
	for _, p := range d.pairs(true) {
		s.add(p)
	}
	d.keep(&s)
	for _, p := range d.pairs(false) {
		if !s.closes(p) {
			s.add(p)
		}
	}
	names := map[string]bool{}
	out := &Division{Of: make(map[graph.Address]string, len(d.family))}
	for a, n := range d.family {
		out.Of[a] = d.part[n]
		names[d.part[n]] = true
	}
	if d.o.Stays {
		for name := range d.o.Reads {
			names[name] = true
		}
	}
	delete(names, d.o.Shared)
	out.Parts = append([]string{d.o.Shared}, s.order(slices.Sorted(maps.Keys(names)))...)
	for _, n := range slices.Sorted(maps.Keys(d.taken)) {
		out.Taken = append(out.Taken, d.taken[n])
	}
	return out
}

// A sequence says which parts come before which.
type sequence struct{ needs map[string][]string }

func (s *sequence) add(p pair) {
	if s.needs == nil {
		s.needs = map[string][]string{}
	}
	s.needs[p.from] = append(s.needs[p.from], p.to)
}

// closes reports whether a pair would close a cycle.
func (s *sequence) closes(p pair) bool {
	seen := map[string]bool{p.to: true}
	for queue := []string{p.to}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == p.from {
			return true
		}
		for _, next := range s.needs[queue[0]] {
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return false
}

// order sorts names after everything that they need.
func (s *sequence) order(names []string) []string {
	var out []string
	placed := map[string]bool{}
	var place func(string)
	place = func(name string) {
		if placed[name] {
			return
		}
		placed[name] = true
		for _, need := range slices.Sorted(slices.Values(s.needs[name])) {
			place(need)
		}
		out = append(out, name)
	}
	for _, name := range names {
		place(name)
	}
	return slices.DeleteFunc(out, func(name string) bool { return !slices.Contains(names, name) })
}
