package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/part"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// Splitting is whether an import becomes several root modules, and how they refer to each other.
type Splitting struct {
	By, Across, Owners string

	Given func(flag string) bool // whether a flag was given; nil where there are no flags
}

// The words that the settings of a split take.
const (
	ByTeam      = "team"
	AcrossState = "remote-state" // parts read each other's states
	AcrossData  = "data"         // parts look objects up where a data source finds them
	sharedPart  = "shared"
	TeamMark    = "{team}" // stands for the team in the format of owners
)

// on reports whether there are to be several root modules.
func (s *Splitting) on() bool { return s.By == ByTeam }

// check refuses what makes no sense together.
func (s *Splitting) check(o *Settings) error {
	switch {
	case s.Given == nil:
		return nil
	case !s.on():
		for _, name := range []string{"across", "owner-format"} {
			if s.Given(name) {
				return exit.Usage(fmt.Errorf("--%s without --split-by", name), "add --split-by team")
			}
		}
		return nil
	case o.Again.Into != "":
		return exit.Usage(errors.New("--into takes one root module, and --split-by makes several"), "-o names the directory for them")
	case o.Fold:
		return exit.Usage(errors.New("--fold is for a single root module"), "leave out one of --fold and --split-by")
	case o.ImportAs.ImportAs != AsBlocks:
		return exit.Usage(fmt.Errorf("--import-as %s is for a single root module", o.ImportAs.ImportAs), "with --split-by, leave it out")
	case !strings.Contains(s.Owners, TeamMark) || !ownerName.MatchString(strings.ReplaceAll(s.Owners, TeamMark, "team")):
		return exit.Usage(fmt.Errorf("--owner-format %q names no team", s.Owners), "such as '@acme/"+TeamMark+"'")
	}
	return nil
}

// A split is an import that makes a root module of each part of the organisation.
type split struct {
	run   *Run      // of the whole: what is read, and the directory above the parts
	memo  splitV1   // what the last run left
	parts []*Run    // in the order in which they are applied; those that are no more come last
	teams *teamList // who owns parts

	division *part.Division
	found    map[graph.Target]*graph.DataSource // by which objects can be looked up
	at       map[graph.Address]*graph.Resource  // what the parts have by now
}

// runSplit turns the live organisation into proven root modules.
func runSplit(ctx context.Context, w world.World, o *Settings) error {
	run, err := NewRun(ctx, w, o)
	if err != nil {
		return err
	}
	defer run.Close()
	s := &split{run: run}
	defer s.close()
	if err := s.open(ctx); err != nil { // the parts of an earlier run
		return err
	}
	if err := run.Fetch(ctx, s.parts...); err != nil { // API to live objects
		return err
	}
	if err := s.link(ctx); err != nil { // live objects to a graph for each part
		return err
	}
	if err := s.render(); err != nil { // graphs to files, and files to private copies of the directories
		return err
	}
	if err := s.verify(ctx); err != nil { // the plan of each copy
		return err
	}
	s.sum()
	if err := s.commit(); err != nil { // proven files to the directories
		return err
	}
	return run.Tell()
}

// open reads what an earlier run left, and opens its parts.
func (s *split) open(ctx context.Context) error {
	dir := s.run.o.Dir
	memo, err := readSplit(dir)
	if err != nil {
		return err
	}
	if memo == nil && len(s.run.Dir.Addresses()) > 0 {
		return exit.WithHint(fmt.Errorf("%s holds an import that is not split", dir), "choose another directory with -o, or leave out --split-by")
	}
	if memo == nil {
		return nil
	}
	s.memo = *memo
	for _, p := range memo.Parts {
		if _, err := s.openPart(ctx, p.Name); err != nil {
			return err
		}
	}
	err = s.run.installedSchema(ctx, filepath.Join(dir, sharedPart))
	for _, p := range s.parts {
		p.Schema = s.run.Schema
	}
	return err
}

// openPart returns the run of a part, made if need be.
func (s *split) openPart(ctx context.Context, name string) (*Run, error) {
	if p := s.named(name); p != nil {
		return p, nil
	}
	r, o := s.run, *s.run.o
	o.Dir = filepath.Join(r.o.Dir, name)
	p := &Run{
		veil: planning.NewVeil(),
		W:    r.W, o: &o, types: r.types, explicit: r.explicit, filters: r.filters, Schema: r.Schema, RenderOptions: o.renderOptions(),
		Client: r.Client, liveTarget: r.liveTarget, started: r.started, lookups: r.lookups,
		progress: report.NewProgress(r.W.Err, report.ProgressOptions{Quiet: true, Now: r.W.Now}),
		Report:   &report.Summary{Directory: o.Dir, DryRun: o.DryRun, StageSeconds: map[string]float64{}},
	}
	p.ids = r.ids
	p.part = &modulePart{name: name, run: p, split: s, moved: map[state.Key]string{}, staying: map[state.Key]graph.Address{},
		known: map[foreign]bool{}, reads: map[string]bool{}, exported: map[graph.Address]bool{}}
	s.parts = append(s.parts, p)
	if err := p.openDirectory(); err != nil {
		return nil, err
	}
	return p, p.lookAround(ctx)
}

func (s *split) named(name string) *Run {
	at := slices.IndexFunc(s.parts, func(p *Run) bool { return p.part.name == name })
	if at < 0 {
		return nil
	}
	return s.parts[at]
}

// close lets go of the parts.
func (s *split) close() {
	for _, p := range s.parts {
		p.Close()
	}
}

// link makes resources of the objects, divides them, and links each part.
func (s *split) link(ctx context.Context) error {
	r := s.run
	defer r.lap("link", r.W.Now())
	r.progress.Stage("link", 0)
	r.setAsideBuiltIn()
	s.setAsideManaged()
	teams, err := s.findTeams(ctx)
	if err != nil {
		return err
	}
	s.teams = teams
	s.found = s.lookups()
	for _, step := range []func() error{
		func() error { return r.sample(ctx) },
		func() error { return r.decode(r.live.Objects) },
		func() error { return r.follow(ctx) },
		func() error { return r.people(ctx) },
		s.record,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := s.divide(ctx); err != nil {
		return err
	}
	for _, p := range s.parts {
		p.graph = graph.Link(p.part.resources, p.linkOptions())
		if err := p.leavers(ctx); err != nil {
			return err
		}
		if err := p.hide(); err != nil {
			return err
		}
	}
	r.progress.Done(fmt.Sprintf("%s in %s", report.Plural(len(s.at), "resource"), report.Plural(len(s.division.Parts), "part")))
	return nil
}

// record keeps for the proof what the parts refer to beside their resources.
func (s *split) record() error {
	for _, p := range s.parts {
		s.run.beside = append(s.run.beside, p.beside...)
	}
	return s.run.recordRest()
}

// setAsideManaged takes out of the run what people's own code in a part manages.
func (s *split) setAsideManaged() {
	s.run.setAsideManaged()
	for _, p := range s.parts {
		p.live, p.ids = s.run.live, s.run.ids
		p.identify()
		maps.Copy(s.run.around.slugged, p.around.slugged)
		p.setAsideManaged()
	}
	for _, p := range s.parts {
		p.around.slugged = s.run.around.slugged
		for target, ref := range p.around.outside {
			for _, other := range s.parts {
				if other != p {
					other.around.hidden[target] = ref.Target.String() + " of " + p.part.name
				}
			}
		}
	}
}

// lookups are the data sources that find objects of this run.
func (s *split) lookups() map[graph.Target]*graph.DataSource {
	r := s.run
	taken := map[graph.Address]bool{}
	for _, d := range r.lookups {
		taken[d.Address] = true
	}
	found := rootly.Lookups(r.live.Objects, slices.Concat(r.live.Objects, r.filtered, r.beside), r.Schema)
	for target, d := range found {
		if taken[d.Address] {
			delete(found, target) // built in, and looked up already under this name
		}
	}
	return found
}

// divide decides which part each resource belongs to, and makes the runs of the parts.
func (s *split) divide(ctx context.Context) error {
	resources := s.label()
	whole := graph.Link(resources, s.run.linkOptions())
	s.at = make(map[graph.Address]*graph.Resource, len(resources))
	for _, res := range resources {
		s.at[res.Address] = res
	}
	s.division = part.Divide(whole, part.Options{
		Shared: sharedPart,
		Owner:  s.owner,
		Found:  func(a graph.Address) bool { return s.found[s.target(a)] != nil },
		Reads:  s.memo.reads(),
		Stays:  s.stays(resources),
	})
	ordered := make([]*Run, 0, len(s.parts))
	for _, name := range s.division.Parts {
		p, err := s.openPart(ctx, name)
		if err != nil {
			return err
		}
		ordered = append(ordered, p)
	}
	for _, p := range s.parts {
		if !slices.Contains(ordered, p) {
			ordered = append(ordered, p) // nothing is left of it but what it has to forget
		}
	}
	s.parts = ordered
	for i, p := range s.parts {
		p.part.rank = i
	}
	s.refer(whole)
	s.run.unlink(resources)
	s.share(resources)
	return nil
}

// stays finds the code of earlier runs that this run does not have, and that stays. It reports
// whether there is any.
func (s *split) stays(resources []*graph.Resource) bool {
	r := s.run
	here := map[state.Key]bool{}
	for _, res := range resources {
		here[state.Key{Type: res.Address.Type, ID: res.ID}] = true
	}
	lives := r.deselected()
	for _, o := range r.rejected() {
		lives[state.Key{Type: o.Type, ID: o.ID}] = true
	}
	for k := range r.doubts() {
		lives[k] = true
	}
	found := false
	for _, p := range s.parts {
		for key, a := range p.Dir.Addresses() {
			if !here[key] && !r.o.Again.Forget && (lives[key] || !r.complete(key.Type)) {
				p.part.staying[key] = a
				found = true
			}
		}
	}
	return found
}

// label gives the resources addresses that no two parts have.
func (s *split) label() []*graph.Resource {
	r := s.run
	for _, res := range r.decoded.Resources {
		res.Title = secret.Mask(res.Title)
	}
	resources := graph.Sort(r.decoded.Resources)
	var memories []func(string, graph.ID) graph.Address
	remember := func(typ string, id graph.ID) graph.Address {
		for _, recall := range memories {
			if a := recall(typ, id); !a.IsZero() {
				return a
			}
		}
		return graph.Address{}
	}
	var reserved []graph.Address
	for _, p := range s.parts {
		memories = append(memories, p.remembered())
		reserved = append(reserved, p.reserved(resources)...)
		for a, file := range p.around.Hand.Declared {
			r.around.Hand.Declared[a] = file
		}
		for a := range p.around.Hand.Mentioned {
			r.around.Hand.Mentioned[a] = true
		}
	}
	if r.o.Again.Rename {
		remember = r.forgetStale(resources, remember, reserved)
	}
	graph.Label(resources, remember, reserved)
	return r.ignore(resources)
}

// owner is the part that a resource belongs to by the one team that owns it.
func (s *split) owner(res *graph.Resource) string {
	row := catalogue.Lookup(res.Address.Type)
	if row == nil || row.Owner == "" || !res.Config.Type().HasAttribute(row.Owner) {
		return ""
	}
	ids := res.Config.GetAttr(row.Owner)
	if ids.IsNull() || !ids.IsWhollyKnown() || ids.LengthInt() != 1 {
		return ""
	}
	return s.teams.part(graph.ID(ids.AsValueSlice()[0].AsString()))
}

// address is where the resource of an object is, or was.
func (s *split) address(t graph.Target) graph.Address {
	for _, p := range s.parts {
		for _, res := range p.part.resources {
			if res.Address.Type == t.Type && res.ID == t.ID {
				return res.Address
			}
		}
	}
	return graph.Address{}
}

func (s *split) target(a graph.Address) graph.Target {
	res := s.at[a]
	if res == nil {
		return graph.Target{}
	}
	return graph.Target{Type: a.Type, ID: res.ID}
}

// refer notes for every part what it refers to in others, and how.
func (s *split) refer(whole *graph.Graph) {
	for _, res := range whole.Resources {
		from := s.named(s.division.Of[res.Address])
		for _, placed := range res.Exprs {
			part.Refs(placed.Expr, func(ref graph.Ref) {
				to, ours := s.division.Of[ref.Target]
				if ours && to != from.part.name && ref.Attr == "id" {
					from.part.refer(s.named(to), ref.Target)
				}
			})
		}
	}
}

// share gives each part its resources, and what else of the whole it has to know.
func (s *split) share(resources []*graph.Resource) {
	r := s.run
	now := map[state.Key]string{}
	for _, res := range resources {
		p := s.named(s.division.Of[res.Address])
		p.part.resources = append(p.part.resources, res)
		now[state.Key{Type: res.Address.Type, ID: res.ID}] = p.part.name
	}
	for _, p := range s.parts {
		if p.around.outside == nil {
			p.around.outside, p.around.hidden = map[graph.Target]graph.Ref{}, map[graph.Target]string{}
		}
		p.users, p.lookups, p.filtered, p.Schema = r.users, r.lookups, r.filtered, r.Schema
		p.live = &rootly.Live{Complete: r.live.Complete, Doubts: r.live.Doubts}
		p.part.resources = p.ignore(p.part.resources)
		for _, target := range p.around.ignored {
			delete(s.at, s.address(target))
		}
		p.part.ignored = len(p.around.ignored)
		p.around.ignored = append(p.around.ignored, r.around.ignored...)
		p.decoded = &rootly.Decoded{Coverage: r.decoded.Coverage}
		for key := range p.Dir.Addresses() {
			if to, here := now[key]; here && to != p.part.name {
				p.part.moved[key] = to
			}
		}
	}
	for _, o := range r.rejected() {
		p := s.partOf(o, now)
		p.decoded.Rejected = append(p.decoded.Rejected, o)
	}
}

// partOf is the part that has to know of an object without code: the one that had it, else the first.
func (s *split) partOf(o rootly.Rejected, now map[state.Key]string) *Run {
	for _, p := range s.parts {
		if _, known := p.Dir.Addresses()[state.Key{Type: o.Type, ID: o.ID}]; known {
			return p
		}
	}
	return s.named(cmp.Or(now[state.Key{Type: o.Type, ID: o.ID}], sharedPart))
}
