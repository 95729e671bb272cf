package generator

import (
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A unit is what must stay in one file: a top-level object with those of its descendants that
// belong into the same group. Where every object has its own file, groups do not count.
type unit struct {
	group   string // stem of its file
	members []*graph.Resource
}

// unitsOf gathers the resources into units, in the order of the graph.
func unitsOf(g *graph.Graph, l Layout) []*unit {
	byID := make(map[graph.ID]*graph.Resource, len(g.Resources))
	for _, r := range g.Resources {
		if r.ID != "" {
			byID[r.ID] = r
		}
	}
	type place struct {
		root  graph.Address
		group string
	}
	var units []*unit
	known := make(map[place]*unit)
	for _, r := range g.Resources {
		root := rootOf(r, byID)
		at := place{root.Address, groupOf(r)}
		if l == ByObject {
			at.group = objectStem(root.Address)
		}
		u := known[at]
		if u == nil {
			u = &unit{group: at.group}
			known[at] = u
			units = append(units, u)
		}
		u.members = append(u.members, r)
	}
	return units
}

// rootOf follows the owners of a resource up to one that has none in this graph.
// It gives up after as many steps as any hierarchy has, so that a ring of owners ends too.
func rootOf(r *graph.Resource, byID map[graph.ID]*graph.Resource) *graph.Resource {
	const deepest = 16
	for range deepest {
		owner := byID[r.Parent]
		if r.Parent == "" || owner == nil || owner == r {
			return r
		}
		r = owner
	}
	return r
}

// groupOf returns the stem of the file that the resource belongs into.
func groupOf(r *graph.Resource) string {
	if r.Group != "" {
		return r.Group
	}
	return shortType(r.Address)
}

// shortType is the resource type without the provider's name.
func shortType(a graph.Address) string {
	_, short, found := strings.Cut(a.Type, "_")
	if !found {
		return a.Type
	}
	return short
}

// objectStem returns the name of a top-level object's own file, without extension.
func objectStem(a graph.Address) string {
	const longest = 180 // file systems allow 255 bytes; a number and an extension follow
	stem := shortType(a) + "_" + a.Name
	return stem[:min(len(stem), longest)]
}
