package cli

import (
	"context"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// This file is about objects that a state or an import block calls by their slug: the provider takes
// one for an id, and keeps it.

// identify gives what the directory manages the ids of the live objects, as far as these are known.
func (r *run) identify() {
	s := r.around
	if s.slugged == nil {
		s.slugged = map[graph.Target]bool{}
	}
	for _, list := range [][]tfstate.Held{s.held, s.will} {
		for _, slugged := range identifyHeld(list, r.ids) {
			s.slugged[slugged] = true
		}
	}
}

// identifyHeld replaces slugs by ids, and returns the objects that were called by a slug.
func identifyHeld(list []tfstate.Held, ids rootly.IDs) []graph.Target {
	var slugged []graph.Target
	for i, h := range list {
		id := ids.Of(h.Address.Type, h.ID)
		if id != h.ID {
			slugged = append(slugged, graph.Target{Type: h.Address.Type, ID: id})
		}
		list[i].ID = id
	}
	return slugged
}

// identified is the id of the object that a plan of this run is about.
func (r *run) identified(_ context.Context, c verify.Change) string {
	return string(r.ids.Of(c.Type, graph.ID(c.ID)))
}

// identifyLive asks the API for the ids of objects that a plan knows by their slug.
func identifyLive(client *api.Client) identify {
	asked := map[graph.Target]string{}
	return func(ctx context.Context, c verify.Change) string {
		row := catalogue.Lookup(c.Type)
		if !c.BySlug || row == nil {
			return c.ID
		}
		k := graph.Target{Type: c.Type, ID: graph.ID(c.ID)}
		if id := asked[k]; id != "" {
			return id
		}
		asked[k] = c.ID
		if o, _, err := client.Get(ctx, row.GetPath(k.ID, ""), nil); err == nil && o.ID != "" {
			asked[k] = string(o.ID) // an object that cannot be read is the plan's to report
		}
		return asked[k]
	}
}

// places are all addresses at which the directory has an object, or will have it: what the engine plans
// comes first, since it follows moved blocks.
func (s *surroundings) places() map[state.Key][]tfstate.Held {
	out := map[state.Key][]tfstate.Held{}
	for _, list := range [][]tfstate.Held{s.will, s.held} {
		for _, h := range list {
			k := state.Key{Type: h.Address.Type, ID: h.ID}
			out[k] = append(out[k], h)
		}
	}
	return out
}

// leaves reports whether a moved or removed block by hand takes an address away.
func (s *surroundings) leaves(h tfstate.Held) bool {
	at := h.String()
	for _, from := range s.hand.Leaves {
		rest, below := strings.CutPrefix(at, from)
		if below && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}
