package graph

import (
	"sort"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

const (
	foldLeast   = 5 // objects that are worth a map
	foldColumns = 4 // attributes in which they may differ, that people take in at a glance
	foldLine    = 100
	foldList    = 4 // elements of a list that stands in a map
	foldMisses  = 3 // parts of a type that are none before the rest of it is let be
)

// A Fold is resources that stand in the code as one block with for_each over a map in locals. Each
// of them has the address of the block, and a key.
type Fold struct {
	Members []*Resource // by key
	Local   string      // name of the map

	// Template is the block. Where the members differ, it reads the map.
	Template *Resource

	// Entries is the map: an object of objects, by key and by column, with what stands in the code
	// instead of literals and the comments.
	Entries cty.Value
	Exprs   []Placed
	Notes   []Note
}

// FoldOptions are what Gather knows about the world outside the graph.
type FoldOptions struct {
	// New says which resources with a block of their own may become part of a fold; nil: none.
	New func(*Resource) bool

	// Not are objects that stay out of every fold.
	Not map[Target]bool

	// Taken are the addresses of other blocks, Locals the names of other local values.
	Taken  map[Address]bool
	Locals map[string]bool
}

// Gather decides which resources of a linked graph are to be folded. It returns the addresses that
// they get. A resource that has a key and no place any more gets none: it needs a new one.
//
// Resources stay in the fold that they have as long as they have its form. Others are folded where
// five or more of one type, and of one owner, differ in few attributes that are short. No fold closes
// a cycle: its block depends on all that its members refer to.
func Gather(g *Graph, o FoldOptions) map[*Resource]Address {
	f := &folding{g: g, o: o, forms: map[*Resource]*form{}, blocks: map[Address]bool{}, at: map[Address]int{}}
	for i, r := range g.Resources {
		f.at[r.Address] = i
		f.blocks[r.Address.Block()] = true
	}
	f.edges, f.node = g.edges(), make([]int, len(g.Resources))
	for i := range f.node {
		f.node[i] = i
	}
	out := map[*Resource]Address{}
	for _, group := range f.present(out) {
		for _, r := range group.members {
			out[r] = Address{Type: r.Address.Type, Name: group.block.Name, Key: r.Address.Key}
		}
		f.join(group, out)
	}
	if o.New != nil {
		f.found(out)
	}
	return out
}

type folding struct {
	g      *Graph
	o      FoldOptions
	forms  map[*Resource]*form
	blocks map[Address]bool // addresses of blocks in the graph
	at     map[Address]int  // positions in the graph
	edges  []edge
	owners map[ID]string // labels by id
	node   []int         // what each resource is part of: the lowest position in its fold
}

// A group is resources that are folded.
type group struct {
	block   Address
	members []*Resource
}

func (f *folding) form(r *Resource) *form {
	if f.forms[r] == nil {
		f.forms[r] = formOf(r)
	}
	return f.forms[r]
}

// present returns the folds that the resources have, without what does not fit any more.
func (f *folding) present(out map[*Resource]Address) []*group {
	known := map[Address]*group{}
	var groups []*group
	for _, r := range f.g.Resources {
		if r.Address.Key == "" {
			continue
		}
		out[r] = Address{}
		if f.o.Not[Target{r.Address.Type, r.ID}] {
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
		if f.contract(g.members) {
			kept = append(kept, g)
		}
	}
	return kept
}

// maxColumns is more columns than any type has: what is folded stays so.
const maxColumns = 1 << 16

// alike returns the largest part of some resources that can be one block, none of whose columns is
// more than a map should hold.
func (f *folding) alike(members []*Resource, columns int) []*Resource {
	members = largest(members, func(r *Resource) string { return f.form(r).outline })
	for len(members) > 0 {
		differing, bad := f.differing(members)
		if bad == "" && len(differing) <= columns {
			return members
		}
		if bad != "" {
			members = largest(members, func(r *Resource) string { return f.form(r).leaf(bad).long() })
			continue
		}
		split := f.splitter(members, differing)
		members = largest(members, func(r *Resource) string { return f.form(r).leaf(split).same })
	}
	return nil
}

// splitter is the column that costs the fewest members when it has to be equal.
func (f *folding) splitter(members []*Resource, columns []string) string {
	best, most := "", -1
	for _, c := range columns {
		if n := len(largest(members, func(r *Resource) string { return f.form(r).leaf(c).same })); n > most {
			best, most = c, n
		}
	}
	return best
}

// differing lists the paths at which members differ, sorted, and one at which they must not.
func (f *folding) differing(members []*Resource) (columns []string, bad string) {
	paths := map[string]bool{}
	for _, r := range members {
		for p := range f.form(r).leaves {
			paths[p] = true
		}
	}
	first := f.form(members[0])
	for p := range paths {
		same, short := true, true
		for _, r := range members {
			l := f.form(r).leaf(p)
			same, short = same && l.same == first.leaf(p).same, short && l.short
		}
		if !same {
			columns = append(columns, p)
		}
		if !same && !short && (bad == "" || p < bad) {
			bad = p
		}
	}
	sort.Strings(columns)
	return columns, bad
}

// largest returns the largest class of some resources; of equal ones the first.
func largest(members []*Resource, class func(*Resource) string) []*Resource {
	classes := map[string][]*Resource{}
	var order []string
	for _, r := range members {
		c := class(r)
		if classes[c] == nil {
			order = append(order, c)
		}
		classes[c] = append(classes[c], r)
	}
	var best []*Resource
	for _, c := range order {
		if len(classes[c]) > len(best) {
			best = classes[c]
		}
	}
	return best
}

// contract makes one node of some resources, unless that closes a cycle.
func (f *folding) contract(members []*Resource) bool {
	if len(members) == 0 {
		return false
	}
	inside := map[int]bool{}
	node := append([]int(nil), f.node...)
	to := f.at[members[0].Address]
	for _, r := range members {
		i := f.at[r.Address]
		inside[i], node[i] = true, to
	}
	edges := make([]edge, 0, len(f.edges))
	for _, e := range f.edges {
		from, to := node[e.from], node[e.to]
		if from == to && inside[e.from] {
			return false
		}
		edges = append(edges, edge{from: from, to: to})
	}
	parts := components(len(node), edges)
	for _, e := range edges {
		if (e.from == to || e.to == to) && e.from != e.to && parts[e.from] == parts[e.to] {
			return false
		}
	}
	f.node = node
	return true
}

// join takes further resources of the same form into a fold.
func (f *folding) join(g *group, out map[*Resource]Address) {
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
		if bad != "" || len(more) > max(foldColumns, len(columns)) || !f.contract(wider) {
			continue
		}
		g.members = wider
		out[r] = f.keyed(r, g.block, keys)
	}
}

// may reports whether a resource with a block of its own can be folded.
func (f *folding) may(r *Resource, out map[*Resource]Address) bool {
	_, decided := out[r]
	return !decided && r.Address.Key == "" && r.ID != "" && f.o.New != nil && f.o.New(r) && !f.o.Not[Target{r.Address.Type, r.ID}]
}

// found makes new folds.
func (f *folding) found(out map[*Resource]Address) {
	owners := map[string][]*Resource{}
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
		rest := owners[owner]
		for misses := 0; misses < foldMisses && len(rest) >= foldLeast; {
			members := f.alike(rest, foldColumns)
			rest = without(rest, members)
			if len(members) < foldLeast || !f.contract(members) {
				misses++
				continue
			}
			block, keys := f.block(members[0]), map[string]bool{}
			for _, r := range members {
				out[r] = f.keyed(r, block, keys)
			}
		}
	}
}

func without(all, some []*Resource) []*Resource {
	drop := map[*Resource]bool{}
	for _, r := range some {
		drop[r] = true
	}
	var rest []*Resource
	for _, r := range all {
		if !drop[r] {
			rest = append(rest, r)
		}
	}
	return rest
}

// block returns the address for a new fold, and takes it.
func (f *folding) block(first *Resource) Address {
	stem := f.owner(first)
	if stem == "" {
		stem = foldName
	}
	for n := 1; ; n++ {
		a := Address{Type: first.Address.Type, Name: stem}
		if n > 1 {
			a.Name += "_" + strconv.Itoa(n)
		}
		local := FoldLocal(a)
		if f.blocks[a] || f.o.Taken[a] || f.o.Locals[local] {
			continue
		}
		f.blocks[a] = true
		if f.o.Locals == nil {
			f.o.Locals = map[string]bool{}
		}
		f.o.Locals[local] = true
		return a
	}
}

// owner is the label of the resource that owns another one, if it is in the graph.
func (f *folding) owner(r *Resource) string {
	if r.Parent == "" {
		return ""
	}
	if f.owners == nil {
		f.owners = make(map[ID]string, len(f.g.Resources))
		for _, p := range f.g.Resources {
			f.owners[p.ID] = p.Address.Label()
		}
	}
	return f.owners[r.Parent]
}

// keyed is the address of a resource in a fold. The key is the label that the resource has by itself,
// without that of its owner.
func (f *folding) keyed(r *Resource, block Address, keys map[string]bool) Address {
	stem := FoldKey(r.Address.Name, f.owner(r))
	key := stem
	for n := 2; keys[key]; n++ {
		key = stem + "_" + strconv.Itoa(n)
	}
	keys[key] = true
	return Address{Type: block.Type, Name: block.Name, Key: key}
}

// FoldKey is the key of a resource in a fold, by its own label and that of its owner.
func FoldKey(label, owner string) string {
	if short, ok := strings.CutPrefix(label, owner+"_"); ok && short != "" {
		return short
	}
	return label
}

// foldName is the name of a block whose members nobody owns.
const foldName = "these"

// FoldLocal is the name of the map of a fold, which follows from the address of its block.
func FoldLocal(block Address) string {
	_, short, _ := strings.Cut(block.Type, "_")
	if task, ok := strings.CutPrefix(short, "workflow_task_"); ok {
		short = task + "_task"
	}
	word := plural(short)
	if rest, ok := strings.CutPrefix(block.Name, foldName); ok && strings.Trim(rest, "_0123456789") == "" {
		return word + rest
	}
	return block.Name + "_" + word
}

func plural(word string) string {
	n := len(word)
	switch {
	case strings.HasSuffix(word, "s") || strings.HasSuffix(word, "x") || strings.HasSuffix(word, "ch") || strings.HasSuffix(word, "sh"):
		return word + "es"
	case n > 1 && word[n-1] == 'y' && !strings.ContainsRune("aeiou", rune(word[n-2])):
		return word[:n-1] + "ies"
	}
	return word + "s"
}
