package importer

import (
	"context"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// This file is about objects that a state or an import block calls by their slug: the provider takes
// one for an id, and keeps it.

// identify gives what the directory manages the ids of the live objects, as far as these are known.
func (r *Run) identify() {
	s := r.around
	if s.slugged == nil {
		s.slugged = map[graph.Target]bool{}
	}
	for _, list := range [][]tfstate.Held{s.Held, s.will} {
		for _, slugged := range planning.IdentifyHeld(list, r.ids) {
			s.slugged[slugged] = true
		}
	}
}

// identified is the id of the object that a plan of this run is about.
func (r *Run) identified(_ context.Context, c plans.Change) string {
	return string(r.ids.Of(c.Type, graph.ID(c.ID)))
}

// places are all addresses at which the directory has an object, or will have it: what the engine plans
// comes first, since it follows moved blocks.
func (s *Surroundings) places() map[state.Key][]tfstate.Held {
	out := map[state.Key][]tfstate.Held{}
	for _, list := range [][]tfstate.Held{s.will, s.Held} {
		for _, h := range list {
			k := state.Key{Type: h.Address.Type, ID: h.ID}
			out[k] = append(out[k], h)
		}
	}
	return out
}

// leaves reports whether a moved or removed block by hand takes an address away.
func (s *Surroundings) leaves(h tfstate.Held) bool {
	at := h.String()
	for _, from := range s.Hand.Leaves {
		rest, below := strings.CutPrefix(at, from)
		if below && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}
