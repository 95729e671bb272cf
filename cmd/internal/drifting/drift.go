package drifting

import (
	"context"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
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
	AuditCopy string
	OwnKeys   []string
	OwnUsers  []string
	Unmanaged bool
	WriteCode bool
}

// Run finds the drift and its authors, and reports both.
func Run(ctx context.Context, w world.World, o *Settings) error {
	r, err := prepare(w, o)
	if err != nil {
		return err
	}
	defer r.progress.Close()
	var disconnect func()
	if r.client, r.target, disconnect, err = o.Connection.Open(w, r.progress.Note); err != nil {
		return err
	}
	defer disconnect()

	if err := r.plan(ctx); err != nil { // code and state against live
		return err
	}
	if err := r.read(ctx); err != nil { // what the plans do not cover
		return err
	}
	if err := r.authors(ctx); err != nil { // who did it
		return err
	}
	r.progress.Close()
	if err := r.rewrite(); err != nil { // what could be written into the code
		return err
	}
	changes := r.reported()
	if err := r.writeCode(&changes); err != nil { // live values into the code, if asked for
		return err
	}
	if err := r.print(changes); err != nil {
		return err
	}
	if err := r.raise(ctx, changes); err != nil { // one incident for each owner, if asked for
		return err
	}
	switch {
	case len(changes.Changes) > 0:
		return exit.Status(exit.Differs)
	case r.partial:
		return exit.Status(exit.Partial)
	}
	return nil
}

// prepare checks the settings, and finds the root modules.
func prepare(w world.World, o *Settings) (*run, error) {
	if err := o.DriftIncident.check(); err != nil {
		return nil, err
	}
	r := &run{w: w, o: o, started: w.Now()}
	var err error
	if r.since, err = authors.Since(o.Since, w.Now()); err != nil {
		return nil, err
	}
	if r.schema, err = schema.Snapshot(); err != nil {
		return nil, err
	}
	roots, err := splitter.RootsOf(o.Dir)
	if err != nil {
		return nil, err
	}
	for _, root := range roots {
		m := &module{root: root, veil: planning.NewVeil(), schema: r.schema.Resources, overlooked: snapshot.Unordered(r.schema)}
		if m.backend, err = rootAt(w, root.Dir).backend(); err != nil {
			return nil, err
		}
		m.proof = o.Proof
		m.proof.VarFiles = slices.Clone(o.VarFiles)
		if err = m.proof.FindValues(root.Dir); err != nil {
			return nil, err
		}
		if m.files, err = codeFiles(root.Dir); err != nil {
			return nil, err
		}
		if m.recorded, err = snapshot.ReadSettings(root.Dir); err != nil {
			return nil, err
		}
		r.modules = append(r.modules, m)
	}
	r.progress = w.Report().Progress(nil)
	return r, nil
}

// A run is one run of drift, over the root modules of a directory.
type run struct {
	w        world.World
	o        *Settings
	client   *api.Client
	target   connect.Target
	progress *report.Progress
	schema   *schema.Provider
	started  time.Time
	since    time.Time // start of the part of the audit log to read

	modules  []*module
	beyond   map[string]bool // "type/id" of objects that other parts manage
	refused  []report.NotImported
	partial  bool             // something could not be compared
	notes    []string         // printed next to the report
	tracing  *authors.Tracing // the source of the events
	searched time.Time        // start of the part of the audit log that was read
}

// A module is one root module, with its drift.
type module struct {
	root       splitter.Root
	backend    bool
	proof      planning.Proof // with this root module's files of values
	veil       *secret.Veil
	overlooked drift.Unordered
	schema     map[string]*schema.Resource // by type
	files      map[string][]byte           // the code, and the values of its secret variables

	recorded  *drift.Snapshot // the settings that the provider cannot represent
	items     []*item
	managed   map[string]string // addresses in code or state, by "type/id"
	names     map[string]string // the same, by id
	unplanned map[string]string // what the engine did not plan, and why
	generated map[string]bool   // addresses of the generated blocks
	live      liveValues        // of managed objects, if they were read
	code      *rewrite.Result   // as it would be with the live values
}

// items are the items of all modules, in their order.
func (r *run) items() []*item {
	var all []*item
	for _, m := range r.modules {
		all = append(all, m.items...)
	}
	return all
}

// print reports the drift.
func (r *run) print(c report.Changes) error {
	for _, text := range r.notes {
		r.w.Report().Note(text)
	}
	return r.w.Report().Changes(c)
}

// note records a note to print next to the report, once.
func (r *run) note(text string) {
	if !slices.Contains(r.notes, text) {
		r.notes = append(r.notes, text)
	}
}
