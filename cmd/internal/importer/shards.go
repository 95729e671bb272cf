package importer

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/shards"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// planStaged plans the staged directory: in shards where it is large and can be cut, else as a whole. Shards are never
// restricted to targets, as those without changes are not planned again.
func (p *prover) planStaged(ctx context.Context, planner *planning.Planner, stateFile string, targets []string) (*engines.Result, error) {
	staged, facts := p.proof.Staged, &p.proof.Facts
	facts.Plans, facts.Whole = 0, ""
	if !p.sharded() {
		return planner.Plan(ctx, stateFile, targets)
	}
	carried := make(map[graph.Address]graph.Target, len(staged.Changes.Carried))
	for _, c := range staged.Changes.Carried {
		carried[c.Address] = c.Key()
	}
	result, n, err := planner.PlanShards(ctx, stateFile, shards.ValuesOf(p.proof.Staged.Linked.Graph, carried, p.root().around.slugged))
	if p.planWhole(err) {
		return planner.Plan(ctx, stateFile, targets)
	}
	facts.Plans = n
	return result, err
}

// planWhole reports whether an error of shards is for the whole to explain, and lets everything be planned at once from
// then on.
func (p *prover) planWhole(err error) bool {
	reason, whole := p.root().Job.Settings.Proof.NeedsWhole(err)
	if !whole {
		return false
	}
	p.proof.Facts.Whole = reason
	p.whole = true
	return true
}

// sharded reports whether the staged directory is to be planned in shards.
func (p *prover) sharded() bool {
	resources := len(p.proof.Staged.Linked.Graph.Resources) + len(p.proof.Staged.Changes.Carried)
	return !p.whole && p.root().Job.Settings.Proof.InShards(p.root().Job.World, resources) && len(p.readable(p.proof.Staged)) == 0
}
