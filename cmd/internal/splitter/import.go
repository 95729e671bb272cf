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
	root  *importer.Root // the directory above the parts
	memo  splitV1        // what the last run left
	above importer.Proof // of what stands above the parts, which has no plan
	teams *teamList      // who owns parts
	borders
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
	root, err := importer.Open(ctx, w, &o.Settings)
	if err != nil {
		return err
	}
	defer root.Close()
	s := &split{o: o, root: root}
	defer s.close()
	if err := s.open(ctx); err != nil { // the parts of an earlier run
		return err
	}
	root.Job.Look = func(live *importer.Live) error { return s.look(ctx, live) }
	live, err := importer.Fetch(ctx, root, s.parts.roots()...) // API to objects
	if err != nil {
		return err
	}
	if err := s.link(ctx, live); err != nil { // objects to a graph for each part
		return err
	}
	if err := s.stage(); err != nil { // graphs to files, and files to private copies of the directories
		return err
	}
	if err := s.prove(ctx); err != nil { // the plan of each copy
		return err
	}
	summary, of := s.sum()
	if err := s.commit(summary, of); err != nil { // proven files to the directories
		return err
	}
	return importer.Print(live, summary)
}

// open reads what an earlier run left, and opens its parts.
func (s *split) open(ctx context.Context) error {
	dir := s.o.Dir
	memo, err := readSplit(dir)
	if err != nil {
		return err
	}
	if memo == nil && len(s.root.Dir.Addresses()) > 0 {
		return exit.WithHint(fmt.Errorf("%s holds an import that is not split", dir), "choose another directory with -o, or leave out --split-by")
	}
	if memo == nil {
		return nil
	}
	s.memo = *memo
	s.o.remember(memo)
	for _, p := range memo.Parts {
		if _, err := s.openPart(ctx, p.Name, rootly.IDs{}); err != nil {
			return err
		}
	}
	return s.root.Job.InstalledSchema(ctx, filepath.Join(dir, sharedPart))
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
func (s *split) openPart(ctx context.Context, name string, ids rootly.IDs) (*modulePart, error) {
	if p := s.parts.named(name); p != nil {
		return p, nil
	}
	root, err := s.root.OpenPart(ctx, name, ids)
	if err != nil {
		return nil, err
	}
	p := &modulePart{name: name, root: root, moved: map[graph.Target]string{}, staying: map[graph.Target]graph.Address{},
		known: map[foreign]bool{}, reads: map[string]bool{}, exported: map[graph.Address]bool{}}
	s.parts = append(s.parts, p)
	return p, nil
}

// close closes the parts.
func (s *split) close() {
	for _, p := range s.parts {
		p.root.Close()
	}
}

// look finds the teams, and what can be looked up, while the objects have what the API answered.
func (s *split) look(ctx context.Context, live *importer.Live) (err error) {
	s.found, s.across = live.Findable(), s.o.Across
	s.teams, err = findTeams(ctx, live, s.memo.Parts)
	return err
}

// link divides the resources, and links each part.
func (s *split) link(ctx context.Context, live *importer.Live) error {
	defer s.root.Watch.Time("link")()
	whole := importer.Whole(live, s.root, s.parts.roots()...)
	if err := s.divide(ctx, whole); err != nil {
		return err
	}
	for _, p := range s.parts {
		share := p.linked().Share
		share.Neighbours = s.neighbours(p)
		var err error
		if p.proof.Staged.Linked, err = importer.Link(share); err != nil {
			return err
		}
	}
	s.root.Watch.Progress.Done(fmt.Sprintf("%s in %s", report.Plural(len(s.ids), "resource"), report.Plural(len(s.division.Parts), "part")))
	return nil
}

// divide decides which part each resource belongs to, and opens the parts.
func (s *split) divide(ctx context.Context, whole importer.Share) error {
	draft := whole.Draft()
	s.ids, s.places = make(map[graph.Address]graph.ID, len(whole.Resources)), make(map[graph.Target]graph.Address, len(whole.Resources))
	for _, res := range whole.Resources {
		s.ids[res.Address] = res.ID
		s.places[res.Target()] = res.Address
	}
	s.division = part.Divide(draft, part.Options{
		Shared: sharedPart,
		Owner:  s.owner,
		Found:  func(a graph.Address) bool { return s.found[s.target(a)] != nil },
		Reads:  s.memo.reads(),
		Stays:  s.stays(whole),
	})
	ordered := make(moduleParts, 0, len(s.parts))
	for _, name := range s.division.Parts {
		p, err := s.openPart(ctx, name, whole.Live.IDs)
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
	s.refer(draft)
	s.share(whole.KnowSecrets(draft))
	return nil
}

// stays finds the code of earlier runs that this run does not have, and that stays. It reports
// whether there is any.
func (s *split) stays(whole importer.Share) bool {
	lives := whole.Elsewhere()
	found := false
	for _, p := range s.parts {
		for key, a := range p.root.Dir.Addresses() {
			if s.places[key].IsZero() && !s.o.Again.Forget && (lives[key] || !whole.Live.Complete(key.Type)) {
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

// share gives each part its resources, and what else of the whole it has to know.
func (s *split) share(whole importer.Share) {
	resources, now := map[string][]*graph.Resource{}, map[graph.Target]string{}
	for _, res := range whole.Resources {
		name := s.division.Of[res.Address]
		resources[name] = append(resources[name], res)
		now[res.Target()] = name
	}
	rejected := map[*modulePart][]rootly.Rejected{}
	for _, o := range whole.Rejected {
		p := s.partOf(o, now)
		rejected[p] = append(rejected[p], o)
	}
	for _, p := range s.parts {
		p.proof.Staged.Linked.Share, p.ignored = whole.Part(p.root, resources[p.name], rejected[p])
		for key := range p.root.Dir.Addresses() {
			if to, here := now[key]; here && to != p.name {
				p.moved[key] = to
			}
		}
	}
	whole.Resources, whole.Rejected = nil, nil // the parts have them
	s.above.Staged.Linked.Share = whole
}

// partOf is the part that has to know of an object without code: the one that had it, else the first.
func (s *split) partOf(o rootly.Rejected, now map[graph.Target]string) *modulePart {
	for _, p := range s.parts {
		if _, known := p.root.Dir.Addresses()[o.Target()]; known {
			return p
		}
	}
	return s.parts.named(cmp.Or(now[o.Target()], sharedPart))
}
