package generator

import (
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
)

// A unit is what must stay in one file: a top-level object with those of its descendants that belong to the same group.
// If every object has its own file, groups do not matter.
type unit struct {
	group   string // stem of its file
	orphan  bool   // whether it is in the file of an owner that is missing
	members []*graph.Resource
}

// unitsOf groups the resources into units, in the order of the graph, in which owners precede what they own. If two
// types use the same id, the later one is the owner.
func unitsOf(g *graph.Graph, l Layout, remembered map[graph.Address]string) []*unit {
	type place struct {
		root  graph.Address
		group string
	}
	var units []*unit
	known := make(map[place]*unit)
	roots := make(map[graph.ID]graph.Address, len(g.Resources))
	files := rememberedFiles(g, remembered)
	for _, r := range g.Resources {
		root, owned := roots[r.Parent]
		if owned = owned && r.Parent != ""; !owned {
			root = r.Address
		}
		roots[r.ID] = root

		at := place{root, groupOf(r)}
		if l == ByObject {
			at.group = objectStem(root)
		}
		if !owned {
			at.root = root.Block() // a fold stays together; what it owns need not
		}
		file := files[r.Address.Block()]
		orphan := file != "" && r.Parent != "" && !owned
		if orphan {
			at.group = stemOf(file, l) // its owner, whose file it is in, is not in this run
		}
		u := known[at]
		if u == nil {
			u = &unit{group: at.group, orphan: orphan}
			known[at] = u
			units = append(units, u)
		}
		u.members = append(u.members, r)
	}
	return units
}

// rememberedFiles says which file contained each block before.
func rememberedFiles(g *graph.Graph, remembered map[graph.Address]string) map[graph.Address]string {
	files := make(map[graph.Address]string, len(remembered))
	for _, r := range g.Resources {
		if block := r.Address.Block(); files[block] == "" {
			files[block] = remembered[r.Address]
		}
	}
	return files
}

// groupOf returns the stem of the resource's file.
func groupOf(r *graph.Resource) string {
	if r.Group != "" {
		return r.Group
	}
	return shortType(r.Address)
}

// stemOf returns the stem that a file of a layout belongs to.
func stemOf(file string, l Layout) string {
	stem, _, _ := strings.Cut(file, ".")
	if l != ByType {
		return stem
	}
	if head, number, found := cutLast(stem, "_"); found && strings.Trim(number, "0123456789") == "" {
		stem = head
	}
	if head, letter, found := cutLast(stem, "_"); found && len(letter) == 1 {
		stem = head
	}
	return stem
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
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
	if a.Key != "" {
		stem = fold.Local(a.Block())
	}
	return stem[:min(len(stem), longest)]
}
