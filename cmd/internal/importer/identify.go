package importer

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// This file is about objects that a state or an import block calls by their slug: the provider takes
// one for an id, and keeps it.

// identify gives what the directory manages the ids of the live objects, as far as these are known.
func (r *fetched) identify() {
	s := r.around
	if s.slugged == nil {
		s.slugged = map[graph.Target]bool{}
	}
	for _, slugged := range s.Identify(r.ids) {
		s.slugged[slugged] = true
	}
}

// identified is the id of the object that a plan of this run is about.
func (r *fetched) identified(_ context.Context, c plans.Change) string {
	if !r.around.providers.reads(r.around.Configuration(c.Address)) {
		return c.ID
	}
	return string(r.ids.Of(c.Type, graph.ID(c.ID)))
}
