package importer

import (
	"context"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A Recording answers the plans of an import: with what was fetched, or, where that is asked for, with the live API.
type Recording struct {
	target connect.Target
	served *planning.Replay                 // nil for the live API
	unread map[*Root]map[graph.Address]bool // code of earlier runs whose objects could not be read
}

// Record records what the plans of some root modules read in addition to what was fetched, and serves it.
func Record(ctx context.Context, of ...Staged) (*Recording, error) {
	live := of[0].Linked.Share.Live
	job, record := live.Job, live.recording
	live.recording = planning.Recording{}
	r := &Recording{target: job.target, unread: map[*Root]map[graph.Address]bool{}}
	if !job.Settings.Proof.Replays() {
		requests := 0
		for _, s := range of {
			requests += s.requests(s.Linked.subset(job.Settings.Proof.Subset))
		}
		job.Watch.Progress.Stage("cost", 0)
		job.Watch.Progress.Done(planning.PlanCost(requests, job.Client.Stats().Limit))
		return r, nil
	}
	for _, s := range of {
		var err error
		if r.unread[s.root()], err = recordCarried(ctx, s, &record); err != nil {
			return nil, err
		}
	}
	var err error
	if r.served, err = record.Serve(ctx, job.Client); err != nil {
		return nil, err
	}
	r.target = r.served.Target
	return r, nil
}

// Close stops serving.
func (r *Recording) Close() {
	if r.served != nil {
		r.served.Stop()
	}
}

// unanswered lists the requests of plans that the recording could not answer.
func (r *Recording) unanswered() []string {
	if r.served == nil {
		return nil
	}
	return r.served.Unanswered()
}

// recordCarried reads the objects whose code stays although this run did not ask for them: the
// plan is of the whole directory, and the provider will want to see them. What cannot be read is
// left out of the plan, and reported.
func recordCarried(ctx context.Context, s Staged, record *planning.Recording) (unread map[graph.Address]bool, err error) {
	unread = map[graph.Address]bool{}
	if len(s.Changes.Carried) == 0 {
		return unread, nil
	}
	root, doubts := s.root(), s.Linked.Share.Live.doubts()
	wanted := map[graph.Target]graph.Address{}
	var types []*catalogue.Type
	var known []rootly.Known
	asked := map[string]bool{}
	for _, c := range s.Changes.Carried {
		target := c.Key()
		if s.Linked.Share.elsewhere.has(target) {
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
	live, err := rootly.Fetch(ctx, root.Job.Client, rootly.FetchOptions{Types: types, Progress: root.Watch.Progress.Count})
	if err != nil {
		return nil, err
	}
	if err := rootly.Confirm(ctx, root.Job.Client, live, known, false); err != nil {
		return nil, err
	}
	record.Missing(live.Gone)
	for _, o := range live.Objects {
		key := o.Target()
		if wanted[key].IsZero() {
			continue
		}
		delete(wanted, key)
		if err := record.Add(o); err != nil {
			return nil, err
		}
	}
	for _, address := range wanted {
		unread[address] = true
	}
	return unread, nil
}
