package graph

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// An edge is a reference between two resources, by their positions in the graph.
type edge struct {
	from, to int
	placed   int // index into the Exprs of from
	strength int // the weakest references of a cycle are replaced first
}

// breakCycles turns references back into text until no resource depends on itself. The choice depends on the graph
// alone: the weakest reference first, and among equals the last in order.
func (g *Graph) breakCycles() {
	edges := g.edges()
	group := components(len(g.Resources), edges)
	var inside []edge
	for _, e := range edges {
		if e.from == e.to || group[e.from] == group[e.to] {
			inside = append(inside, e)
		}
	}
	if len(inside) == 0 {
		return
	}
	sort.SliceStable(inside, func(i, j int) bool { return inside[i].strength > inside[j].strength })
	order := newOrder(len(g.Resources))
	drop := map[int]map[int]bool{}
	for _, e := range inside {
		cycle := order.add(e.from, e.to)
		if cycle == nil {
			continue
		}
		if drop[e.from] == nil {
			drop[e.from] = map[int]bool{}
		}
		if !drop[e.from][e.placed] {
			drop[e.from][e.placed] = true
			g.giveUp(e, cycle)
		}
	}
	for from, placed := range drop {
		r := g.Resources[from]
		i := -1
		r.Exprs = slices.DeleteFunc(r.Exprs, func(Placed) bool {
			i++
			return placed[i]
		})
	}
}

// The comments on ids that are text because of a cycle.
const (
	afterRebuild = "in a new organisation, replace it after the first apply"
	ownID        = "this object's own id, as text: an object cannot refer to itself; " + afterRebuild
)

// giveUp records, for the code and the report, why an id is text.
func (g *Graph) giveUp(e edge, cycle []int) {
	r := g.Resources[e.from]
	m := BrokenCycle{From: r.Address, To: g.Resources[e.to].Address, Path: PathString(r.Exprs[e.placed].Path)}
	names := make([]string, 0, len(cycle)+1)
	for _, i := range cycle {
		m.Cycle = append(m.Cycle, g.Resources[i].Address)
		names = append(names, g.Resources[i].Address.String())
	}
	names = append(names, m.Cycle[0].String())
	const few = 5
	if len(names) > few {
		names = append(names[:few-1:few-1], "...", names[len(names)-1])
	}
	g.BrokenCycles = append(g.BrokenCycles, m)
	if e.from == e.to {
		r.Notes = append(r.Notes, Note{Path: r.Exprs[e.placed].Path, Text: ownID})
		return
	}
	r.Notes = append(r.Notes, Note{
		Path: r.Exprs[e.placed].Path,
		Text: fmt.Sprintf("the id of %s as text: a reference would close a cycle (%s); %s", m.To, strings.Join(names, " -> "), afterRebuild),
	})
}

// edges lists the references between resources in the order of the graph.
func (g *Graph) edges() []edge {
	at := make(map[Address]int, len(g.Resources))
	for i, r := range g.Resources {
		at[r.Address] = i
	}
	var all []edge
	for i, r := range g.Resources {
		for p, placed := range r.Exprs {
			for ref := range placed.Refs() {
				to, ok := at[ref.Target]
				if !ok {
					continue
				}
				all = append(all, edge{from: i, to: to, placed: p, strength: strength(r, g.Resources[to], placed)})
			}
		}
	}
	return all
}

// strength ranks references: the one to the owner first, then single attributes, then those in nested blocks, in lists
// and in texts.
func strength(r, to *Resource, p Placed) int {
	switch p.Expr.(type) {
	case Template, Encoded:
		return 0
	}
	if r.Parent != "" && to.ID == r.Parent {
		return 4
	}
	if len(p.Path) == 1 {
		return 3
	}
	if _, list := p.Path[len(p.Path)-1].(cty.IndexStep); list {
		return 1
	}
	return 2
}

// components numbers the strongly connected components (Tarjan, without recursion).
func components(n int, edges []edge) []int {
	next := make([][]int, n)
	for _, e := range edges {
		next[e.from] = append(next[e.from], e.to)
	}
	t := tarjan{next: next, group: make([]int, n), low: make([]int, n), num: make([]int, n)}
	for v := range n {
		if t.num[v] == 0 {
			t.visit(v)
		}
	}
	return t.group
}

type tarjan struct {
	next            [][]int
	num, low, group []int // group is 0 while the component is open
	stack           []int
	count, groups   int
}

type frame struct{ node, edge int }

func (t *tarjan) visit(root int) {
	frames := []frame{{node: root}}
	t.open(root)
	for len(frames) > 0 {
		f := &frames[len(frames)-1]
		if f.edge < len(t.next[f.node]) {
			w := t.next[f.node][f.edge]
			f.edge++
			switch {
			case t.num[w] == 0:
				t.open(w)
				frames = append(frames, frame{node: w})
			case t.group[w] == 0:
				t.low[f.node] = min(t.low[f.node], t.num[w])
			}
			continue
		}
		v := f.node
		frames = frames[:len(frames)-1]
		if len(frames) > 0 {
			up := frames[len(frames)-1].node
			t.low[up] = min(t.low[up], t.low[v])
		}
		if t.low[v] == t.num[v] {
			t.close(v)
		}
	}
}

func (t *tarjan) open(v int) {
	t.count++
	t.num[v], t.low[v] = t.count, t.count
	t.stack = append(t.stack, v)
}

func (t *tarjan) close(v int) {
	t.groups++
	for {
		w := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.group[w] = t.groups
		if w == v {
			return
		}
	}
}

// order keeps a topological order while edges are added one by one (Pearce and Kelly 2006). An edge that would close a
// cycle is found at once, and only its surroundings are searched.
type order struct {
	rank []int
	out  map[int][]int
	in   map[int][]int
}

func newOrder(n int) *order {
	o := &order{rank: make([]int, n), out: map[int][]int{}, in: map[int][]int{}}
	for i := range o.rank {
		o.rank[i] = i
	}
	return o
}

// add inserts an edge and returns nil, or returns the cycle that it would close.
func (o *order) add(from, to int) []int {
	if from == to {
		return []int{from}
	}
	if o.rank[from] > o.rank[to] {
		ahead, via := o.search(o.out, to, func(v int) bool { return o.rank[v] <= o.rank[from] })
		if _, closed := via[from]; closed {
			return trail(via, to, from)
		}
		behind, _ := o.search(o.in, from, func(v int) bool { return o.rank[v] >= o.rank[to] })
		o.reorder(behind, ahead)
	}
	o.out[from] = append(o.out[from], to)
	o.in[to] = append(o.in[to], from)
	return nil
}

// search visits what is reachable within the bounds, and records the way.
func (o *order) search(next map[int][]int, start int, within func(int) bool) (seen []int, via map[int]int) {
	via = map[int]int{start: start}
	seen = []int{start}
	for i := 0; i < len(seen); i++ {
		for _, w := range next[seen[i]] {
			if _, known := via[w]; !known && within(w) {
				via[w] = seen[i]
				seen = append(seen, w)
			}
		}
	}
	return seen, via
}

// reorder puts everything that leads to the edge before everything that follows from it, within the ranks that they
// share.
func (o *order) reorder(behind, ahead []int) {
	byRank := func(list []int) { sort.Slice(list, func(i, j int) bool { return o.rank[list[i]] < o.rank[list[j]] }) }
	byRank(behind)
	byRank(ahead)
	all := append(behind, ahead...)
	ranks := make([]int, len(all))
	for i, v := range all {
		ranks[i] = o.rank[v]
	}
	sort.Ints(ranks)
	for i, v := range all {
		o.rank[v] = ranks[i]
	}
}

// trail walks back from the end of a search to its start: the cycle begins with end.
func trail(via map[int]int, start, end int) []int {
	cycle := []int{end}
	var back []int
	for v := via[end]; ; v = via[v] {
		back = append(back, v)
		if v == start {
			break
		}
	}
	slices.Reverse(back)
	return append(cycle, back...)
}

// Cycle returns the addresses of resources that depend on each other, or nil if there are none.
func (g *Graph) Cycle() []Address {
	edges := g.edges()
	group := components(len(g.Resources), edges)
	for _, e := range edges {
		if group[e.from] != group[e.to] {
			continue
		}
		var cycle []Address
		for i, r := range g.Resources {
			if group[i] == group[e.from] {
				cycle = append(cycle, r.Address)
			}
		}
		return cycle
	}
	return nil
}
