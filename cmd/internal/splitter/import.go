package splitter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/part"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// Settings are the flags of an import that may become several root modules.
type Settings struct {
	importer.Settings

	By, Across, Owners string

	Given func(flag string) bool // whether a flag was given
}

// The words that the settings of a split take.
const (
	ByTeam      = "team"
	AcrossState = "remote-state" // parts read each other's states
	AcrossData  = "data"         // parts look objects up where a data source finds them
	TeamMark    = "{team}"       // stands for the team in the format of owners

	sharedPart = "shared"
)

// on reports whether there are to be several root modules.
func (o *Settings) on() bool { return o.By == ByTeam }

// check refuses what makes no sense together.
func (o *Settings) check() error {
	switch {
	case !o.on():
		for _, name := range []string{"across", "owner-format"} {
			if o.Given(name) {
				return exit.Usage(fmt.Errorf("--%s without --split-by", name), "add --split-by team")
			}
		}
		return nil
	case o.Again.Into != "":
		return exit.Usage(errors.New("--into is for a single root module, but --split-by makes several"), "give their directory with -o")
	case o.Fold:
		return exit.Usage(errors.New("--fold is for a single root module"), "leave out one of --fold and --split-by")
	case o.ImportAs.ImportAs != entries.AsBlocks:
		return exit.Usage(fmt.Errorf("--import-as %s is for a single root module", o.ImportAs.ImportAs), "with --split-by, leave it out")
	case !isOwnerFormat(o.Owners):
		return exit.Usage(fmt.Errorf("--owner-format %q does not contain the team", o.Owners), "such as '@acme/"+TeamMark+"'")
	}
	return nil
}

// A split is an import that makes a root module of each part of the organisation.
type split struct {
	o     *Settings
	run   *importer.Run // of the whole: what is read, and the directory above the parts
	memo  splitV1       // what the last run left
	parts moduleParts   // in the order in which they are applied; those that are no more come last
	teams *teamList     // who owns parts

	division *part.Division
	found    map[graph.Target]*graph.DataSource // by which objects can be looked up
	at       map[graph.Address]*graph.Resource  // what the parts have by now
}

// Import turns the live organisation into proven code: one root module, or several.
func Import(ctx context.Context, w world.World, o *Settings) error {
	if err := o.check(); err != nil {
		return err
	}
	if !o.on() {
		if err := Whole(o.Dir); err != nil {
			return err
		}
		return importer.Import(ctx, w, &o.Settings)
	}
	o.InParts = true
	run, err := importer.NewRun(ctx, w, &o.Settings)
	if err != nil {
		return err
	}
	defer run.Close()
	s := &split{o: o, run: run}
	defer s.close()
	if err := s.open(ctx); err != nil { // the parts of an earlier run
		return err
	}
	if err := run.Fetch(ctx, s.parts.runs()...); err != nil { // API to live objects
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
	return run.Print()
}

// open reads what an earlier run left, and opens its parts.
func (s *split) open(ctx context.Context) error {
	dir := s.o.Dir
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
	s.o.remember(memo)
	for _, p := range memo.Parts {
		if _, err := s.openPart(ctx, p.Name); err != nil {
			return err
		}
	}
	err = s.run.InstalledSchema(ctx, filepath.Join(dir, sharedPart))
	for _, p := range s.parts {
		p.Schema = s.run.Schema
	}
	return err
}

// remember goes on with the settings of the last run where the command line has none.
func (o *Settings) remember(memo *splitV1) {
	if !o.Given("across") {
		o.Across = memo.Across
	}
	if !o.Given("owner-format") {
		o.Owners = cmp.Or(memo.Owners, o.Owners)
	}
}

// openPart returns a part, opened if need be.
func (s *split) openPart(ctx context.Context, name string) (*modulePart, error) {
	if p := s.parts.named(name); p != nil {
		return p, nil
	}
	p := &modulePart{name: name, split: s, moved: map[graph.Target]string{}, staying: map[graph.Target]graph.Address{},
		known: map[foreign]bool{}, reads: map[string]bool{}, exported: map[graph.Address]bool{}}
	var err error
	if p.Run, err = s.run.OpenPart(ctx, name, p); err != nil {
		return nil, err
	}
	s.parts = append(s.parts, p)
	return p, nil
}

// close closes the parts.
func (s *split) close() {
	for _, p := range s.parts {
		p.Close()
	}
}

// link makes resources of the objects, divides them, and links each part.
func (s *split) link(ctx context.Context) error {
	r := s.run
	defer r.Lap("link", r.W.Now())
	r.Progress.Stage("link", 0)
	r.SetAside(s.parts.runs()...)
	teams, err := s.findTeams(ctx)
	if err != nil {
		return err
	}
	s.teams = teams
	s.found = r.Findable()
	if err := r.Decode(ctx, s.parts.runs()...); err != nil {
		return err
	}
	if err := s.divide(ctx); err != nil {
		return err
	}
	for _, p := range s.parts {
		if err := p.Connect(ctx, p.resources); err != nil {
			return err
		}
	}
	r.Progress.Done(fmt.Sprintf("%s in %s", report.Plural(len(s.at), "resource"), report.Plural(len(s.division.Parts), "part")))
	return nil
}

// divide decides which part each resource belongs to, and makes the runs of the parts.
func (s *split) divide(ctx context.Context) error {
	resources := s.run.Label(s.parts.runs()...)
	whole := s.run.Draft(resources)
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
	ordered := make(moduleParts, 0, len(s.parts))
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
		p.rank = i
	}
	s.refer(whole)
	if err := s.run.Know(whole); err != nil {
		return err
	}
	s.share(resources)
	return nil
}

// stays finds the code of earlier runs that this run does not have, and that stays. It reports
// whether there is any.
func (s *split) stays(resources []*graph.Resource) bool {
	r := s.run
	here := map[graph.Target]bool{}
	for _, res := range resources {
		here[graph.Target{Type: res.Address.Type, ID: res.ID}] = true
	}
	lives := r.Elsewhere()
	found := false
	for _, p := range s.parts {
		for key, a := range p.Dir.Addresses() {
			if !here[key] && !s.o.Again.Forget && (lives[key] || !r.Complete(key.Type)) {
				p.staying[key] = a
				found = true
			}
		}
	}
	return found
}

// owner is the part that a resource belongs to by the one team that owns it.
func (s *split) owner(res *graph.Resource) string { return s.teams.part(ownerOf(res)) }

// ownerOf is the one team that owns a resource, or nothing.
func ownerOf(res *graph.Resource) graph.ID {
	row := catalogue.Lookup(res.Address.Type)
	if row == nil || row.Owner == "" || res.Config == cty.NilVal || !res.Config.Type().HasAttribute(row.Owner) {
		return ""
	}
	ids := res.Config.GetAttr(row.Owner)
	if ids.IsNull() || !ids.IsWhollyKnown() || ids.LengthInt() != 1 {
		return ""
	}
	return graph.ID(ids.AsValueSlice()[0].AsString())
}

// address is where the resource of an object is, or was.
func (s *split) address(t graph.Target) graph.Address {
	for _, p := range s.parts {
		for _, res := range p.resources {
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
		from := s.parts.named(s.division.Of[res.Address])
		for _, placed := range res.Exprs {
			part.Refs(placed.Expr, func(ref graph.Ref) {
				to, ours := s.division.Of[ref.Target]
				if ours && to != from.name && ref.Attr == "id" {
					from.refer(s.parts.named(to), ref.Target)
				}
			})
		}
	}
}

// share gives each part its resources, and what else of the whole it has to know.
func (s *split) share(resources []*graph.Resource) {
	r := s.run
	now := map[graph.Target]string{}
	for _, res := range resources {
		p := s.parts.named(s.division.Of[res.Address])
		p.resources = append(p.resources, res)
		now[graph.Target{Type: res.Address.Type, ID: res.ID}] = p.name
	}
	rejected := map[*modulePart][]rootly.Rejected{}
	for _, o := range r.Rejected() {
		p := s.partOf(o, now)
		rejected[p] = append(rejected[p], o)
	}
	for _, p := range s.parts {
		before := len(p.resources)
		p.resources = p.Take(r, p.resources, rejected[p])
		p.ignored = before - len(p.resources)
		for key := range p.Dir.Addresses() {
			if to, here := now[key]; here && to != p.name {
				p.moved[key] = to
			}
		}
	}
}

// partOf is the part that has to know of an object without code: the one that had it, else the first.
func (s *split) partOf(o rootly.Rejected, now map[graph.Target]string) *modulePart {
	for _, p := range s.parts {
		if _, known := p.Dir.Addresses()[graph.Target{Type: o.Type, ID: o.ID}]; known {
			return p
		}
	}
	return s.parts.named(cmp.Or(now[graph.Target{Type: o.Type, ID: o.ID}], sharedPart))
}
