package planning

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/shards"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/imports"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// PlanLarge is [Proof.Plan] of a directory of which everything is wanted: in shards where it has many objects. It also
// returns how many plans that were, or why there is only one.
func (p *Proof) PlanLarge(ctx context.Context, w world.World, dir string, t connect.Target, o Options) (*engines.Result, report.Proof, error) {
	var how report.Proof
	if p.Against != "whole" && p.isLarge(w, o.Objects) {
		result, n, err := p.planShards(ctx, w, dir, t, o)
		reason, whole := p.NeedsWhole(err)
		if !whole {
			return result, report.Proof{Plans: n}, err
		}
		how.Whole = reason
	}
	result, err := p.Plan(ctx, w, dir, t, o)
	return result, how, err
}

func (p *Proof) planShards(ctx context.Context, w world.World, dir string, t connect.Target, o Options) (result *engines.Result, n int, err error) {
	o.ByStream = true
	planner, err := p.Planner(ctx, w, dir, t, o)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, planner.Close()) }()
	value, err := valuesIn(dir, w.Environ())
	if err != nil {
		return nil, 0, err
	}
	result, n, err = planner.PlanShards(ctx, o.StateFile, value)
	if err == nil && !result.Errored {
		_, err = planner.Validate(ctx, result)
	}
	return result, n, err
}

// NeedsWhole reports whether an error of shards is for a plan of the whole directory to explain, and what is in the code
// or the state that cannot be planned in shards, if that is why.
func (p *Proof) NeedsWhole(err error) (reason string, whole bool) {
	var uncut *shards.WholeError
	var crash *engines.CrashError
	var refused *engines.RefusedError
	switch {
	case errors.As(err, &uncut):
		return uncut.Reason, true
	case errors.As(err, &crash): // the object at fault is looked for in the whole
		return "", true
	case errors.As(err, &refused): // for the message, which names a file of the whole
		return "", refused.Diagnostics[0].File != ""
	}
	return "", false
}

// valuesIn finds the ids that resources of a directory have in its state, or will have by its import blocks.
func valuesIn(dir string, environ []string) (shards.Value, error) {
	ids := map[string]graph.ID{}
	blocks, err := imports.Read(dir, environ)
	if err != nil {
		return nil, err
	}
	for _, b := range blocks {
		for _, o := range b.Objects {
			ids[o.To] = graph.ID(PlainID(o.ID))
		}
	}
	state, err := readIfThere(filepath.Join(dir, StateName))
	if err != nil {
		return nil, err
	}
	if len(state) > 0 {
		held, err := tfstate.Objects(state)
		if err != nil {
			return nil, err
		}
		for _, h := range held {
			ids[h.String()] = h.ID
		}
	}
	return func(a graph.Address, attr string) (cty.Value, bool) {
		id := ids[a.String()]
		return cty.StringVal(string(id)), id != "" && attr == "id"
	}, nil
}

// isLarge reports whether so many resources are better planned in parts.
func (p *Proof) isLarge(w world.World, resources int) bool {
	return resources > cmp.Or(w.ShardSize, shardSize)*3/2
}
