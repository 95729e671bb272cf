package importer

import (
	"context"
	"maps"
	"slices"
	"sort"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// recordCarried reads the objects whose code stays although this run did not ask for them: the
// plan is of the whole directory, and the provider will want to see them. What cannot be read is
// left out of the plan, and reported.
func (r *planned) recordCarried(ctx context.Context) error {
	r.unread, r.crashed = map[graph.Address]bool{}, map[graph.Target]string{}
	if len(r.Changes.Carried) == 0 || !r.o.Proof.Replays() {
		return nil
	}
	doubts := r.doubts()
	wanted := map[graph.Target]graph.Address{}
	var types []*catalogue.Type
	var known []rootly.Known
	asked := map[string]bool{}
	for _, c := range r.Changes.Carried {
		target := graph.Target{Type: c.Address.Type, ID: c.ID}
		if r.around.isElsewhere(target) {
			continue // recorded with what the lookups stand for
		}
		wanted[target] = c.Address
		t := catalogue.Lookup(c.Address.Type)
		if t == nil || doubts[c.Key()] != "" {
			continue
		}
		known = append(known, rootly.Known{Type: t, ID: c.ID, Parent: c.Parent})
		if !asked[t.Name] {
			asked[t.Name] = true
			types = append(types, t)
		}
	}
	live, err := rootly.Fetch(ctx, r.Client, rootly.FetchOptions{Types: types, Progress: r.Progress.Count})
	if err != nil {
		return err
	}
	if err := rootly.Confirm(ctx, r.Client, live, known, false); err != nil {
		return err
	}
	r.replay.Missing(live.Gone)
	for _, o := range live.Objects {
		key := graph.Target{Type: o.Type.Name, ID: o.ID}
		if wanted[key].IsZero() {
			continue
		}
		delete(wanted, key)
		if err := r.replay.Add(o); err != nil {
			return err
		}
	}
	for _, address := range wanted {
		r.unread[address] = true
	}
	return nil
}

// nowhere is an address that no code has: no address at all would make a plan of everything.
const nowhere = "rootly_team.terraformer_rootly_none"

// readable lists what to plan when something must be left out, and nothing when the plan can be of
// the whole.
func (r *planned) readable() []string {
	if len(r.unread)+len(r.around.providers.others)+len(r.Changes.Loose.Broken) == 0 && r.subset == nil {
		return nil
	}
	var targets []string
	if r.subset == nil {
		targets = r.otherTargets(len(r.Changes.Loose.Broken) > 0)
	}
	for _, res := range r.Graph.Resources {
		if r.subset == nil || r.subset[res.Address] {
			targets = append(targets, res.Address.String())
		}
	}
	for _, c := range r.Changes.Carried {
		if (r.subset == nil || r.subset[c.Address]) && !r.unread[c.Address] {
			targets = append(targets, c.Address.String())
		}
	}
	for _, a := range r.RenderOptions.Forgotten {
		targets = append(targets, a.String())
	}
	for _, o := range r.Changes.Gone {
		targets = append(targets, o.Address.String())
	}
	targets = slices.DeleteFunc(targets, r.broken)
	if len(targets) == 0 {
		return []string{nowhere}
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}

// chooseSubset picks the resources to plan when --verify-sample asks for some only: spread over the
// types, and the same for the same organisation. The plan reaches what they refer to as well.
func (r *planned) chooseSubset() {
	n := r.o.Proof.Subset
	if n <= 0 || n >= len(r.Graph.Resources) {
		return
	}
	r.subset = map[graph.Address]bool{}
	byType := map[string][]graph.Address{}
	var types []string
	for _, res := range r.Graph.Resources {
		t := res.Address.Type
		if byType[t] == nil {
			types = append(types, t)
		}
		byType[t] = append(byType[t], res.Address)
	}
	sort.Strings(types)
	for round := 0; len(r.subset) < n; round++ {
		for _, t := range types {
			if round < len(byType[t]) && len(r.subset) < n {
				r.subset[byType[t][round]] = true
			}
		}
	}
}

// leaveOutDependents takes out of the plan what refers, near or far, to objects that could not be read: a plan
// of it would read them too.
func (r *planned) leaveOutDependents() {
	ids, out := map[string]bool{}, maps.Clone(r.unread)
	for _, c := range r.Changes.Carried {
		if r.unread[c.Address] {
			ids[string(c.ID)] = true
		}
	}
	if len(ids) == 0 {
		return
	}
	planned, all := map[graph.Address]bool{}, true
	for _, res := range r.Graph.InOrder() { // after what it refers to
		if slices.ContainsFunc(entries.References(res), func(a graph.Address) bool { return out[a] }) || names(res, ids) {
			out[res.Address], all = true, false
		} else if r.subset == nil || r.subset[res.Address] {
			planned[res.Address] = true
		}
	}
	if !all {
		r.subset = planned
	}
}

// names reports whether an id stands in the code of a resource as text.
func names(res *graph.Resource, ids map[string]bool) bool {
	found := false
	_ = cty.Walk(res.Config, func(_ cty.Path, v cty.Value) (bool, error) {
		found = found || v.IsKnown() && !v.IsNull() && v.Type() == cty.String && ids[v.AsString()]
		return !found, nil
	})
	return found
}

// widenSubset adds what the targets brought along, which is planned as well.
func (r *planned) widenSubset(planned []plans.Change) {
	if r.subset == nil {
		return
	}
	seen := make(map[string]bool, len(planned))
	for _, c := range planned {
		seen[c.Address] = true
	}
	r.Report.Proof.Subset = 0
	for _, res := range r.Graph.Resources {
		if seen[res.Address.String()] {
			r.subset[res.Address] = true
			r.Report.Proof.Subset++
		}
	}
	for _, c := range r.Changes.Carried {
		if seen[c.Address.String()] {
			r.subset[c.Address] = true
		}
	}
}
