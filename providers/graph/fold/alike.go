package fold

import (
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// maxColumns is more columns than any type has: a fold stays a fold.
const maxColumns = 1 << 16

// alike returns the largest part of some resources that can be one block, without columns that are too long for a map.
func (f *folding) alike(members []*graph.Resource, columns int) []*graph.Resource {
	members = largest(members, func(r *graph.Resource) string { return f.form(r).outline })
	for len(members) > 0 {
		differing, bad := f.differing(members)
		if bad == "" && len(differing) <= columns {
			return members
		}
		if bad != "" {
			members = largest(members, func(r *graph.Resource) string { return f.form(r).leaf(bad).long() })
			continue
		}
		split := f.splitter(members, differing)
		members = largest(members, func(r *graph.Resource) string { return f.form(r).leaf(split).same })
	}
	return nil
}

// splitter is the column that excludes the fewest members when it has to be equal.
func (f *folding) splitter(members []*graph.Resource, columns []string) string {
	best, most := "", -1
	for _, c := range columns {
		if n := len(largest(members, func(r *graph.Resource) string { return f.form(r).leaf(c).same })); n > most {
			best, most = c, n
		}
	}
	return best
}

// differing lists the paths at which members differ, sorted, and one path at which they must not.
func (f *folding) differing(members []*graph.Resource) (columns []string, bad string) {
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

// largest returns the largest class of some resources; the first of equal ones.
func largest(members []*graph.Resource, class func(*graph.Resource) string) []*graph.Resource {
	classes := map[string][]*graph.Resource{}
	var order []string
	for _, r := range members {
		c := class(r)
		if classes[c] == nil {
			order = append(order, c)
		}
		classes[c] = append(classes[c], r)
	}
	var best []*graph.Resource
	for _, c := range order {
		if len(classes[c]) > len(best) {
			best = classes[c]
		}
	}
	return best
}
