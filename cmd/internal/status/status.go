package status

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/livevalues"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/managed"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/splitter"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/ignore"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// Settings are the flags of status.
type Settings struct {
	connect.Connection
	selection.Selection
	planning.Proof

	Places      []string
	WriteIgnore bool
	MinCoverage float64
}

// A place is a directory or a state file with what it holds.
type place struct {
	managed.Module
	path    string
	isDir   bool
	known   map[graph.Target]graph.Address // by the memory of earlier runs
	parents map[graph.Target]graph.ID      // likewise
	ignore  ignore.File
}

// Run compares the places with what is live.
func Run(ctx context.Context, w world.World, o *Settings) error {
	if o.MinCoverage < 0 || o.MinCoverage > 100 {
		return exit.Usage(fmt.Errorf("--min-coverage %v is not a percentage", o.MinCoverage), "give a number from 0 to 100")
	}
	client, asked, disconnect, err := o.Open(w, nil)
	if err != nil {
		return err
	}
	defer disconnect()
	places, err := o.look(ctx, w, asked)
	if err != nil {
		return err
	}
	live, resources, err := o.live(ctx, client, places)
	if err != nil {
		return err
	}
	if live.Partial != "" {
		w.Report().Note(live.Partial)
	}
	_, named, err := o.Types()
	if err != nil {
		return err
	}
	s, unmanaged := compareStatus(places, live, resources, named)
	if o.WriteIgnore {
		if err := writeIgnore(w, places, unmanaged); err != nil {
			return err
		}
	}
	if err := w.Report().Status(s); err != nil {
		return err
	}
	partial := false
	for _, n := range s.NotListed {
		if !n.Absent || n.Requested || n.Known > 0 {
			partial = true
			w.Report().Note(fmt.Sprintf("not counted: %s: %s", n.Type, n.Reason))
		}
	}
	if s.Percent < o.MinCoverage {
		return exit.Status(exit.Differs)
	}
	if partial {
		return exit.Status(exit.Partial)
	}
	return nil
}

// look reads what the places hold.
func (o *Settings) look(ctx context.Context, w world.World, live connect.Target) ([]place, error) {
	var places []place
	for _, path := range o.Places {
		stat, err := os.Stat(path)
		if err != nil {
			return nil, exit.Usage(fmt.Errorf("status %s: no such directory or state file", path), "give directories with code, or state files")
		}
		list := []string{path}
		if stat.IsDir() {
			if list, err = splitter.PartsOf(path); err != nil {
				return nil, err
			}
		}
		if list[0] != path {
			list = append([]string{path}, list...) // where the ignore file of all parts is
		}
		for _, path := range list {
			p := place{path: path, isDir: stat.IsDir()}
			if err := p.read(ctx, w, o, live); err != nil {
				return nil, err
			}
			places = append(places, p)
		}
	}
	return places, nil
}

func (p *place) read(ctx context.Context, w world.World, o *Settings, live connect.Target) (err error) {
	if !p.isDir {
		content, err := disk.ReadFile(p.path, disk.MostCode)
		if err != nil {
			return fmt.Errorf("read %s: %w", p.path, err)
		}
		if p.Held, err = tfstate.Objects(printed.One(content)); err != nil {
			return fmt.Errorf("state %s: %w", p.path, err)
		}
		return nil
	}
	defer p.Close()
	if err := p.ReadState(ctx, w, o.Engine, p.path); err != nil {
		return err
	}
	if err := o.FindValues(p.path); err != nil {
		return err
	}
	if p.ignore, err = selection.ReadIgnore(p.path); err != nil {
		return err
	}
	dir, err := state.Open(p.path, state.Options{Version: world.Version(), Adopt: true, LookOnly: true})
	if err != nil {
		return err
	}
	defer dir.Close()
	p.known, p.parents = dir.Addresses(), map[graph.Target]graph.ID{}
	for _, o := range dir.Objects() {
		p.parents[o.Key()] = o.Parent
	}
	types, _, err := o.Types()
	if err != nil {
		return err
	}
	if p.Hand, err = dir.Handwritten(); err != nil {
		return err
	}
	if err := p.ReadConfigurations(p.path, "", p.known); err != nil && !errors.Is(err, managed.ErrAmbiguous) {
		return err
	}
	q := managed.Inquiry{W: w, Proof: &o.Proof, Dir: p.path, Live: live, Around: &p.Module, Fill: livevalues.For(w, o.Connection, p.path)}
	q.Wanted = func(typ string) bool {
		return slices.ContainsFunc(types, func(t *catalogue.Type) bool { return t.Name == typ })
	}
	p.Will, err = q.Ask(ctx)
	return err
}

// ours are the objects in the state that are missing unless the organisation has them: those of other configurations may be
// of another one.
func (p *place) ours() []tfstate.Held {
	return slices.DeleteFunc(slices.Clone(p.Held), func(h tfstate.Held) bool { return p.isDir && h.Provider != "" && h.Provider != p.Ours })
}

// live reads the organisation and gives its objects the names that an import would give them.
func (o *Settings) live(ctx context.Context, client *api.Client, places []place) (*rootly.Live, []*graph.Resource, error) {
	types, _, err := o.Types()
	if err != nil {
		return nil, nil, err
	}
	filters, err := o.Parse()
	if err != nil {
		return nil, nil, err
	}
	live, err := rootly.Fetch(ctx, client, rootly.FetchOptions{Types: types})
	if err != nil {
		return nil, nil, err
	}
	ids := rootly.IDs{}
	ids.Add(live.Objects)
	var known []rootly.Known
	for _, p := range places {
		p.Identify(ids)
		for _, h := range p.ours() {
			parent := p.parents[graph.Target{Type: h.Address.Type, ID: h.ID}]
			known = append(known, rootly.Known{Type: catalogue.Lookup(h.Address.Type), ID: h.ID, Parent: parent})
		}
	}
	if err := rootly.Confirm(ctx, client, live, known, false); err != nil {
		return nil, nil, err
	}
	if err := selection.CheckFilters(filters, live); err != nil {
		return nil, nil, err
	}
	for _, dropped := range selection.Apply(filters, live) {
		live.Complete[dropped.Type.Name] = false // what is filtered out was not deleted
	}
	resources, err := importer.Named(live, rememberedIn(places))
	return live, resources, err
}

// rememberedIn finds the names that the places have for objects.
func rememberedIn(places []place) func(string, graph.ID) graph.Address {
	names := map[graph.Target]graph.Address{}
	for _, p := range places {
		for _, h := range p.Held {
			a, _ := h.Instance()
			names[graph.Target{Type: h.Address.Type, ID: h.ID}] = a
		}
		for k, a := range p.known {
			names[k] = a
		}
	}
	return func(typ string, id graph.ID) graph.Address { return names[graph.Target{Type: typ, ID: id}] }
}

// compareStatus sorts every object into managed, unmanaged, missing and ignored.
func compareStatus(places []place, live *rootly.Live, resources []*graph.Resource, asked map[string]bool) (*report.Status, []*graph.Resource) {
	s := &report.Status{Types: []report.StatusCount{}, Unmanaged: []report.StatusObject{}, Missing: []report.StatusObject{}, NotListed: []report.NotListed{}}
	managed := map[graph.Target]bool{}
	for _, p := range places {
		s.Directories = append(s.Directories, p.path)
		for _, h := range slices.Concat(p.Held, p.Will) {
			managed[graph.Target{Type: h.Address.Type, ID: h.ID}] = true
		}
	}
	counts := map[string]*report.StatusCount{}
	of := func(t string) *report.StatusCount {
		if counts[t] == nil {
			counts[t] = &report.StatusCount{Type: t}
		}
		return counts[t]
	}
	here, ignored := map[graph.Target]bool{}, map[graph.ID]bool{}
	var unmanaged []*graph.Resource
	for _, r := range resources {
		k := graph.Target{Type: r.Address.Type, ID: r.ID}
		here[k] = true
		switch {
		case managed[k]:
			of(k.Type).Managed++
		case r.Parent != "" && ignored[r.Parent] || slices.ContainsFunc(places, func(p place) bool { return p.ignore.Covers(r) }):
			ignored[r.ID] = true
			of(k.Type).Ignored++
		default:
			of(k.Type).Unmanaged++
			unmanaged = append(unmanaged, r)
			s.Unmanaged = append(s.Unmanaged, report.StatusObject{Type: k.Type, ID: string(r.ID), Title: r.Title, Address: r.Address.String()})
		}
	}
	for _, d := range live.Doubts {
		here[graph.Target{Type: d.Type, ID: d.ID}] = true
	}
	for _, p := range places {
		for _, h := range p.ours() {
			if !here[graph.Target{Type: h.Address.Type, ID: h.ID}] && live.Complete[h.Address.Type] {
				of(h.Address.Type).Missing++
				s.Missing = append(s.Missing, report.StatusObject{Type: h.Address.Type, ID: string(h.ID), Address: h.String(), In: p.path})
			}
		}
	}
	totalStatus(s, counts)
	known := map[string]int{}
	for k := range managed {
		known[k.Type]++
	}
	for _, n := range live.Skipped {
		s.NotListed = append(s.NotListed, report.NotListed{
			Type: n.Type, Parent: string(n.Parent), Reason: n.Err.Error(), Absent: n.Absent(), Requested: asked[n.Type], Known: known[n.Type],
		})
	}
	return s, unmanaged
}

func totalStatus(s *report.Status, counts map[string]*report.StatusCount) {
	s.Total.Type = "total"
	for _, c := range counts {
		s.Types = append(s.Types, c.Count())
		s.Total.Managed += c.Managed
		s.Total.Unmanaged += c.Unmanaged
		s.Total.Missing += c.Missing
		s.Total.Ignored += c.Ignored
	}
	sort.Slice(s.Types, func(i, j int) bool { return s.Types[i].Type < s.Types[j].Type })
	s.Total = s.Total.Count()
	s.Percent = s.Total.Percent
}

// writeIgnore adds unmanaged objects to the ignore file of the first directory. Its earlier content stays.
func writeIgnore(w world.World, places []place, unmanaged []*graph.Resource) error {
	at := slices.IndexFunc(places, func(p place) bool { return p.isDir })
	if at < 0 {
		return exit.Usage(errors.New("--write-ignore: no directory to write to"), "give a directory as well as the states")
	}
	path := filepath.Join(places[at].path, ignore.Name)
	dir, name := disk.Of(path)
	content, err := dir.Read(name, disk.MostNote)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read the ignore file: %w", err)
	}
	if len(content) == 0 {
		content = []byte("# Objects that stay unmanaged, in the syntax of .gitignore: addresses such as rootly_team.sre,\n" +
			"# names below their type such as rootly_team/Site reliability, or ids below their type.\n")
	}
	if !bytes.HasSuffix(content, []byte("\n")) {
		content = append(content, '\n')
	}
	names := map[string]int{}
	for _, r := range unmanaged {
		names[r.Address.Type+"/"+ignore.PathName(r.Title)]++
	}
	for _, r := range unmanaged {
		content = append(content, ignore.Line(r, names[r.Address.Type+"/"+ignore.PathName(r.Title)] == 1)+"\n"...)
	}
	if err := dir.Replace(name, content, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	w.Report().Line(fmt.Sprintf("Added %s to %s", report.Plural(len(unmanaged), "object"), path))
	return nil
}
