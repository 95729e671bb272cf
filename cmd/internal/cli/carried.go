package cli

import (
	"context"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// recordCarried reads the objects whose code stays although this run did not ask for them: the
// plan is of the whole directory, and the provider will want to see them. What cannot be read is
// left out of the plan, and told.
func (r *run) recordCarried(ctx context.Context) error {
	r.unread = map[graph.Address]bool{}
	if len(r.changes.Carried) == 0 || !r.o.proof.replays() {
		return nil
	}
	wanted := map[graph.Target]graph.Address{}
	var types []*catalogue.Type
	asked := map[string]bool{}
	for _, c := range r.changes.Carried {
		wanted[graph.Target{Type: c.Address.Type, ID: c.ID}] = c.Address
		t := catalogue.Lookup(c.Address.Type)
		if t != nil && !asked[t.Name] {
			asked[t.Name] = true
			types = append(types, t)
		}
	}
	live, err := rootly.Fetch(ctx, r.client, rootly.FetchOptions{Types: types, Progress: r.progress.Count})
	if err != nil {
		return err
	}
	for _, o := range live.Objects {
		key := graph.Target{Type: o.Type.Name, ID: o.ID}
		if wanted[key].IsZero() {
			continue
		}
		delete(wanted, key)
		if err := r.replay.add(o); err != nil {
			return err
		}
	}
	for _, address := range wanted {
		r.unread[address] = true
	}
	return nil
}

// readable lists what to plan when something must be left out, and nothing when the plan can be of
// the whole.
func (r *run) readable() []string {
	if len(r.unread) == 0 {
		return nil
	}
	var targets []string
	for _, res := range r.graph.Resources {
		targets = append(targets, res.Address.String())
	}
	for _, c := range r.changes.Carried {
		if !r.unread[c.Address] {
			targets = append(targets, c.Address.String())
		}
	}
	sort.Strings(targets)
	return targets
}
