package importer

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// This file is about objects that a state or an import block calls by their slug: the provider takes
// one for an id, and keeps it.

// identify gives what the directory manages the ids of the live objects, as far as these are known.
func (r *fetched) identify() {
	s := r.around
	if s.slugged == nil {
		s.slugged = map[graph.Target]bool{}
	}
	for _, list := range [][]tfstate.Held{s.Held, s.Will} {
		for _, slugged := range planning.IdentifyHeld(list, r.ids) {
			s.slugged[slugged] = true
		}
	}
}

// identified is the id of the object that a plan of this run is about.
func (r *fetched) identified(_ context.Context, c plans.Change) string {
	return string(r.ids.Of(c.Type, graph.ID(c.ID)))
}
