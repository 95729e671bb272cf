package graph

import (
	"sort"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Sort puts resources in the order in which people read them: groups by name, owners by rank and
// title, each followed by what it owns. Titles are sorted as people do: whatever their case and accents, and numbers
// by value.
func Sort(resources []*Resource) []*Resource {
	known := make(map[ID]*Resource, len(resources))
	s := sorter{keys: make(map[string]string, len(resources))}
	c, buffer := collate.New(language.Und, collate.Loose, collate.Numeric), collate.Buffer{}
	for _, r := range resources {
		known[r.ID] = r
		s.keys[r.Title] = string(c.KeyFromString(&buffer, r.Title))
		buffer.Reset()
	}
	below := map[ID][]*Resource{}
	var roots []*Resource
	for _, r := range resources {
		if owner := r.owner(func(id ID) bool { return known[id] != nil && known[id] != r }); owner != "" {
			below[owner] = append(below[owner], r)
			continue
		}
		roots = append(roots, r)
	}
	sort.SliceStable(roots, func(i, j int) bool { return s.before(roots[i], roots[j]) })
	out := make([]*Resource, 0, len(resources))
	for _, r := range roots {
		out = s.descend(out, r, r.Group, below)
	}
	return out
}

// owner is the id of what a resource follows in the code: of those that are there.
func (r *Resource) owner(there func(ID) bool) ID {
	for _, id := range []ID{r.Below, r.Parent} {
		if id != "" && there(id) {
			return id
		}
	}
	return ""
}

// A sorter knows the key of every title.
type sorter struct {
	keys map[string]string
}

// descend appends a resource and what it owns, all in the group of the topmost owner.
func (s sorter) descend(out []*Resource, r *Resource, group string, below map[ID][]*Resource) []*Resource {
	r.Group = group
	out = append(out, r)
	children := below[r.ID]
	delete(below, r.ID)
	sort.SliceStable(children, func(i, j int) bool { return s.beforeSibling(children[i], children[j]) })
	for _, c := range children {
		out = s.descend(out, c, group, below)
	}
	return out
}

// before orders resources that nobody owns.
func (s sorter) before(r, o *Resource) bool {
	if r.Group != o.Group {
		return r.Group < o.Group
	}
	return s.lastResort(r, o)
}

// beforeSibling orders children: by kind, but tasks of all types among each other by position.
func (s sorter) beforeSibling(r, o *Resource) bool {
	if r.Group != o.Group {
		return r.Group < o.Group
	}
	if r.Rank != o.Rank {
		return r.Rank < o.Rank
	}
	return s.lastResort(r, o)
}

func (s sorter) lastResort(r, o *Resource) bool {
	if a, b := s.keys[r.Title], s.keys[o.Title]; a != b {
		return a < b
	}
	if r.Title != o.Title {
		return r.Title < o.Title
	}
	if r.Address.Type != o.Address.Type {
		return r.Address.Type < o.Address.Type
	}
	return r.ID < o.ID
}

// InOrder returns the resources such that each comes after those that it refers to, and otherwise in
// the order of the graph. The graph must be linked: it has no cycles then.
func (g *Graph) InOrder() []*Resource {
	needs := make([][]int, len(g.Resources))
	for _, e := range g.edges() {
		needs[e.from] = append(needs[e.from], e.to)
	}
	sorted, seen := make([]*Resource, 0, len(g.Resources)), make([]bool, len(g.Resources))
	var visit func(int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, to := range needs[i] {
			visit(to)
		}
		sorted = append(sorted, g.Resources[i])
	}
	for i := range g.Resources {
		visit(i)
	}
	return sorted
}
