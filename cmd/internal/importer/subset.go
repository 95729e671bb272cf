package importer

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// This file is about what of a staged directory is planned, where it is not all of it.

// A scope is what of a staged directory is planned.
type scope struct {
	configurations
	unread map[graph.Address]bool // carried code whose objects could not be read
	subset map[graph.Address]bool // the resources to plan; nil for all
}

func (s Staged) scope(unread map[graph.Address]bool) scope {
	sc := scope{configurations: s.configurations(), unread: map[graph.Address]bool{}, subset: s.planable(unread)}
	maps.Copy(sc.unread, unread)
	return sc
}

// nowhere is an address that no code has: no address at all would make a plan of everything.
const nowhere = "rootly_team.terraformer_rootly_none"

// readable lists what to plan when something must be left out, and nothing when the plan can be of
// the whole.
func (sc *scope) readable(staged Staged) []string {
	if !sc.leavesOut(staged) && sc.subset == nil {
		return nil
	}
	var targets []string
	if sc.subset == nil {
		targets = sc.otherTargets(staged.root(), len(staged.Changes.Loose.Broken) > 0)
	}
	for _, res := range staged.Linked.Graph.Resources {
		if sc.subset == nil || sc.subset[res.Address] {
			targets = append(targets, res.Address.String())
		}
	}
	for _, c := range staged.Changes.Carried {
		if (sc.subset == nil || sc.subset[c.Address]) && !sc.unread[c.Address] {
			targets = append(targets, c.Address.String())
		}
	}
	for _, a := range staged.Linked.forgotten {
		targets = append(targets, a.String())
	}
	for _, o := range staged.Changes.Gone {
		targets = append(targets, o.Address.String())
	}
	targets = slices.DeleteFunc(targets, staged.broken)
	if len(targets) == 0 {
		return []string{nowhere}
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}

// leavesOut reports whether the plan leaves out code that cannot be planned.
func (sc *scope) leavesOut(staged Staged) bool {
	return len(sc.unread)+len(sc.others)+len(staged.Changes.Loose.Broken) > 0
}

// subset picks n resources to plan, if some are to be left out: spread over the
// types, and the same for the same organisation. The plan reaches what they refer to as well.
func (l Linked) subset(n int) map[graph.Address]bool {
	if n <= 0 || n >= len(l.Graph.Resources) {
		return nil
	}
	picked := map[graph.Address]bool{}
	byType := map[string][]graph.Address{}
	for _, res := range l.Graph.Resources {
		byType[res.Address.Type] = append(byType[res.Address.Type], res.Address)
	}
	types := slices.Sorted(maps.Keys(byType))
	for round := 0; len(picked) < n; round++ {
		for _, t := range types {
			if round < len(byType[t]) && len(picked) < n {
				picked[byType[t][round]] = true
			}
		}
	}
	return picked
}

// planable picks the resources to plan; nil for all. What refers, near or far, to objects that could not be read is left
// out: a plan of it would read them too.
func (s Staged) planable(unread map[graph.Address]bool) map[graph.Address]bool {
	subset := s.Linked.subset(s.root().Job.Settings.Proof.Subset)
	ids, out := map[string]bool{}, maps.Clone(unread)
	for _, c := range s.Changes.Carried {
		if unread[c.Address] {
			ids[string(c.ID)] = true
		}
	}
	if len(ids) == 0 {
		return subset
	}
	planned, all := map[graph.Address]bool{}, true
	for _, res := range s.Linked.Graph.InOrder() { // after what it refers to
		if slices.ContainsFunc(entries.References(res), func(a graph.Address) bool { return out[a] }) || names(res, ids) {
			out[res.Address], all = true, false
		} else if subset == nil || subset[res.Address] {
			planned[res.Address] = true
		}
	}
	if all {
		return subset
	}
	return planned
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

// widen adds what the targets brought along, which is planned as well. It returns how many resources of the graph that is,
// where it is not all.
func (sc *scope) widen(staged Staged, planned []plans.Change) (resources int) {
	if sc.subset == nil {
		return 0
	}
	seen := make(map[string]bool, len(planned))
	for _, c := range planned {
		seen[c.Address] = true
	}
	for _, res := range staged.Linked.Graph.Resources {
		if seen[res.Address.String()] {
			sc.subset[res.Address] = true
			resources++
		}
	}
	for _, c := range staged.Changes.Carried {
		if seen[c.Address.String()] {
			sc.subset[c.Address] = true
		}
	}
	return resources
}

// plannable lists what the plan is of, each address after those that it refers to.
func (sc *scope) plannable(staged Staged) []string {
	var addresses []string
	for _, c := range staged.Changes.Carried {
		if !sc.unread[c.Address] {
			addresses = append(addresses, c.Address.String())
		}
	}
	for _, res := range staged.Linked.Graph.InOrder() {
		addresses = append(addresses, res.Address.String())
	}
	return addresses
}
