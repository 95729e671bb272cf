package importer

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// This file is about an import whose objects go to several root modules: one run reads them, and each module has a
// run of its own from linking on.

// OpenPart returns the run of a directory below this one's.
func (r *Run) OpenPart(ctx context.Context, name string, others Neighbours) (*Run, error) {
	o := *r.o
	o.Dir = filepath.Join(r.o.Dir, name)
	p := &Run{}
	p.job = r.job
	p.o, p.veil, p.disconnect = &o, planning.NewVeil(), nil
	p.Progress = report.NewProgress(r.W.Err, report.ProgressOptions{Quiet: true, Now: r.W.Now})
	p.Report = &report.Summary{Directory: o.Dir, DryRun: o.DryRun, StageSeconds: map[string]float64{}}
	p.Schema, p.RenderOptions, p.neighbours, p.ids, p.lookups = r.Schema, o.renderOptions(), others, r.ids, r.lookups
	err := p.openDirectory()
	if err == nil {
		err = p.lookAround(ctx)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// SetAside takes out of the run what Rootly made, where that is not to be taken, and what people's own code manages
// in its directory or in one of its parts.
func (r *Run) SetAside(parts ...*Run) {
	r.setAsideBuiltIn()
	r.setAsideManaged()
	for _, p := range parts {
		p.live, p.ids = r.live, r.ids
		p.identify()
		maps.Copy(r.around.slugged, p.around.slugged)
		p.setAsideManaged()
	}
	for _, p := range parts {
		p.around.slugged = r.around.slugged
		for target, ref := range p.around.outside {
			for _, other := range parts {
				if other != p {
					other.around.hidden[target] = ref.Target.String() + " of " + filepath.Base(p.o.Dir)
				}
			}
		}
	}
}

// All returns every live object of a type, whether or not it was to be taken.
func (r *gathered) All(ctx context.Context, of *catalogue.Type) ([]*rootly.Object, error) {
	objects := r.seen()
	if !slices.ContainsFunc(r.types, func(t *catalogue.Type) bool { return t.Name == of.Name }) {
		live, err := rootly.Fetch(ctx, r.Client, rootly.FetchOptions{Types: []*catalogue.Type{of}})
		if err != nil {
			return nil, err
		}
		r.live.Skipped = append(r.live.Skipped, live.Skipped...)
		objects = live.Objects
	}
	return slices.DeleteFunc(objects, func(o *rootly.Object) bool { return o.Type.Name != of.Name }), nil
}

func (r *gathered) seen() []*rootly.Object {
	return slices.Concat(r.live.Objects, r.filtered, r.others)
}

// Findable are the data sources that find objects of this run.
func (r *gathered) Findable() map[graph.Target]*graph.DataSource {
	taken := map[graph.Address]bool{}
	for _, d := range r.lookups {
		taken[d.Address] = true
	}
	found := rootly.Lookups(r.live.Objects, r.seen(), r.Schema)
	maps.DeleteFunc(found, func(_ graph.Target, d *graph.DataSource) bool {
		return taken[d.Address] // built in, and looked up already under this name
	})
	return found
}

// Draft links resources to see what they refer to.
func (r *linked) Draft(resources []*graph.Resource) *graph.Graph {
	return graph.Link(resources, r.linkOptions())
}

// Take gives the run of a part what it has to know of the whole, and returns its resources but for those that its
// own ignore file names.
func (r *Run) Take(whole *Run, resources []*graph.Resource, rejected []rootly.Rejected) []*graph.Resource {
	if r.around.outside == nil {
		r.around.outside, r.around.hidden = map[graph.Target]graph.Ref{}, map[graph.Target]string{}
	}
	r.users, r.lookups, r.filtered, r.Schema = whole.users, whole.lookups, whole.filtered, whole.Schema
	r.secrets = whole.secrets
	r.live = &rootly.Live{Complete: whole.live.Complete, Doubts: whole.live.Doubts, Partial: whole.live.Partial}
	r.decoded = &rootly.Decoded{Coverage: whole.decoded.Coverage, Rejected: rejected}
	resources = r.around.withoutIgnored(resources)
	r.around.ignored = append(r.around.ignored, whole.around.ignored...)
	return resources
}

// Clear stages a directory without any file of this program.
func (r *staged) Clear() error {
	r.Files = nil
	return r.Stage()
}

// Empty reports whether there is nothing to write: no resource, and none to forget or to keep. What people wrote
// counts too.
func (r *staged) Empty() bool {
	return len(r.Graph.Resources)+len(r.RenderOptions.Forgotten)+len(r.Changes.Carried) == 0 && !r.around.ByHand()
}

// StageFiles stages files that stand above the parts.
func (r *staged) StageFiles(files ...state.File) (err error) {
	if r.Changes, err = r.Dir.Reconcile(state.Run{Files: files}); err != nil {
		return err
	}
	r.Staged, err = r.Dir.Stage(r.Changes)
	return err
}

// ProvePart proves a part, and shows its progress as that of the whole.
func (r *Run) ProvePart(ctx context.Context, p *Run, t connect.Target) error {
	quiet := p.Progress
	defer func() { p.Progress = quiet }()
	p.Progress = r.Progress
	p.Progress.Stage("verify", len(p.Graph.Resources))
	return p.prove(ctx, t)
}

// SumRest fills in the report, but for what the parts report.
func (r *Run) SumRest() {
	r.Graph, r.skipped, r.decoded.Rejected, r.live.Unknown = &graph.Graph{}, nil, nil, nil
	r.Sum()
}
