package importer

import (
	"context"
	"slices"

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
func (r *proof) takeOutCrashing(ctx context.Context, crash *engines.CrashError) (string, error) {
	stateFile, err := r.stateToProve()
	if err != nil {
		return "", err
	}
	address, alone, err := r.planner.Session.Culprit(ctx, stateFile, crash, r.plannable())
	if err != nil {
		return "", err
	}
	if address == "" {
		return "", crash
	}
	values := make([]string, len(r.Graph.Variables))
	for i, v := range r.Graph.Variables {
		values[i] = v.Value
	}
	why := planning.WhyCrashed(alone, values)
	if r.o.Proof.NoRepair || len(r.crashed) == planning.MaxCrashing {
		return "", planning.Crashes(address, why)
	}
	r.Progress.Stage("crash", 0)
	r.Progress.Done(address + ", left out")
	if err := r.takeOut(ctx, address, why); err != nil {
		return "", err
	}
	r.Progress.Stage("verify", len(r.Graph.Resources))
	return address, nil
}

// takeOut takes a resource out of the graph, or keeps its code out of the plan where that is code of an
// earlier run.
func (r *planned) takeOut(ctx context.Context, address, why string) error {
	at := slices.IndexFunc(r.Graph.Resources, func(res *graph.Resource) bool { return res.Address.String() == address })
	if at >= 0 {
		res := r.Graph.Resources[at]
		r.crashed[graph.Target{Type: res.Address.Type, ID: res.ID}] = why
		r.unlinked = slices.Delete(slices.Clone(r.unlinked), at, at+1)
		r.skipped = append(r.skipped, rootly.Rejected{Type: res.Address.Type, ID: res.ID, Title: res.Title, Reason: why, Fix: planning.CrashHint})
		r.Report.Repairs = append(r.Report.Repairs, report.Repair{Address: address, How: string(repair.Remove), Cause: why})
	}
	for _, c := range r.Changes.Carried {
		if c.Address.String() == address {
			r.crashed[c.Key()] = why
		}
	}
	if err := r.writeAgain(ctx); err != nil {
		return err
	}
	for _, c := range r.Changes.Carried {
		if c.Address.String() == address {
			r.crashed[c.Key()], r.unread[c.Address] = why+"; it is not in this plan, and a plan of the whole directory fails at it", true
		}
	}
	return nil
}

// plannable lists what the plan is of, each address after those that it refers to.
func (r *planned) plannable() []string {
	var addresses []string
	for _, c := range r.Changes.Carried {
		if !r.unread[c.Address] {
			addresses = append(addresses, c.Address.String())
		}
	}
	for _, res := range r.Graph.InOrder() {
		addresses = append(addresses, res.Address.String())
	}
	return addresses
}
