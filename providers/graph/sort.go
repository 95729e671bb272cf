package graph

import "sort"

// Sort puts resources in the order in which people read them: groups by name, owners by rank and
// address, each followed by what it owns.
func Sort(resources []*Resource) []*Resource {
	known := make(map[ID]*Resource, len(resources))
	for _, r := range resources {
		known[r.ID] = r
	}
	below := map[ID][]*Resource{}
	var roots []*Resource
	for _, r := range resources {
		if r.Parent != "" && known[r.Parent] != nil && known[r.Parent] != r {
			below[r.Parent] = append(below[r.Parent], r)
			continue
		}
		roots = append(roots, r)
	}
	sort.SliceStable(roots, func(i, j int) bool { return roots[i].before(roots[j]) })
	out := make([]*Resource, 0, len(resources))
	for _, r := range roots {
		out = descend(out, r, r.Group, below)
	}
	return out
}

// descend appends a resource and what it owns, all in the group of the topmost owner.
func descend(out []*Resource, r *Resource, group string, below map[ID][]*Resource) []*Resource {
	r.Group = group
	out = append(out, r)
	children := below[r.ID]
	delete(below, r.ID)
	sort.SliceStable(children, func(i, j int) bool { return children[i].beforeSibling(children[j]) })
	for _, c := range children {
		out = descend(out, c, group, below)
	}
	return out
}

// before orders resources that nobody owns.
func (r *Resource) before(o *Resource) bool {
	if r.Group != o.Group {
		return r.Group < o.Group
	}
	return r.lastResort(o)
}

// beforeSibling orders children: by kind, but tasks of all types among each other by position.
func (r *Resource) beforeSibling(o *Resource) bool {
	if r.Group != o.Group {
		return r.Group < o.Group
	}
	if r.Rank != o.Rank {
		return r.Rank < o.Rank
	}
	return r.lastResort(o)
}

func (r *Resource) lastResort(o *Resource) bool {
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
