package overview

import (
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// layers are the columns of the graph, from what raises alerts to who is paged.
var layers = [][]string{
	{"alerts_source", "heartbeat", "live_call_router"},
	{"alert_route", "alert_routing_rule"},
	{"workflow"},
	{"service", "functionality"},
	{"escalation_policy"},
	{"escalation_path"},
	{"escalation_level"},
	{"schedule"},
	{"schedule_rotation"},
	{"team"},
}

// layer is the column of a type, from 1; 0 for a type that the graph does not have.
func layer(t *catalogue.Type) int {
	name := t.Short()
	if t.IsWorkflow() {
		name = "workflow"
	}
	return 1 + slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, name) })
}

// addEdges draws the references between objects in the graph.
func (v *view) addEdges(p *page.Page) {
	seen := map[page.Edge]bool{}
	add := func(from, to *page.Object) {
		if from == nil || to == nil || from == to || from.Layer == 0 || to.Layer == 0 {
			return
		}
		if backwards(from, to) {
			from, to = to, from
		}
		if e := (page.Edge{From: from.Key, To: to.Key}); !seen[e] {
			seen[e] = true
			p.Edges = append(p.Edges, e)
		}
	}
	for _, r := range v.graph.Resources {
		from := v.objects[key(r.Address.Type, r.ID)]
		for _, e := range r.Exprs {
			for ref := range e.Refs() {
				add(from, v.objects[v.keys[ref.Target]])
			}
		}
	}
	p.Edges = withoutDetours(p.Edges, v.objects)
}

// withoutDetours leaves out the edges from policies to levels that follow a path of the policy.
func withoutDetours(edges []page.Edge, objects map[string]*page.Object) []page.Edge {
	onPath := map[string]bool{}
	for _, e := range edges {
		if objects[e.From].Type == "escalation_path" {
			onPath[e.To] = true
		}
	}
	return slices.DeleteFunc(edges, func(e page.Edge) bool {
		return objects[e.From].Type == "escalation_policy" && objects[e.To].Level != nil && onPath[e.To]
	})
}

// backwards reports whether an object that refers to another one comes after it. What a level refers to is whom it pages,
// but for what it belongs to.
func backwards(from, to *page.Object) bool {
	if from.Type == "escalation_level" && !strings.HasPrefix(to.Type, "escalation_") {
		return false
	}
	return from.Layer > to.Layer
}
