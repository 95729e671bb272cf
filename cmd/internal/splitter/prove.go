package splitter

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// stage renders every part in memory, and stages the future directories next to the present ones.
func (s *split) stage() error {
	watch := s.root.Watch
	defer watch.Time("render")()
	watch.Progress.Stage("render", 0)
	files := 0
	for _, p := range s.parts {
		if err := s.layOut(p, p.linked()); err != nil {
			return err
		}
		files += len(p.proof.Staged.Files)
	}
	if err := s.exportMore(); err != nil {
		return err
	}
	if err := s.parts.guard(); err != nil {
		return err
	}
	if err := s.stageAbove(); err != nil {
		return err
	}
	watch.Progress.Done(fmt.Sprintf("%s in %s", report.Plural(files, "file"), report.Plural(len(s.division.Parts), "part")))
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
			at[[3]string{stateSourceName(q.name), outputName(a.Type), a.Name}] = foreign{in: q, address: a}
		}
		for _, res := range q.linked().Graph.Resources {
			add(res.Address)
		}
		for _, c := range q.proof.Staged.Changes.Carried {
			add(c.Address)
		}
	}
	more := map[*modulePart]bool{} // parts that have to be written once more
	for _, p := range s.parts {
		found, err := readsOf(p.proof.Staged.Path())
		if err != nil {
			return err
		}
		for _, key := range found {
			f, known := at[key]
			if !known || f.in == p {
				continue
			}
			more[p] = more[p] || !p.reads[f.in.name]
			if p.read(f) {
				more[f.in] = true
			}
		}
	}
	for _, p := range s.parts {
		if more[p] {
			if err := s.layOut(p, p.linked()); err != nil {
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

// layOut renders and stages a part. A part that has nothing left, and nothing to forget, loses all its files, except for
// the shared one and for those with code by hand.
func (s *split) layOut(p *modulePart, linked importer.Linked) error {
	linked.Share.Neighbours = s.neighbours(p)
	staged, err := linked.Stage()
	if err == nil {
		if p.gone = staged.Empty() && p.name != sharedPart; p.gone {
			staged, err = importer.Stage(linked, nil)
		}
	}
	p.proof.Staged = staged
	return err
}

// prove plans every part by itself.
func (s *split) prove(ctx context.Context) error {
	var planned moduleParts
	var staged []importer.Staged
	for _, p := range s.parts {
		off := false
		if p.proof.Facts, off = p.proof.Staged.Unplanned(); !off && !p.gone {
			planned, staged = append(planned, p), append(staged, p.proof.Staged)
		}
	}
	if len(planned) == 0 {
		return nil
	}
	recording, err := importer.Record(ctx, staged...)
	if err != nil {
		return err
	}
	defer recording.Close()
	for _, p := range planned {
		if err := s.provePart(ctx, p, recording); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// provePart plans one part. Where that takes resources out of the code, those after it are written anew.
func (s *split) provePart(ctx context.Context, p *modulePart, recording *importer.Recording) (err error) {
	progress, before, staged := s.root.Watch.Progress, p.linked().Graph.Resources, p.proof.Staged
	if staged.Linked.Share.Neighbours.States, err = s.states(p); err != nil {
		return err
	}
	progress.Stage("verify", len(before))
	if p.proof, err = importer.Prove(ctx, staged, recording); err != nil {
		return err
	}
	progress.Done(p.name + ": " + p.proof.Facts.Plan)
	if len(p.linked().Graph.Resources) == len(before) {
		return nil
	}
	for _, res := range before {
		delete(s.ids, res.Address)
	}
	for _, res := range p.linked().Graph.Resources {
		s.ids[res.Address] = res.ID
	}
	for _, later := range s.parts[p.rank+1:] {
		linked := later.linked()
		linked.Share.Neighbours = s.neighbours(later)
		if linked, err = linked.Relink(); err != nil {
			return err
		}
		if err := s.layOut(later, linked); err != nil {
			return err
		}
	}
	return nil
}

// sum reports on the whole, and on each part.
func (s *split) sum() (to *report.Summary, of map[*modulePart]*report.Summary) {
	proofs := make([]importer.Proof, len(s.parts))
	for i, p := range s.parts {
		proofs[i] = p.proof
	}
	to, of = importer.Summarize(s.above, proofs...), map[*modulePart]*report.Summary{}
	to.Split = &report.Split{Across: s.o.Across}
	for _, t := range s.division.Taken {
		to.Split.Shared = append(to.Split.Shared, report.SharedResource{Address: t.Address.String(), Part: t.Part, By: t.By.String()})
	}
	total := verify.Verdict{}
	for _, p := range s.parts {
		of[p] = importer.SummarizePart(p.proof)
		if !p.gone {
			to.Split.Parts = append(to.Split.Parts, p.summary())
		}
		s.add(to, p, of[p])
		AddVerdict(&total, p.proof.Verdict)
	}
	switch to.Proof.State {
	case report.ProofClean, report.ProofDiffers:
		to.Proof.Plan = total.Summary()
	case report.ProofUnavailable:
		to.Proof.Reason = importer.WithoutValues(to.Secrets)
	}
	return to, of
}

// add adds the report of a part to that of the whole.
func (s *split) add(to *report.Summary, p *modulePart, of *report.Summary) {
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
	across := p.summary().References
	to.References.Lookups += of.References.Lookups - across
	to.References.Parts += across
	to.References.Unresolved = append(to.References.Unresolved, of.References.Unresolved...)
	to.References.Cycles = append(to.References.Cycles, of.References.Cycles...)
	to.NotImported = append(to.NotImported, of.NotImported...)
	to.Ignored = append(to.Ignored, of.Ignored...)
	to.Repairs = append(to.Repairs, of.Repairs...)
	to.Kept = append(to.Kept, of.Kept...)
	to.Secrets, to.SecretsMode = to.Secrets+of.Secrets, of.SecretsMode
	to.SecretsFile = cmp.Or(to.SecretsFile, of.SecretsFile)
	s.addRerun(&to.Rerun, p, of.Rerun)
	if p.gone {
		return
	}
	if len(to.Proof.Differences) > 0 {
		to.Proof.State = report.ProofDiffers // a sample of the API's answers disagrees
	}
	MergeProof(&to.Proof, of.Proof, p.name)
}

// within puts the part before the names of its files.
func within(p *modulePart, names []string) []string {
	var list []string
	for _, name := range names {
		list = append(list, filepath.Join(p.name, name))
	}
	return list
}

func (s *split) addRerun(to *report.Rerun, p *modulePart, of report.Rerun) {
	to.Elsewhere += of.Elsewhere
	to.Ignored += p.ignored
	to.Differing = append(to.Differing, of.Differing...)
	to.Before = append(to.Before, of.Before...)
	to.Left = append(to.Left, of.Left...)
	to.Moved = append(to.Moved, of.Moved...)
	known := p.root.Dir.Addresses()
	elsewhere := map[string]bool{}
	for key, name := range p.moved {
		a := known[key].String()
		elsewhere[a] = true
		to.Parted = append(to.Parted, report.Moved{From: p.name + "/" + a, To: name + "/" + s.places[key].String()})
	}
	for _, lists := range [][2]*[]string{{&to.Deleted, &of.Deleted}, {&to.Forgotten, &of.Forgotten}} {
		for _, a := range *lists[1] {
			if !elsewhere[a] {
				*lists[0] = append(*lists[0], a)
			}
		}
	}
}

// commit moves all parts in, or none if the proof of one failed. Each is complete in itself: what a
// killed run could not move in, the next one does.
func (s *split) commit(summary *report.Summary, of map[*modulePart]*report.Summary) error {
	defer s.root.Watch.Time("commit")()
	if s.o.DryRun || summary.Proof.State == report.ProofDiffers {
		return nil
	}
	// The list of parts loses none before that has lost its files, and gets each before it has any.
	type step struct {
		name string
		move func() error
	}
	var gone, there []step
	for _, p := range s.parts {
		next := step{p.name, func() error { return p.proof.MoveIn(of[p]) }}
		if p.gone {
			gone = append(gone, next)
			continue
		}
		there = append(there, next)
	}
	above := step{filepath.Base(s.o.Dir), s.above.Staged.MoveIn} // it has no proof of its own
	var done []string
	for _, next := range slices.Concat(gone, []step{above}, there) {
		if err := next.move(); err != nil && len(done) > 0 {
			return exit.Begun(fmt.Errorf("%w; written before that: %s", err, strings.Join(done, ", ")), "run the command again to write the rest")
		} else if err != nil {
			return err
		}
		done = append(done, next.name)
	}
	return nil
}
