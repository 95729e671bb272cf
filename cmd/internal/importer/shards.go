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
func (r *proof) planStaged(ctx context.Context, planner *planning.Planner, stateFile string, targets []string) (*engines.Result, error) {
	p := &r.Report.Proof
	p.Plans, p.Whole = 0, ""
	if !r.sharded() {
		return planner.Plan(ctx, stateFile, targets)
	}
	carried := make(map[graph.Address]graph.Target, len(r.Changes.Carried))
	for _, c := range r.Changes.Carried {
		carried[c.Address] = c.Key()
	}
	result, n, err := planner.PlanShards(ctx, stateFile, shards.ValuesOf(r.Graph, carried, r.around.slugged))
	if r.planWhole(err) {
		return planner.Plan(ctx, stateFile, targets)
	}
	p.Plans = n
	return result, err
}

// planWhole reports whether an error of shards is for the whole to explain, and lets everything be planned at once from
// then on.
func (r *proof) planWhole(err error) bool {
	reason, whole := r.o.Proof.NeedsWhole(err)
	if !whole {
		return false
	}
	r.Report.Proof.Whole = reason
	r.whole = true
	return true
}

// sharded reports whether the staged directory is to be planned in shards.
func (r *proof) sharded() bool {
	return !r.whole && r.o.Proof.InShards(r.W, len(r.Graph.Resources)+len(r.Changes.Carried)) && len(r.readable()) == 0
}
