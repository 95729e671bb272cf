package planning

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

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
