package drifting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/livevalues"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
)

// Settings are the flags of drift.
type Settings struct {
	connect.Connection
	selection.Selection
	planning.Proof
	DriftIncident

	Dir       string
	Since     string
	VarFiles  []string
	OwnKeys   []string
	OwnUsers  []string
	Unmanaged bool
	WriteCode bool
	Quiet     bool
	Json      bool
	Markdown  bool
}

// Run finds the drift, its authors, and tells both.
func Run(ctx context.Context, w world.World, o *Settings) error {
	if o.Json && o.Markdown {
		return exit.Usage(errors.New("--json and --markdown cannot be combined"), "choose one")
	}
	if err := o.DriftIncident.check(); err != nil {
		return err
	}
	if err := splitter.OneRoot(o.Dir); err != nil {
		return err
	}
	d := &Drifting{w: w, o: o, started: w.Now(), owned: map[string]bool{}}
	d.Plans.Veil = planning.NewVeil()
	var err error
	if d.Plans.Backend, err = rootAt(w, o.Dir).backend(); err != nil {
		return err
	}
	if d.Plans.VarFiles, err = o.valueFiles(); err != nil {
		return err
	}
	d.progress = report.NewProgress(w.Err, report.ProgressOptions{Quiet: o.Quiet, Getenv: w.Getenv, Now: w.Now})
	defer d.progress.Close()
	var disconnect func()
	if d.client, d.live, disconnect, err = o.Connection.Open(w, d.progress.Note); err != nil {
		return err
	}
	defer disconnect()

	if err := d.plan(ctx); err != nil { // code and state against live
		return err
	}
	if err := d.strangers(ctx); err != nil { // live objects without code
		return err
	}
	if err := d.authors(ctx); err != nil { // who did it
		return err
	}
	d.progress.Close()
	if err := d.rewrite(); err != nil { // what could go into the code
		return err
	}
	changes := d.told()
	if err := d.writeCode(&changes); err != nil { // live values into the code, if asked for
		return err
	}
	if err := d.print(changes); err != nil {
		return err
	}
	if err := d.raise(ctx, changes); err != nil { // one incident, if asked for
		return err
	}
	if len(d.Items) > 0 {
		return exit.Status(exit.Differs)
	}
	if d.partial {
		return exit.Status(exit.Partial)
	}
	return nil
}

// A Drifting is one run of drift.
type Drifting struct {
	w        world.World
	o        *Settings
	client   *api.Client
	live     connect.Target
	progress *report.Progress
	started  time.Time
	Plans    planning.Options

	Items   []*driftItem
	managed map[string]bool   // ids by type, of what is in code or state
	names   map[string]string // addresses of those, by id
	owned   map[string]bool   // ids of events that Terraform's own keys and users made
	silent  bool              // the audit log cannot be read
	partial bool              // some types could not be listed
	notes   []string          // to be said beside the report
	code    *rewrite.Result   // as it would be with the live values
	tracing *authors.Tracing  // how the events came
}

// A driftItem is one object that drifted.
type driftItem struct {
	kind       drift.Kind
	outside    bool         // the state does not know it
	wanted     plans.Action // what apply would do, where that is all
	typ, id    string
	Address    string
	Title      string
	owner      string // id
	Attributes []report.AttributeChange
	fields     []string
	answer     drift.Answer
	edits      []rewrite.Edit // that make the code say what is live
}

// print tells the drift in the form that was asked for.
func (d *Drifting) print(c report.Changes) error {
	for _, text := range d.notes {
		report.Note(d.w.Err, text)
	}
	switch {
	case d.o.Json:
		return report.WriteChangesJSON(d.w.Out, c)
	case d.o.Markdown:
		return report.WriteChangesMarkdown(d.w.Out, c)
	}
	return report.WriteChanges(d.w.Out, c)
}

// plan reads what the engine finds.
func (d *Drifting) plan(ctx context.Context) error {
	d.progress.Stage("plan", 0)
	d.Plans.Arguments = true
	d.Plans.Fill = livevalues.For(d.w, d.o.Connection, d.o.Dir)
	d.Plans.Identify = planning.IdentifyLive(d.client)
	d.Plans.Progress = func(v engines.Progress) { d.progress.Step(v.Objects, v.Step) }
	at := rootAt(d.w, d.o.Dir)
	d.keepHere(at)
	result, err := d.o.Plan(ctx, d.w, d.o.Dir, d.live, d.Plans)
	if err != nil {
		return at.RunsRemotely(err)
	}
	if result.Errored {
		return exit.WithHint(fmt.Errorf("plan %s: %s", d.o.Dir, planning.FirstError(result)), "run terraform plan there to see all of it")
	}
	s, err := schema.Snapshot()
	if err != nil {
		return err
	}
	d.Read(result, snapshot.Unordered(s))
	d.partial = d.partial || result.Incomplete || len(result.Deferred) > 0
	d.notes = append(d.notes, beyond(result)...)
	if err := d.ofOthers(); err != nil {
		return err
	}
	d.progress.Done(report.Plural(len(d.Items), "difference"))
	return nil
}
