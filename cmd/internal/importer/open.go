package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/managed"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// Open prepares an import into a directory.
func Open(ctx context.Context, w world.World, o *Settings) (*Root, error) {
	job, err := newJob(w, o)
	if err != nil {
		return nil, err
	}
	root := &Root{Job: job, Name: o.Dir, Layout: o.renderOptions(), Watch: job.Watch, veil: planning.NewVeil()}
	for _, step := range []func(context.Context) error{root.connect, job.haveEngine, root.openDirectory, root.haveFolds, root.readState, root.lookAround, root.takeSchema} {
		if err := step(ctx); err != nil {
			root.Close()
			return nil, err
		}
	}
	return root, nil
}

// newJob checks settings, as far as that needs neither the directory nor the API.
func newJob(w world.World, o *Settings) (*Job, error) {
	if o.Dir == "" {
		return nil, exit.Usage(errors.New("-o is empty"), "give the directory to write to")
	}
	if o.Proof.Subset < 0 {
		return nil, exit.Usage(fmt.Errorf("--verify-sample %d is negative", o.Proof.Subset), "0 plans all resources")
	}
	if err := o.Proof.FindValues(o.Dir); err != nil {
		return nil, err
	}
	job := &Job{World: w, Settings: o}
	var err error
	if job.types, job.explicit, err = o.Types(); err != nil {
		return nil, err
	}
	if job.filters, err = o.Parse(); err != nil {
		return nil, err
	}
	if err := selection.CheckSelected(job.filters, job.types); err != nil {
		return nil, err
	}
	if twice := selection.Twice(job.types); twice != "" {
		w.Report().Note(twice)
	}
	if job.secrets, err = secret.ParseMode(o.Secrets); err != nil {
		return nil, exit.Usage(err, "choose plain, masked or blank")
	}
	if job.Schema, err = schema.Snapshot(); err != nil {
		return nil, err
	}
	job.Watch = newWatch(w.Report().Progress(job.requests), w.Now)
	return job, nil
}

// connect opens the API.
func (r *Root) connect(context.Context) (err error) {
	job := r.Job
	job.Client, job.target, job.disconnect, err = job.Settings.Open(job.World, job.Watch.Progress.Note)
	return err
}

// OpenPart opens the root module in a directory below this one. It shares the job. IDs are those of the live objects, as far
// as these were read.
func (r *Root) OpenPart(ctx context.Context, name string, ids rootly.IDs) (*Root, error) {
	p := &Root{
		Job: r.Job, Name: filepath.Join(r.Name, name), Layout: r.Job.Settings.renderOptions(), Watch: newWatch(&report.Progress{}, r.Job.World.Now),
		users: r.users, veil: planning.NewVeil(),
	}
	err := p.openDirectory(ctx)
	if err == nil {
		err = p.lookAround(ctx)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	p.identify(ids)
	return p, nil
}

// openDirectory locks the directory, and reads what earlier runs left in it.
func (r *Root) openDirectory(context.Context) (err error) {
	o := r.Job.Settings
	r.Dir, err = state.Open(r.Name, state.Options{Version: world.Version(), Force: o.Force, Adopt: o.Again.Into != ""})
	if err != nil {
		return err
	}
	r.Layout.Remembered, r.Layout.RememberedImports = r.Dir.Files()
	return nil
}

// Close releases everything, whether or not the import was completed.
func (r *Root) Close() {
	r.Watch.Progress.Close()
	if r.state != nil {
		r.state.Close()
	}
	if r.around != nil {
		r.around.Close()
	}
	if r.stage != nil {
		_ = r.stage.Discard()
	}
	if r.Dir != nil {
		_ = r.Dir.Close()
	}
	if r.Job.disconnect != nil && r.Watch == r.Job.Watch {
		r.Job.disconnect()
	}
}

// readState reads the state that the import extends, if it does.
func (r *Root) readState(ctx context.Context) (err error) {
	o := r.Job.Settings
	r.state, err = o.ImportAs.ReadState(ctx, r.Job.World, entries.Place{Dir: r.Dir, Name: r.Name, Engine: o.Engine})
	return err
}

// lookAround reads what people wrote in the directory and what its state holds.
func (r *Root) lookAround(ctx context.Context) error {
	o, w := r.Job.Settings, r.Job.World
	s := &surroundings{slugged: map[graph.Target]bool{}}
	r.around = s
	var err error
	if s.Hand, err = r.Dir.Handwritten(); err != nil {
		return err
	}
	if s.ignore, err = selection.ReadIgnore(r.Dir.Path()); err != nil {
		return err
	}
	r.Layout.Closed = map[string]bool{}
	for name := range s.Hand.Files {
		r.Layout.Closed[name] = true
	}
	if r.users == "" {
		r.users = o.Users
	}
	if r.users == "locals" && !s.Hand.MayDeclare("users") {
		r.users = "literal" // the name is taken
	}
	if r.state != nil {
		s.Held, s.Known = r.state.Held, true
	} else {
		err = s.ReadState(ctx, w, o.Proof.Engine, r.Dir.Path())
	}
	if err != nil && (o.Again.Into != "" || o.Again.Forget || ctx.Err() != nil) {
		return err // otherwise it changes nothing but which import blocks are still wanted
	}
	if err := r.chooseConfiguration(); err != nil {
		return err
	}
	if s.Will, err = r.willManage(ctx); err != nil {
		return err
	}
	r.removedForm = sync.OnceValues(func() (generator.RemovedForm, error) { return r.Job.removedForm(ctx, r.Name) })
	r.before.moved, r.before.removed, err = r.Dir.Removed()
	return err
}

// chooseConfiguration decides which configuration of the provider the generated code has. What a split is asked for is
// for those of its root modules that have it.
func (r *Root) chooseConfiguration() error {
	o, s := r.Job.Settings, r.around
	err := s.ReadConfigurations(r.Dir.Path(), o.ProviderAlias, r.Dir.Addresses())
	if o.InParts && len(s.Providers.Aliases) == 0 {
		err = s.ReadConfigurations(r.Dir.Path(), "", r.Dir.Addresses())
	}
	if err != nil {
		return err
	}
	r.Layout.Local, r.Layout.Provider = s.Providers.Local, s.Providers.Written(s.Ours)
	return nil
}

// identify gives what the directory manages the ids of the live objects, as far as these are known: a state or an import
// block may call them by their slug, which the provider takes for an id, and keeps.
func (r *Root) identify(ids rootly.IDs) {
	for _, slugged := range r.around.Identify(ids) {
		r.around.slugged[slugged] = true
	}
}

// haveEngine makes sure, before anything is asked of the API, that there is something to plan with.
func (j *Job) haveEngine(ctx context.Context) error {
	if j.Settings.Proof.Off {
		return nil
	}
	_, err := planning.FindEngine(ctx, j.World, j.Settings.Proof.Engine, j.Settings.Dir)
	return unproven(ctx, err)
}

func (r *Root) takeSchema(ctx context.Context) error { return r.Job.InstalledSchema(ctx, r.Name) }

// InstalledSchema replaces the built-in schema by that of the provider which a directory was initialised with, if it is of
// another version. What is new in it is imported by the general rules; what it no longer has is left out and reported.
// It does not contain defaults, so values equal to a known default are written.
func (j *Job) InstalledSchema(ctx context.Context, dir string) error {
	if j.Settings.Proof.Off || j.Settings.Proof.Provider != "official" {
		return nil
	}
	p, err := engines.Installed(dir)
	if err != nil || p.Version == "" || p.Version == schema.SnapshotVersion {
		return err
	}
	engine, err := planning.FindEngine(ctx, j.World, j.Settings.Proof.Engine, dir)
	if err != nil {
		return nil // the proof will say so
	}
	data, err := engines.Schema(ctx, engine, dir, p, j.World.Environ())
	if err != nil {
		return fmt.Errorf("ask provider %s for its schema: %w", p.Version, err)
	}
	j.Schema, err = schema.Parse(data, p.Version)
	return err
}

// requests is what was asked of the API so far.
func (j *Job) requests() report.Requests {
	if j.Client == nil {
		return report.Requests{}
	}
	stats := j.Client.Stats()
	requests := report.Requests{Total: stats.Requests, Retries: stats.Retries, Bytes: stats.Bytes, Waited: stats.Waited}
	for path, n := range stats.Paths {
		requests.Paths = append(requests.Paths, report.PathRequests{Path: path, Requests: n})
	}
	slices.SortFunc(requests.Paths, func(a, b report.PathRequests) int { return cmp.Compare(a.Path, b.Path) })
	return requests
}

// known lists the objects that code of earlier runs or the state of some root modules has.
func (j *Job) known(roots []*Root) []rootly.Known {
	var list []rootly.Known
	for _, r := range roots {
		for _, o := range r.Dir.Objects() {
			list = append(list, rootly.Known{Type: catalogue.Lookup(o.Address.Type), ID: o.ID, Parent: o.Parent})
		}
	}
	for _, r := range roots { // after the code, which knows the parents
		for _, h := range r.around.Held {
			if h.Provider == r.around.Ours { // another configuration may be of another organisation
				list = append(list, rootly.Known{Type: catalogue.Lookup(h.Address.Type), ID: h.ID})
			}
		}
	}
	return append(list, j.compared...)
}

// willManage asks what the directory will manage once it is applied.
func (r *Root) willManage(ctx context.Context) ([]tfstate.Held, error) {
	o := r.Job.Settings
	q := managed.Inquiry{W: r.Job.World, Proof: &o.Proof, Dir: r.Dir.Path(), Live: r.Job.target, Around: &r.around.Module, Note: r.Job.Watch.Progress.Note}
	q.Wanted = func(typ string) bool {
		return o.References == "follow" || slices.ContainsFunc(r.Job.types, func(t *catalogue.Type) bool { return t.Name == typ })
	}
	return q.Ask(ctx)
}
