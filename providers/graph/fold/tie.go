package fold

import (
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Ties are the references of a graph in which some resources are merged into one node.
type ties struct {
	refers map[graph.Address][]graph.Address
	node   map[graph.Address]graph.Address   // that a folded resource belongs to
	nodes  map[graph.Address][]graph.Address // the resources of a node
}

func tiesOf(g *graph.Graph) *ties {
	t := &ties{refers: make(map[graph.Address][]graph.Address, len(g.Resources)), node: map[graph.Address]graph.Address{}, nodes: map[graph.Address][]graph.Address{}}
	for _, r := range g.Resources {
		for _, p := range r.Exprs {
			for ref := range p.Refs() {
				t.refers[r.Address] = append(t.refers[r.Address], ref.Target)
			}
		}
	}
	return t
}

// of returns the node of a resource.
func (t *ties) of(a graph.Address) graph.Address {
	if node, folded := t.node[a]; folded {
		return node
	}
	return a
}

// contract merges some resources into one node, unless that closes a cycle. In a graph without cycles, a new one can
// only lead through the new node.
func (t *ties) contract(members []*graph.Resource) bool {
	if len(members) == 0 {
		return false
	}
	inside := make(map[graph.Address]bool, len(members))
	addresses := make([]graph.Address, len(members))
	for i, r := range members {
		addresses[i], inside[r.Address] = r.Address, true
	}
	seen := map[graph.Address]bool{}
	for queue := slices.Clone(addresses); len(queue) > 0; queue = queue[1:] {
		for _, to := range t.refers[queue[0]] {
			if inside[to] {
				return false
			}
			node := t.of(to)
			if seen[node] {
				continue
			}
			seen[node] = true
			if all := t.nodes[node]; len(all) > 0 {
				queue = append(queue, all...)
			} else {
				queue = append(queue, node)
			}
		}
	}
	t.nodes[addresses[0]] = addresses
	for _, a := range addresses {
		t.node[a] = addresses[0]
	}
	return true
}
