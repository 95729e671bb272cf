package importer

import (
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// withoutIgnored takes out of the resources what the ignore file names, with everything below it.
func (s *surroundings) withoutIgnored(resources []*graph.Resource) []*graph.Resource {
	if len(s.ignore) == 0 {
		return resources
	}
	gone := map[graph.ID]bool{}
	return slices.DeleteFunc(resources, func(res *graph.Resource) bool {
		if !gone[res.Parent] && !s.ignore.Covers(res) {
			return false
		}
		gone[res.ID] = true
		s.ignored = append(s.ignored, graph.Target{Type: res.Address.Type, ID: res.ID})
		return true
	})
}

// leavesOut reports whether an id may belong to an object that was listed but is not imported: it is not selected,
// Terraform cannot have it, or the provider crashes on it.
func (r *linked) leavesOut(types []string, id graph.ID) bool {
	if r.around.left == nil {
		r.around.left = r.deselected()
		for _, o := range r.Rejected() {
			r.around.left[graph.Target{Type: o.Type, ID: o.ID}] = true
		}
	}
	return slices.ContainsFunc(types, func(t string) bool {
		key := graph.Target{Type: t, ID: id}
		return r.around.left[key] || r.crashed[key] != ""
	})
}
