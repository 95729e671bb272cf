package importer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
)

// Fetch reads the objects for a root module, or for those that are below its directory.
func Fetch(ctx context.Context, root *Root, parts ...*Root) (*Live, error) {
	roots := append([]*Root{root}, parts...)
	live, err := list(ctx, roots)
	if err != nil {
		return nil, err
	}
	defer live.Job.Watch.Time("link")()
	live.Job.Watch.Progress.Stage("link", 0)
	live.setAsideBuiltIn()
	live.setAsideManaged(roots)
	if live.Job.Look != nil {
		if err := live.Job.Look(live); err != nil {
			return nil, err
		}
	}
	if err := live.sample(ctx); err != nil {
		return nil, err
	}
	if err := live.decode(live.read.Objects); err != nil {
		return nil, err
	}
	if err := live.follow(ctx, roots); err != nil {
		return nil, err
	}
	if err := live.people(ctx, root.users); err != nil {
		return nil, err
	}
	return live, live.recordRest()
}

// list reads the objects that are asked for, and looks for those that some root modules knew and no list has.
func list(ctx context.Context, roots []*Root) (*Live, error) {
	job := roots[0].Job
	defer job.Watch.Time("fetch")()
	job.Watch.Progress.Stage("fetch", 0)
	read, err := rootly.Fetch(ctx, job.Client, rootly.FetchOptions{Types: job.types, Progress: job.Watch.Progress.Count})
	if err != nil {
		return nil, err
	}
	if err := readNothing(read); err != nil {
		return nil, err
	}
	live := &Live{Job: job, read: read, decoded: &rootly.Decoded{Coverage: map[string]*rootly.Coverage{}}}
	if err := live.predecessors(ctx); err != nil {
		return nil, err
	}
	live.identify(roots, read.Objects)
	known := job.known(roots)
	if err := rootly.Confirm(ctx, job.Client, read, known, job.Settings.AcceptDeleted); err != nil {
		return nil, err
	}
	if read.Partial != "" {
		job.World.Report().Note(read.Partial)
	}
	live.earlier = countKnown(known)
	live.identify(roots, read.Objects) // with what only reads by id find
	if err := selection.CheckFilters(job.filters, read); err != nil {
		return nil, err
	}
	live.filtered = selection.Apply(job.filters, read)
	job.Watch.Progress.Done(fmt.Sprintf("%s in %s", report.Plural(len(read.Objects), "object"), report.Plural(int(job.Client.Stats().Requests), "request")))
	return live, nil
}

// identify learns what objects are called, and what of them the root modules manage.
func (l *Live) identify(roots []*Root, objects []*rootly.Object) {
	l.IDs.Add(objects)
	for _, r := range roots {
		r.identify(l.IDs)
	}
}

// countKnown counts objects by type.
func countKnown(known []rootly.Known) map[string]int {
	counts := map[string]int{}
	seen := map[graph.Target]bool{}
	for _, k := range known {
		if k.Type == nil || seen[graph.Target{Type: k.Type.Name, ID: k.ID}] {
			continue
		}
		seen[graph.Target{Type: k.Type.Name, ID: k.ID}] = true
		counts[k.Type.Name]++
	}
	return counts
}

// predecessors fetches the older types that the organisation has instead of those that it lacks.
func (l *Live) predecessors(ctx context.Context) error {
	var older []*catalogue.Type
	for _, s := range l.read.Skipped {
		if t := rootly.Predecessor(s.Type); t != nil && rootly.Absent(s.Err) && !slices.Contains(older, t) {
			older = append(older, t)
		}
	}
	if len(l.Job.Settings.Resources) > 0 || len(older) == 0 {
		return nil
	}
	more, err := rootly.Fetch(ctx, l.Job.Client, rootly.FetchOptions{Types: older})
	if err != nil {
		return err
	}
	l.read.Add(more)
	return nil
}

// readNothing is the error of a run in which not one collection could be read, for other reasons
// than that the organisation does not have it: there is nothing to import.
func readNothing(live *rootly.Live) error {
	if len(live.Objects) > 0 || anyComplete(live) {
		return nil
	}
	for _, s := range live.Skipped {
		if !s.Absent() {
			return fmt.Errorf("nothing could be read: %w", s.Err)
		}
	}
	return nil
}

// anyComplete reports whether the list of any type was read in full.
func anyComplete(live *rootly.Live) bool {
	for _, ok := range live.Complete {
		if ok {
			return true
		}
	}
	return false
}

// sampleShare is how many requests the comparison of lists with single answers may add: one in so
// many. It keeps the cost of a run near the least that it can be.
const sampleShare = 25

// sample reads a few objects again by themselves: the plan is made against what the lists said,
// and the provider would ask for single objects.
func (l *Live) sample(ctx context.Context) error {
	if !l.Job.Settings.Proof.Replays() {
		return nil
	}
	n := max(1, int(l.Job.Client.Stats().Requests)/sampleShare)
	picked := rootly.Sample(l.read.Objects, n)
	found, err := rootly.Reread(ctx, l.Job.Client, picked)
	if err != nil {
		return err
	}
	l.sampled = len(picked)
	for _, d := range found {
		l.disagree = append(l.disagree, report.Difference{
			Address: d.Type + " " + string(d.ID), Action: "disagrees", Path: d.Attribute,
			Message: "the API has another value for the single object than in its list; two objects may have this id: leave it out with " + ignore.Name +
				", or plan with what the API has for the single object (--verify live)",
		})
	}
	return nil
}

// decode turns objects into resources, records them for the proof, and frees the API's answers.
func (l *Live) decode(objects []*rootly.Object) error {
	o := l.Job.Settings
	d, err := rootly.Decode(&rootly.Live{Objects: objects}, rootly.DecodeOptions{
		Schema: l.Job.Schema,
		Full:   o.Detail == "full",
		Shown:  o.Positions != "omit",
		Done: func(obj *rootly.Object) error {
			defer obj.Release()
			if !o.Proof.Replays() {
				return nil
			}
			return l.recording.Add(obj)
		},
	})
	if err != nil {
		return err
	}
	for _, res := range d.Resources {
		res.Title = secret.Mask(res.Title) // before it becomes a label
	}
	l.decoded.Add(d)
	return nil
}

// recordRest records what the proof needs in addition to the resources.
func (l *Live) recordRest() error {
	if !l.Job.Settings.Proof.Replays() {
		return nil
	}
	for _, o := range slices.Concat(l.others, l.filtered) {
		if err := l.recording.Add(o); err != nil {
			return err
		}
	}
	complete := maps.Clone(l.read.Complete)
	for _, o := range l.read.Unknown { // which are not recorded
		for _, t := range catalogue.Types() {
			complete[t.Name] = complete[t.Name] && t.API != o.Type
		}
	}
	l.recording.Listed(complete)
	l.recording.Missing(l.read.Gone)
	return l.recording.People(userList(l.users))
}

// people reads the users when an object points at one.
func (l *Live) people(ctx context.Context, how string) error {
	if how == "literal" || !graph.Needs(l.decoded.Resources, rules, graph.UserType) {
		return nil
	}
	users, err := rootly.FetchUsers(ctx, l.Job.Client)
	if errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrUnusable) {
		l.read.Skipped = append(l.read.Skipped, rootly.Skipped{Type: graph.UserType, Err: err})
		return nil
	}
	l.users = users
	return err
}

// userList puts the users in an order that does not depend on the map.
func userList(users map[graph.ID]graph.User) []graph.User {
	list := slices.Collect(maps.Values(users))
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

func rules(resourceType string) []graph.Rule {
	if t := catalogue.Lookup(resourceType); t != nil {
		return t.Refs
	}
	return nil
}

// Complete reports whether every object of a type was listed.
func (l *Live) Complete(typ string) bool { return l.read.Complete[typ] }

// doubts says why objects may exist although their listing lacks them.
func (l *Live) doubts() map[graph.Target]string {
	out := make(map[graph.Target]string, len(l.read.Doubts))
	for _, d := range l.read.Doubts {
		out[graph.Target{Type: d.Type, ID: d.ID}] = d.Reason
	}
	return out
}

// rejected lists the live objects that have no code, whatever the reason.
func (l *Live) rejected() []rootly.Rejected {
	return slices.Concat(l.decoded.Rejected, l.read.Unknown, l.builtIn)
}

// All returns every live object of a type, whether or not it was to be taken.
func (l *Live) All(ctx context.Context, of *catalogue.Type) ([]*rootly.Object, error) {
	objects := l.seen()
	if !slices.ContainsFunc(l.Job.types, func(t *catalogue.Type) bool { return t.Name == of.Name }) {
		live, err := rootly.Fetch(ctx, l.Job.Client, rootly.FetchOptions{Types: []*catalogue.Type{of}})
		if err != nil {
			return nil, err
		}
		l.read.Skipped = append(l.read.Skipped, live.Skipped...)
		objects = live.Objects
	}
	return slices.DeleteFunc(objects, func(o *rootly.Object) bool { return o.Type.Name != of.Name }), nil
}

func (l *Live) seen() []*rootly.Object {
	return slices.Concat(l.read.Objects, l.filtered, l.others)
}

// Findable are the data sources that find objects to write.
func (l *Live) Findable() map[graph.Target]*graph.DataSource {
	taken := map[graph.Address]bool{}
	for _, d := range l.lookups {
		taken[d.Address] = true
	}
	found := rootly.Lookups(l.read.Objects, l.seen(), l.Job.Schema)
	maps.DeleteFunc(found, func(_ graph.Target, d *graph.DataSource) bool {
		return taken[d.Address] // built in, and looked up already under this name
	})
	return found
}
