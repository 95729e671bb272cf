package importer

import (
	"context"
	"maps"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/repair"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// This file is about objects at which the provider stops, and takes the plan of all others with it.

// takeOutCrashing finds the object at which the provider stopped, takes it out of what is planned and
// returns its address. The error is the crash where none is found, or too many.
func (p *prover) takeOutCrashing(ctx context.Context, crash *engines.CrashError) (string, error) {
	stateFile, err := p.proof.Staged.stateToProve()
	if err != nil {
		return "", err
	}
	address, alone, err := p.planner.Session.Culprit(ctx, stateFile, crash, p.plannable(p.proof.Staged))
	if err != nil {
		return "", err
	}
	if address == "" {
		return "", crash
	}
	values := make([]string, len(p.proof.Staged.Linked.Graph.Variables))
	for i, v := range p.proof.Staged.Linked.Graph.Variables {
		values[i] = v.Value
	}
	why := planning.WhyCrashed(alone, values)
	if p.root().Job.Settings.Proof.NoRepair || len(p.proof.Staged.Linked.crashed) == planning.MaxCrashing {
		return "", planning.Crashes(address, why)
	}
	progress := p.root().Watch.Progress
	progress.Stage("crash", 0)
	progress.Done(address + ", left out")
	if err := p.takeOut(address, why); err != nil {
		return "", err
	}
	progress.Stage("verify", len(p.proof.Staged.Linked.Graph.Resources))
	return address, nil
}

// takeOut takes a resource out of the code, or keeps its code out of the plan where that is code of an
// earlier run.
func (p *prover) takeOut(address, why string) error {
	linked := p.proof.Staged.Linked
	linked.crashed = maps.Clone(linked.crashed)
	if linked.crashed == nil {
		linked.crashed = map[graph.Target]string{}
	}
	for _, res := range linked.Share.Resources {
		if res.Address.String() == address {
			linked.crashed[res.Target()] = why
			linked = linked.without(map[graph.Address]rootly.Rejected{res.Address: {Reason: why, Fix: planning.CrashHint}})
			p.proof.repairs = append(p.proof.repairs, report.Repair{Address: address, How: string(repair.Remove), Cause: why})
			break
		}
	}
	for _, c := range p.proof.Staged.Changes.Carried {
		if c.Address.String() == address {
			linked.crashed[c.Key()] = why
		}
	}
	if err := p.write(linked); err != nil {
		return err
	}
	for _, c := range p.proof.Staged.Changes.Carried {
		if c.Address.String() == address {
			linked.crashed[c.Key()] = why + "; it is not in this plan, and a plan of the whole directory fails at it"
			p.unread[c.Address] = true
		}
	}
	return nil
}
