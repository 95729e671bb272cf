package importer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/prooffile"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

func (r *directory) openDirectory() error {
	var err error
	r.Dir, err = state.Open(r.o.Dir, state.Options{Version: world.Version(), Force: r.o.Force, Adopt: r.o.Again.Into != ""})
	if err != nil {
		return err
	}
	r.RenderOptions.Remembered, r.RenderOptions.RememberedImports = r.Dir.Files()
	return nil
}

// Close releases everything, whether or not the run was completed.
func (r *staged) Close() {
	r.Progress.Close()
	if r.state != nil {
		r.state.Close()
	}
	if r.around != nil {
		r.around.Close()
	}
	if r.Staged != nil {
		_ = r.Staged.Discard()
	}
	if r.Dir != nil {
		_ = r.Dir.Close()
	}
	if r.disconnect != nil {
		r.disconnect()
	}
}

// Lap notes how long a stage took.
func (r *job) Lap(name string, since time.Time) {
	r.Report.StageSeconds[name] = r.W.Now().Sub(since).Seconds()
}

// Fetch reads the objects. What the runs of parts know is looked for as well as what this one knows.
func (r *Run) Fetch(ctx context.Context, parts ...*Run) error {
	defer r.Lap("fetch", r.W.Now())
	r.Progress.Stage("fetch", 0)
	live, err := rootly.Fetch(ctx, r.Client, rootly.FetchOptions{Types: r.types, Progress: r.Progress.Count})
	if err != nil {
		return err
	}
	if err := readNothing(live); err != nil {
		return err
	}
	r.live = live
	if err := r.predecessors(ctx); err != nil {
		return err
	}
	r.ids.Add(live.Objects)
	r.identify()
	known := r.known(parts)
	if err := rootly.Confirm(ctx, r.Client, live, known, r.o.AcceptDeleted); err != nil {
		return err
	}
	if live.Partial != "" {
		r.W.Report().Note(live.Partial)
	}
	r.earlier = countKnown(known)
	r.ids.Add(live.Objects) // with what only reads by id find
	if err := selection.CheckFilters(r.filters, live); err != nil {
		return err
	}
	r.filtered = selection.Apply(r.filters, live)
	r.Progress.Done(fmt.Sprintf("%s in %s", report.Plural(len(live.Objects), "object"), report.Plural(int(r.Client.Stats().Requests), "request")))
	return nil
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

// known lists the objects that code of earlier runs or the state has.
func (r *Run) known(parts []*Run) []rootly.Known {
	var list []rootly.Known
	for _, p := range append(parts, r) {
		for _, o := range p.Dir.Objects() {
			list = append(list, rootly.Known{Type: catalogue.Lookup(o.Address.Type), ID: o.ID, Parent: o.Parent})
		}
	}
	for _, p := range append(parts, r) { // after the code, which knows the parents
		for _, h := range p.around.Held {
			if h.Provider == p.around.Ours { // another configuration may be of another organisation
				list = append(list, rootly.Known{Type: catalogue.Lookup(h.Address.Type), ID: h.ID})
			}
		}
	}
	return append(list, r.compared...)
}

// predecessors fetches the older types that the organisation has instead of those that it lacks.
func (r *fetched) predecessors(ctx context.Context) error {
	var older []*catalogue.Type
	for _, s := range r.live.Skipped {
		if t := rootly.Predecessor(s.Type); t != nil && rootly.Absent(s.Err) && !slices.Contains(older, t) {
			older = append(older, t)
		}
	}
	if len(r.o.Resources) > 0 || len(older) == 0 {
		return nil
	}
	more, err := rootly.Fetch(ctx, r.Client, rootly.FetchOptions{Types: older})
	if err != nil {
		return err
	}
	r.live.Add(more)
	return nil
}

// Link makes resources of the objects and references of the ids.
func (r *Run) Link(ctx context.Context) error {
	defer r.Lap("link", r.W.Now())
	r.Progress.Stage("link", 0)
	r.SetAside()
	if err := r.Decode(ctx); err != nil {
		return err
	}
	r.o.LookAgain(r.decoded.Resources, r.around.HeldAt())
	resources := r.holdBack(r.Label(r))
	r.Progress.Done(report.Plural(len(resources), "resource"))
	return r.Connect(ctx, resources)
}

// Decode makes resources of the objects, with what they refer to, and records for the proof what it needs.
func (r *Run) Decode(ctx context.Context, parts ...*Run) error {
	for _, step := range []func() error{
		func() error { return r.sample(ctx) },
		func() error { return r.decode(r.live.Objects) },
		func() error { return r.follow(ctx) },
		func() error { return r.people(ctx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for _, p := range parts {
		r.others = append(r.others, p.others...)
	}
	return r.recordRest()
}

// Connect makes references of ids, and settles what becomes of the addresses that are no longer used.
func (r *linked) Connect(ctx context.Context, resources []*graph.Resource) error {
	r.Graph = graph.Link(resources, r.linkOptions())
	if err := r.findRemoved(ctx); err != nil {
		return err
	}
	if err := r.hide(); err != nil {
		return err
	}
	return r.fold(ctx)
}

// decode turns objects into resources, records them for the proof, and frees the API's answers.
func (r *gathered) decode(objects []*rootly.Object) error {
	d, err := rootly.Decode(&rootly.Live{Objects: objects}, rootly.DecodeOptions{
		Schema: r.Schema,
		Full:   r.o.Detail == "full",
		Shown:  r.o.Positions != "omit",
		Done: func(o *rootly.Object) error {
			defer o.Release()
			if !r.o.Proof.Replays() {
				return nil
			}
			return r.replay.Add(o)
		},
	})
	if err != nil {
		return err
	}
	if r.decoded == nil {
		r.decoded = d
		return nil
	}
	r.decoded.Add(d)
	return nil
}

// recordRest records what the proof needs in addition to the resources.
func (r *gathered) recordRest() error {
	if !r.o.Proof.Replays() {
		return nil
	}
	for _, o := range slices.Concat(r.others, r.filtered) {
		if err := r.replay.Add(o); err != nil {
			return err
		}
	}
	complete := maps.Clone(r.live.Complete)
	for _, o := range r.live.Unknown { // which are not recorded
		for _, t := range catalogue.Types() {
			complete[t.Name] = complete[t.Name] && t.API != o.Type
		}
	}
	r.replay.Listed(complete)
	r.replay.Missing(r.live.Gone)
	return r.replay.People(userList(r.users))
}

// Relink links again after resources were changed or taken out.
func (r *linked) Relink() error {
	r.Unlink(r.Graph.Resources)
	r.Graph = graph.Link(r.Graph.Resources, r.linkOptions())
	return r.hide()
}

// Unlink makes resources as they were before they were linked.
func (r *directory) Unlink(resources []*graph.Resource) {
	for _, res := range resources {
		res.Exprs = rootly.JSONTexts(r.Schema.Resources[res.Address.Type].Block, res.Config)
		res.Notes = slices.DeleteFunc(res.Notes, func(n graph.Note) bool { return !n.Own })
	}
}

// people reads the users when an object points at one.
func (r *gathered) people(ctx context.Context) error {
	if r.o.Users == "literal" || !graph.Needs(r.decoded.Resources, rules, graph.UserType) {
		return nil
	}
	users, err := rootly.FetchUsers(ctx, r.Client)
	if errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrUnusable) {
		r.live.Skipped = append(r.live.Skipped, rootly.Skipped{Type: graph.UserType, Err: err})
		return nil
	}
	r.users = users
	return err
}

func rules(resourceType string) []graph.Rule {
	if t := catalogue.Lookup(resourceType); t != nil {
		return t.Refs
	}
	return nil
}

// remembered gives objects the addresses that earlier runs gave them.
func (r *directory) remembered() func(string, graph.ID) graph.Address {
	known := r.Dir.Addresses()
	var held map[graph.Target]graph.Address
	if r.state != nil {
		held = r.state.Names()
	}
	return func(resourceType string, id graph.ID) graph.Address {
		k := graph.Target{Type: resourceType, ID: id}
		if a := held[k]; !a.IsZero() {
			return a
		}
		if a := known[k]; !a.IsZero() {
			return a
		}
		return r.around.HeldName(k)
	}
}

// reserved lists the addresses of objects that this run does not have, and whose code may stay.
func (r *directory) reserved(resources []*graph.Resource) []graph.Address {
	here := make(map[graph.Target]bool, len(resources))
	for _, res := range resources {
		here[graph.Target{Type: res.Address.Type, ID: res.ID}] = true
	}
	list := r.reserveOthers(here)
	for key, address := range r.Dir.Addresses() {
		if !here[key] {
			list = append(list, address)
		}
	}
	return list
}

func (r *linked) linkOptions() graph.LinkOptions {
	o := graph.LinkOptions{Rules: rules, Users: r.users, Explain: r.explain, Outside: r.around.outside, Slugged: r.around.slugged}
	if r.around.Hand.MayDeclare(literalIDs) {
		o.GatherDead = literalIDs
	}
	known, doubts := r.Dir.Addresses(), r.doubts()
	o.Known = func(types []string, id graph.ID) bool {
		return slices.ContainsFunc(types, func(t string) bool {
			target := graph.Target{Type: t, ID: id}
			return !known[target].IsZero() && r.around.hidden[target] == "" && (!r.o.Again.Forget || doubts[target] != "") // what is forgotten has no code after this run
		})
	}
	o.Lookup = func(resourceType string, id graph.ID) *graph.DataSource {
		return r.lookups[graph.Target{Type: resourceType, ID: id}]
	}
	if refs, sources := r.neighbours.References(); sources != nil {
		o.Outside, o.Sources = maps.Clone(o.Outside), sources
		maps.Copy(o.Outside, refs)
	}
	switch r.o.Users {
	case "locals":
		o.UserExpr = func(u graph.User, _ bool) (graph.Expr, *graph.DataSource) { return userRef(u), nil }
	case "data":
		sources := rootly.UserSources(r.users)
		o.UserExpr = func(u graph.User, numeric bool) (graph.Expr, *graph.DataSource) {
			d := sources[u.ID]
			if d == nil {
				return userRef(u), nil
			}
			return graph.Ref{Target: d.Address, Attr: "id", Numeric: numeric}, d
		}
	}
	return o
}

// literalIDs is the map of ids that lead nowhere.
const literalIDs = "literal_ids"

// userRef reads the map of users. The language makes text of its numbers where text is wanted.
func userRef(u graph.User) graph.Expr {
	return graph.EntryRef{Map: "users", Key: u.Email, Numeric: true}
}

// explain says why an id leads nowhere.
func (r *linked) explain(types []string, id graph.ID) string {
	for _, t := range types {
		if place := r.around.hidden[graph.Target{Type: t, ID: id}]; place != "" {
			return "id of " + place + ", which this code cannot refer to"
		}
	}
	if len(types) == 0 {
		return "id of an object that this import does not have"
	}
	word := selection.Short(types[0])
	if len(types) > 1 {
		word = "object"
	}
	article := "a "
	if strings.ContainsRune("aeio", rune(word[0])) {
		article = "an "
	}
	if known := r.Dir.Addresses(); slices.ContainsFunc(types, func(t string) bool { return !r.live.Complete[t] && !known[graph.Target{Type: t, ID: id}].IsZero() }) {
		return "id of " + article + word + " that this run did not read; earlier code keeps its reference"
	}
	if r.leavesOut(types, id) {
		return "id of " + article + word + " that this import leaves out"
	}
	doubts := r.doubts()
	for _, t := range types {
		if !r.live.Complete[t] || r.live.Partial != "" || doubts[graph.Target{Type: t, ID: id}] != "" {
			return "id of " + article + word + " that this import does not have"
		}
	}
	return "no such " + word + " exists any more"
}

// Render writes the files in memory.
func (r *staged) Render() error {
	defer r.Lap("render", r.W.Now())
	r.Progress.Stage("render", 0)
	options := r.RenderOptions
	options.Import, options.Outputs = r.unheld(options.Import), r.neighbours.Outputs()
	for _, source := range r.neighbours.Sources() {
		if !slices.ContainsFunc(r.Graph.Data, func(d *graph.DataSource) bool { return d.Address == source.Address }) {
			r.Graph.Data = append(r.Graph.Data, source)
		}
	}
	files, err := generator.Render(r.Graph, r.Schema, options)
	if err != nil {
		return err
	}
	if err := Guard(r.Graph.Variables, files); err != nil {
		return err
	}
	r.Files = files
	r.Progress.Done(report.Plural(len(files), "file"))
	return nil
}

// Stage writes the future directory next to the present one.
func (r *staged) Stage() error {
	defer r.Lap("stage", r.W.Now())
	run := state.Run{Complete: r.Complete, Live: map[graph.Target]bool{}, Aside: map[graph.Target]bool{}}
	for _, f := range r.Files {
		run.Files = append(run.Files, state.File{
			Name: f.Name, Content: f.Content, Mode: f.Mode(), Addresses: f.Addresses, Imports: f.Imports, Secret: f.Secret,
		})
	}
	scripts, next, err := r.o.Script(r.Graph, r.o.Dir)
	if err != nil {
		return err
	}
	if len(next) > 0 {
		r.Report.Next = next
	}
	run.Files = append(run.Files, scripts...)
	for _, res := range r.Graph.Resources {
		run.Objects = append(run.Objects, state.Object{Address: res.Address, ID: res.ID, Parent: res.Parent})
	}
	for _, o := range r.filtered {
		run.Live[graph.Target{Type: o.Type.Name, ID: o.ID}] = true
	}
	for _, o := range r.Rejected() {
		run.Live[graph.Target{Type: o.Type, ID: o.ID}] = true
	}
	for k := range r.doubts() {
		run.Live[k] = true
	}
	for k := range r.crashed {
		run.Aside[k] = true
	}
	r.addOthers(&run)
	changes, err := r.Dir.Reconcile(run)
	if err != nil {
		return err
	}
	r.Changes = changes
	if r.Staged != nil {
		return r.Staged.Update(changes)
	}
	r.Staged, err = r.Dir.Stage(changes)
	return err
}

// Commit moves the files in, unless the proof failed or nothing is to be written.
func (r *Run) Commit(ctx context.Context) error {
	defer r.Lap("commit", r.W.Now())
	if r.o.DryRun || r.Report.Proof.State == report.ProofDiffers {
		return nil
	}
	if r.state != nil && r.o.WritesState() {
		return r.commitWithState(ctx)
	}
	return r.MoveIn()
}

// MoveIn moves the staged files in, with the proof.
func (r *Run) MoveIn() error {
	if r.Report.Proof.State == report.ProofClean {
		content, err := prooffile.Next(r.o.Dir, r.Report, r.Verdict.Objects, r.Rejected())
		if err != nil {
			return err
		}
		if err := r.Staged.Put(state.File{Name: prooffile.Name, Content: content}); err != nil {
			return err
		}
	}
	if err := r.keepSettings(); err != nil {
		return err
	}
	return r.MoveStaged()
}

// MoveStaged moves the staged files in.
func (r *staged) MoveStaged() error {
	if err := r.Staged.Commit(); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Clean(r.o.Dir), err)
	}
	r.Staged = nil
	return nil
}
