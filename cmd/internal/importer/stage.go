package importer

import (
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// Render writes the files in memory.
func Render(l Linked, layout generator.Options) ([]generator.File, error) {
	root, neighbours := l.Share.Root, l.Share.Neighbours
	defer root.Watch.Time("render")()
	root.Watch.Progress.Stage("render", 0)
	layout.Moved, layout.Forgotten, layout.Removed, layout.Folds = l.moved, l.forgotten, l.form, l.folds
	layout.Import, layout.Outputs = root.unheld(layout.Import), l.outputs()
	g := *l.Graph
	g.Data = slices.Clone(g.Data)
	for _, source := range neighbours.Sources {
		if !slices.ContainsFunc(g.Data, func(d *graph.DataSource) bool { return d.Address == source.Address }) {
			g.Data = append(g.Data, source)
		}
	}
	files, err := generator.Render(&g, root.Job.Schema, layout)
	if err != nil {
		return nil, err
	}
	if err := Guard(l.Graph.Variables, files); err != nil {
		return nil, err
	}
	root.Watch.Progress.Done(report.Plural(len(files), "file"))
	return files, nil
}

// outputs are what other root modules read, less what has no code any more.
func (l Linked) outputs() []generator.Output {
	coded := map[graph.Address]bool{}
	for _, a := range l.Share.Root.Dir.Addresses() {
		coded[a] = true
	}
	for _, res := range l.Graph.Resources {
		coded[res.Address] = true
	}
	var list []generator.Output
	for _, o := range l.Share.Neighbours.Outputs {
		if o.Of = slices.DeleteFunc(slices.Clone(o.Of), func(a graph.Address) bool { return !coded[a] }); len(o.Of) > 0 {
			list = append(list, o)
		}
	}
	return list
}

// unheld leaves out the import blocks of what the state already has.
func (r *Root) unheld(blocks func(*graph.Resource) bool) func(*graph.Resource) bool {
	held, _ := r.around.heldAddresses()
	return func(res *graph.Resource) bool {
		if _, ok := held[res.Target()]; ok {
			return false
		}
		return blocks == nil || blocks(res)
	}
}

// Stage writes the future directory next to the present one.
func Stage(l Linked, files []generator.File) (Staged, error) {
	r := l.Share.Root
	defer r.Watch.Time("stage")()
	run := l.run()
	for _, f := range files {
		run.Files = append(run.Files, state.File{
			Name: f.Name, Content: f.Content, Mode: f.Mode(), Addresses: f.Addresses, Imports: f.Imports, Secret: f.Secret,
		})
	}
	scripts, next, err := r.Job.Settings.Script(l.Graph, r.Name)
	if err != nil {
		return Staged{}, err
	}
	run.Files = append(run.Files, scripts...)
	changes, err := r.put(run)
	return Staged{Linked: l, Files: files, Changes: changes, next: next}, err
}

// StageFiles stages files of a root module without resources.
func (s Share) StageFiles(files ...state.File) (Staged, error) {
	s.Resources, s.Rejected = nil, nil
	changes, err := s.Root.put(state.Run{Files: files})
	return Staged{Linked: Linked{Share: s, Graph: &graph.Graph{}}, Changes: changes}, err
}

// put compares a run with the directory, and brings the private copy in line with it.
func (r *Root) put(run state.Run) (*state.Changes, error) {
	changes, err := r.Dir.Reconcile(run)
	if err != nil {
		return nil, err
	}
	if r.stage != nil {
		return changes, r.stage.Update(changes)
	}
	r.stage, err = r.Dir.Stage(changes)
	return changes, err
}

// run is what the directory has to know of the objects.
func (l Linked) run() state.Run {
	s, around := l.Share, l.Share.Root.around
	run := state.Run{
		Complete: s.Live.Complete, Live: l.elsewhere(), Aside: map[graph.Target]bool{}, Held: map[graph.Target]bool{}, Forget: map[graph.Target]bool{},
	}
	for _, res := range l.Graph.Resources {
		run.Objects = append(run.Objects, state.Object{Address: res.Address, ID: res.ID, Parent: res.Parent})
	}
	for _, k := range s.partial {
		run.Live[k] = true
	}
	for k := range l.crashed {
		run.Aside[k] = true
	}
	for _, h := range around.Held {
		if _, own := h.Instance(); own {
			run.Held[graph.Target{Type: h.Address.Type, ID: h.ID}] = true
		}
	}
	maps.Copy(run.Forget, l.forget)
	known := s.Root.Dir.Addresses()
	for _, o := range s.elsewhere.objects {
		k := o.Target()
		run.Live[k] = true
		if _, byHand := around.Hand.Declared[known[k]]; !byHand {
			run.Forget[k] = true // its code is elsewhere by now
		}
	}
	return run
}

// Empty reports whether there is nothing to write: no resource, and none to forget or to keep. What people wrote
// counts too.
func (s Staged) Empty() bool {
	return len(s.Linked.Graph.Resources)+len(s.Linked.forgotten)+len(s.Changes.Carried) == 0 && !s.root().around.ByHand()
}

// Path is where the private copy is.
func (s Staged) Path() string { return s.root().stage.Dir() }

// Requests is about how many requests a plan of everything makes.
func (s Staged) Requests() int { return s.requests(nil) }

// requests is about how many requests a plan makes: of some of the resources, or of everything.
func (s Staged) requests(subset map[graph.Address]bool) int {
	n := 0
	for _, res := range s.Linked.Graph.Resources {
		if subset == nil || subset[res.Address] {
			n += planning.RequestsToRead(res.Address.Type)
		}
	}
	for _, c := range s.Changes.Carried {
		if subset == nil || subset[c.Address] {
			n += planning.RequestsToRead(c.Address.Type)
		}
	}
	for _, d := range s.Linked.Graph.Data {
		if d.Address.Type != generator.StateType {
			n++
		}
	}
	return n
}

// Stage renders and stages what is linked, as the root module wants it.
func (l Linked) Stage() (Staged, error) {
	files, err := Render(l, l.Share.Root.Layout)
	if err != nil {
		return Staged{}, err
	}
	return Stage(l, files)
}
