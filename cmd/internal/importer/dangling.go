package importer

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// This file is about people's code that refers to what the code does not have any more. The plan leaves it out, with all
// that reads it; since engines refuse the whole directory for one such reference, the planned copy declares what is missing: see planning.Declare.

// broken reports whether an address is left out of the plan, since it leads to something that is missing, or is missing itself.
func (r *staged) broken(address string) bool {
	block, _, _ := strings.Cut(address, "[")
	if rest, ok := strings.CutPrefix(block, "module."); ok {
		name, _, _ := strings.Cut(rest, ".")
		block = "module." + name
	}
	return r.Changes.Loose.Broken[block]
}

// sumDangling says which lines people have to change, and why.
func (r *staged) sumDangling() []report.Unresolved {
	reasons := map[string]string{}
	for _, o := range r.Changes.Gone {
		reasons[o.Address.Block().String()] = "it was deleted in Rootly"
	}
	known := r.Dir.Addresses()
	for _, o := range r.Rejected() {
		if a := known[graph.Target{Type: o.Type, ID: o.ID}]; !a.IsZero() {
			reasons[a.Block().String()] = o.Reason
		}
	}
	var list []report.Unresolved
	for _, d := range r.keptFor {
		list = append(list, report.Unresolved{From: d.In, Path: fmt.Sprintf("%s:%d", d.File, d.Line), ID: d.To, Reason: "it is not selected, and its code is kept for this line only"})
	}
	for _, d := range r.Changes.Loose.Refs {
		list = append(list, report.Unresolved{From: d.In, Path: fmt.Sprintf("%s:%d", d.File, d.Line), ID: d.To, Reason: cmp.Or(reasons[d.To], "the code does not have it")})
	}
	return list
}
