package planning

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// IdentifyHeld replaces slugs by ids, and returns the objects that were called by a slug.
func IdentifyHeld(list []tfstate.Held, ids rootly.IDs) []graph.Target {
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

// IdentifyLive asks the API for the ids of objects that a plan knows by their slug.
func IdentifyLive(client *api.Client) func(context.Context, plans.Change) string {
	asked := map[graph.Target]string{}
	return func(ctx context.Context, c plans.Change) string {
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
