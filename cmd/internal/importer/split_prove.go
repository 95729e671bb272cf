package importer

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// render writes the files of every part in memory, and lays the future directories beside the
// present ones.
func (s *split) render() error {
	r := s.run
	defer r.lap("render", r.W.Now())
	r.progress.Stage("render", 0)
	files := 0
	for _, p := range s.parts {
		if err := p.layOut(); err != nil {
			return err
		}
		files += len(p.files)
	}
	if err := s.exportMore(); err != nil {
		return err
	}
	if err := s.guard(); err != nil {
		return err
	}
	if err := s.layOut(); err != nil {
		return err
	}
	r.progress.Done(fmt.Sprintf("%s in %s", report.Plural(files, "file"), report.Plural(len(s.division.Parts), "part")))
	return nil
}

// readsID finds where code reads an id from the state of another part, as it is written here and as
// people write it.
var readsID = regexp.MustCompile(`\bdata\.terraform_remote_state\.(\w+)\.outputs\.(\w+)(?:\.|\[\\?")(\w+)`)

// exportMore keeps the outputs that staying code of earlier runs and code by hand read: this run has
// not linked them.
func (s *split) exportMore() error {
	at := map[[3]string]foreign{} // by data source, output and label
	for _, q := range s.parts {
		add := func(a graph.Address) {
			at[[3]string{stateSourceName(q.part.name), outputName(a.Type), a.Name}] = foreign{in: q.part, address: a}
		}
		for _, res := range q.graph.Resources {
			add(res.Address)
		}
		for _, c := range q.Changes.Carried {
			add(c.Address)
		}
	}
	more := map[*Run]bool{} // parts that have to be written once more
	for _, p := range s.parts {
		found, err := readsOf(p.staged.Dir())
		if err != nil {
			return err
		}
		for _, key := range found {
			f, known := at[key]
			if !known || f.in == p.part {
				continue
			}
			more[p] = more[p] || !p.part.reads[f.in.name]
			if p.part.read(f) {
				more[f.in.run] = true
			}
		}
	}
	for _, p := range s.parts {
		if more[p] {
			if err := p.layOut(); err != nil {
				return err
			}
		}
	}
	return nil
}

// readsOf lists what the code of a directory reads from states: data source, output and label.
func readsOf(dir string) ([][3]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the staged code: %w", err)
	}
	var found [][3]string
	for _, e := range entries {
		if e.IsDir() || !strings.Contains(e.Name(), ".tf") && !strings.Contains(e.Name(), ".tofu") {
			continue
		}
		text, err := disk.ReadFile(filepath.Join(dir, e.Name()), disk.MostCode)
		if err != nil {
			return nil, fmt.Errorf("read the staged code: %w", err)
		}
		for _, m := range readsID.FindAllSubmatch(text, -1) {
			found = append(found, [3]string{string(m[1]), string(m[2]), string(m[3])})
		}
	}
	return found, nil
}

// guard holds that no value which became a variable in one part stands in a file of another.
func (s *split) guard() error {
	whole := &Run{graph: &graph.Graph{}, veil: planning.NewVeil()}
	for _, p := range s.parts {
		whole.graph.Variables = append(whole.graph.Variables, p.graph.Variables...)
	}
	for _, p := range s.parts {
		if err := whole.guard(p.files); err != nil {
			return fmt.Errorf("%s: %w", p.part.name, err)
		}
	}
	return nil
}

// layOut renders and stages a part. Of one that has nothing left, and nothing to let go of, no file
// stays, but for the shared one and for those with code by hand.
func (r *Run) layOut() error {
	if err := r.Render(); err != nil {
		return err
	}
	if err := r.Stage(); err != nil {
		return err
	}
	left := len(r.graph.Resources) + len(r.RenderOptions.Forgotten) + len(r.Changes.Carried)
	r.part.gone = left == 0 && r.part.name != sharedPart && !r.around.byHand()
	if !r.part.gone {
		return nil
	}
	r.files = nil
	return r.Stage()
}

// verify plans every part by itself.
func (s *split) verify(ctx context.Context) error {
	planned := s.planned()
	if len(planned) == 0 {
		return nil
	}
	for _, p := range planned {
		if err := p.recordCarried(ctx); err != nil {
			return err
		}
		s.run.replay.Objects = append(s.run.replay.Objects, p.replay.Objects...)
		p.replay = planning.Recording{}
		if err := p.readConfigurations(); err != nil {
			return err
		}
		p.chooseSubset()
		p.leaveOutDependents()
	}
	s.announceCost(planned)
	t, stop, err := s.run.target(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for _, p := range planned {
		p.served = s.run.served
		if err := s.prove(ctx, p, t); err != nil {
			return fmt.Errorf("%s: %w", p.part.name, err)
		}
	}
	return nil
}

// planned are the parts that there is a plan of.
func (s *split) planned() []*Run {
	return slices.DeleteFunc(slices.Clone(s.parts), func(p *Run) bool { return p.unplanned() || p.part.gone })
}

// announceCost tells beforehand what the plans ask of the API.
func (s *split) announceCost(parts []*Run) {
	if s.run.o.Proof.Replays() {
		return
	}
	requests := 0
	for _, p := range parts {
		requests += p.part.told().Requests
	}
	s.run.progress.Stage("cost", 0)
	s.run.progress.Done(planning.PlanCost(requests, s.run.Client.Stats().Limit))
}

// prove plans one part. Where that takes resources out of the code, those after it are written anew.
func (s *split) prove(ctx context.Context, p *Run, t connect.Target) error {
	quiet, before := p.progress, p.graph.Resources
	p.progress = s.run.progress
	p.progress.Stage("verify", len(before))
	err := p.prove(ctx, t)
	p.progress = quiet
	if err != nil {
		return err
	}
	s.run.progress.Done(p.part.name + ": " + p.Report.Proof.Plan)
	if len(p.graph.Resources) == len(before) {
		return nil
	}
	for _, res := range before {
		if !slices.Contains(p.graph.Resources, res) {
			delete(s.at, res.Address)
		}
	}
	for _, later := range s.parts[p.part.rank+1:] {
		for _, again := range []func() error{later.relink, later.layOut} {
			if err := again(); err != nil {
				return err
			}
		}
	}
	return nil
}

// sum fills in the report of the whole.
func (s *split) sum() {
	r := s.run
	to := r.Report
	to.Split = &report.Split{Across: r.o.Across}
	for _, t := range s.division.Taken {
		to.Split.Taken = append(to.Split.Taken, report.Taken{Address: t.Address.String(), Part: t.Part, By: t.By.String()})
	}
	r.graph, r.skipped, r.decoded.Rejected, r.live.Unknown = &graph.Graph{}, nil, nil, nil // the parts tell
	r.Sum()
	total := verify.Verdict{}
	for _, p := range s.parts {
		p.Sum()
		p.Report.Coverage = nil // of the whole
		if !p.part.gone {
			to.Split.Parts = append(to.Split.Parts, p.part.told())
		}
		s.add(p)
		AddVerdict(&total, p.verdict)
	}
	switch to.Proof.State {
	case report.ProofClean, report.ProofDiffers:
		to.Proof.Plan = total.Summary()
	case report.ProofUnavailable:
		to.Proof.Reason = withoutValues(to.Secrets)
	}
	to.Seconds = r.W.Now().Sub(r.started).Seconds()
}

// add takes the report of a part into that of the whole.
func (s *split) add(p *Run) {
	to, of := s.run.Report, p.Report
	for _, t := range of.Types {
		at := slices.IndexFunc(to.Types, func(have report.TypeCount) bool { return have.Type == t.Type })
		if at < 0 {
			to.Types = append(to.Types, t)
			continue
		}
		to.Types[at].Listed += t.Listed
		to.Types[at].Imported += t.Imported
	}
	to.Files.Written += of.Files.Written
	to.Files.Unchanged += of.Files.Unchanged
	to.Files.Removed += of.Files.Removed
	to.Files.Edited = append(to.Files.Edited, within(p, of.Files.Edited)...)
	to.References.Resolved += of.References.Resolved
	to.References.Users += of.References.Users
	across := p.part.told().References
	to.References.Lookups += of.References.Lookups - across
	to.References.Parts += across
	to.References.Unresolved = append(to.References.Unresolved, of.References.Unresolved...)
	to.References.Cycles = append(to.References.Cycles, of.References.Cycles...)
	to.NotImported = append(to.NotImported, of.NotImported...)
	to.Ignored = append(to.Ignored, of.Ignored...)
	to.Repairs = append(to.Repairs, of.Repairs...)
	to.Carried = append(to.Carried, of.Carried...)
	to.Secrets, to.SecretsMode = to.Secrets+of.Secrets, of.SecretsMode
	to.SecretsFile = cmp.Or(to.SecretsFile, of.SecretsFile)
	s.addAgain(p)
	if p.part.gone {
		return
	}
	if len(to.Proof.Differences) > 0 {
		to.Proof.State = report.ProofDiffers // a sample of the API's answers disagrees
	}
	of.Proof.Hint = strings.Replace(of.Proof.Hint, p.o.Dir, s.run.o.Dir, 1)
	MergeProof(&to.Proof, of.Proof, p.part.name)
}

// within puts the part before the names of its files.
func within(p *Run, names []string) []string {
	var list []string
	for _, name := range names {
		list = append(list, filepath.Join(p.part.name, name))
	}
	return list
}

func (s *split) addAgain(p *Run) {
	to, of := &s.run.Report.Again, p.Report.Again
	to.Beside += of.Beside
	to.Ignored += p.part.ignored
	to.Differing = append(to.Differing, of.Differing...)
	to.Before = append(to.Before, of.Before...)
	to.Left = append(to.Left, of.Left...)
	to.Moved = append(to.Moved, of.Moved...)
	known := p.Dir.Addresses()
	elsewhere := map[string]bool{}
	for key, name := range p.part.moved {
		a := known[key].String()
		elsewhere[a] = true
		to.Parted = append(to.Parted, report.Moved{From: p.part.name + "/" + a, To: name + "/" + s.address(graph.Target{Type: key.Type, ID: key.ID}).String()})
	}
	for _, lists := range [][2]*[]string{{&to.Gone, &of.Gone}, {&to.Forgotten, &of.Forgotten}} {
		for _, a := range *lists[1] {
			if !elsewhere[a] {
				*lists[0] = append(*lists[0], a)
			}
		}
	}
}

// commit moves all parts in, or none if the proof of one failed. Each is complete in itself: what a
// killed run could not move in, the next one does.
func (s *split) commit() error {
	r := s.run
	defer r.lap("commit", r.W.Now())
	if r.o.DryRun || r.Report.Proof.State == report.ProofDiffers {
		return nil
	}
	// The list of parts loses none before that has lost its files, and gets each before it has any.
	gone := slices.DeleteFunc(slices.Clone(s.parts), func(p *Run) bool { return !p.part.gone })
	there := slices.DeleteFunc(slices.Clone(s.parts), func(p *Run) bool { return p.part.gone })
	var done []string
	for _, p := range slices.Concat(gone, []*Run{r}, there) {
		move := p.moveIn
		if p == r {
			move = p.moveStaged // it has no proof of its own
		}
		if err := move(); err != nil && len(done) > 0 {
			return exit.WithHint(fmt.Errorf("%w; written before that: %s", err, strings.Join(done, ", ")), "run the command again: it writes the rest")
		} else if err != nil {
			return err
		}
		done = append(done, filepath.Base(p.o.Dir))
	}
	return nil
}
