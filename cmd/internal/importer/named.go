package importer

import (
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Named gives live objects the names that an import would give them, parents first.
func Named(live *rootly.Live, remembered func(string, graph.ID) graph.Address) ([]*graph.Resource, error) {
	snapshot, err := schema.Snapshot()
	if err != nil {
		return nil, err
	}
	decoded, err := rootly.Decode(live, rootly.DecodeOptions{Schema: snapshot})
	if err != nil {
		return nil, err
	}
	for _, r := range decoded.Rejected {
		decoded.Resources = append(decoded.Resources, &graph.Resource{Address: graph.Address{Type: r.Type}, ID: r.ID, Title: r.Title})
	}
	for _, r := range decoded.Resources {
		r.Title = secret.Mask(r.Title)
	}
	return graph.Label(graph.Sort(decoded.Resources), remembered, nil), nil
}
