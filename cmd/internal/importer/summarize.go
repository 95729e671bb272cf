package importer

import (
	"cmp"
	"slices"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// Summarize reports what an import found and did. Parts are the root modules below that of the proof, of which only the
// settings are counted.
func Summarize(p Proof, parts ...Proof) *report.Summary {
	s, live := SummarizePart(p), p.Staged.Linked.Share.Live
	for _, skipped := range live.read.Skipped {
		s.NotListed = append(s.NotListed, report.NotListed{
			Type: skipped.Type, Parent: string(skipped.Parent), Reason: skipped.Err.Error(),
			Requested: live.Job.explicit[skipped.Type], Absent: skipped.Absent(), Known: live.earlier[skipped.Type],
		})
	}
	sort.Slice(s.NotListed, func(i, j int) bool { return s.NotListed[i].Type < s.NotListed[j].Type })
	veil := p.Staged.root().veil
	for _, l := range live.decoded.Losses {
		s.Losses = append(s.Losses, report.Loss{
			Type: l.Type, ID: string(l.ID), Title: veil.Path(l.Title), Path: veil.Path(l.Path), Reason: veil.Path(l.Reason), // keys are part of the path
		})
	}
	s.Coverage = live.coverage(append(parts, p))
	s.LeftOut = live.Job.leftOut()
	s.Proof.Sampled = live.sampled
	if s.Proof.Differences = slices.Concat(live.disagree, s.Proof.Differences); len(live.disagree) > 0 && s.Proof.State == report.ProofClean {
		s.Proof.State = report.ProofDiffers
	}
	return s
}

// SummarizePart reports what was done to one of several root modules.
func SummarizePart(p Proof) *report.Summary {
	staged, linked, root := p.Staged, p.Staged.Linked, p.Staged.root()
	o := root.Job.Settings
	s := &report.Summary{
		Directory: root.Name, DryRun: o.DryRun, Requests: root.Job.requests(), Repairs: p.repairs, Next: staged.next, Proof: p.Facts,
		Secrets: linked.variables(), SecretsMode: o.Secrets, SecretsFile: linked.valuesFile(), Seconds: root.Job.Watch.elapsed(),
	}
	countTypes(s, linked)
	countReferences(&s.References, linked.Graph)
	s.Folds.Unfolded = p.unfolded
	for _, f := range linked.folds {
		s.Folds.Blocks++
		s.Folds.Objects += len(f.Members)
	}
	if !o.WritesState() && o.ImportAs.ImportAs != entries.AsNone && o.ImportAs.ImportAs != entries.AsScript {
		s.Proof.FirstUse = planning.FirstUse(s.Proof.Engine, s.Proof.Imported)
	}
	s.Files = report.Files{
		Written: len(staged.Changes.Write), Unchanged: len(staged.Changes.Unchanged), Removed: staged.removedFiles(p.Facts.State == report.ProofClean), Edited: staged.Changes.Edited,
	}
	doubts := linked.Share.Live.doubts()
	for _, c := range staged.Changes.Carried {
		s.Kept = append(s.Kept, report.KeptCode{Address: c.Address.String(), Reason: cmp.Or(linked.crashed[c.Key()], doubts[c.Key()], c.Reason)})
	}
	s.Proof.Differences = slices.Clone(p.Facts.Differences)
	s.Rerun = p.rerun()
	s.Rerun.Dangling = staged.dangling()
	adviseGone(s.Proof.Differences, s.Rerun.Deleted)
	mask(s, root.veil)
	return s
}

// valuesFile is the file for the values of variables; empty if there are none.
func (l Linked) valuesFile() string {
	switch {
	case l.variables() == 0:
		return ""
	case l.Share.Live.Job.secrets == secret.Blank:
		return "terraform.tfvars.example"
	}
	return planning.SecretsName
}

func countTypes(s *report.Summary, l Linked) {
	counts := map[string]*report.TypeCount{}
	count := func(t string) *report.TypeCount {
		if counts[t] == nil {
			counts[t] = &report.TypeCount{Type: t}
		}
		return counts[t]
	}
	for _, res := range l.Graph.Resources {
		c := count(res.Address.Type)
		c.Listed++
		c.Imported++
		for _, i := range res.Ignore {
			s.Ignored = append(s.Ignored, report.Ignored{Address: res.Address.String(), Path: i.Path, Reason: i.Reason})
		}
	}
	for _, o := range l.Rejected() {
		count(o.Type).Listed++
		s.NotImported = append(s.NotImported, report.NotImported{Type: o.Type, ID: string(o.ID), Title: o.Title, Reason: o.Reason, Hint: o.Fix})
	}
	for _, c := range counts {
		s.Types = append(s.Types, *c)
	}
	sort.Slice(s.Types, func(i, j int) bool { return s.Types[i].Type < s.Types[j].Type })
}

// leftOut names the types that nobody asked for, and why they are not taken by themselves.
func (j *Job) leftOut() map[string]string {
	if len(j.Settings.Resources) > 0 {
		return nil
	}
	out := map[string]string{}
	for _, t := range catalogue.Types() {
		if t.Optional != "" {
			out[t.Name] = t.Optional
		}
	}
	return out
}

// coverage counts what became of the settings of each type. Those that became variables are known last.
func (l *Live) coverage(of []Proof) []report.Coverage {
	var list []report.Coverage
	for t, c := range l.decoded.Coverage {
		count := report.Coverage{Type: t, Written: c.Written, Default: c.Default, Computed: c.Computed, Secret: c.Secret, Lost: c.Lost}
		for _, p := range of {
			n := p.Staged.Linked.hidden[t]
			count.Secret += n
			count.Written -= n
		}
		list = append(list, count)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Type < list[j].Type })
	return list
}

func countReferences(refs *report.References, g *graph.Graph) {
	for _, res := range g.Resources {
		for _, p := range res.Exprs {
			for leaf := range p.Leaves() {
				ref, reads := leaf.(graph.Ref)
				entry, inMap := leaf.(graph.EntryRef)
				switch {
				case reads && ref.Target.Data:
					refs.Lookups++
				case reads:
					refs.Resolved++
				case inMap && entry.Map == "users":
					refs.Users++
				}
			}
		}
	}
	for _, u := range g.Unresolved {
		refs.Unresolved = append(refs.Unresolved, report.Unresolved{From: u.From.String(), Path: u.Path, ID: string(u.ID), Reason: u.Reason})
	}
	for _, m := range g.BrokenCycles {
		refs.Cycles = append(refs.Cycles, report.Unresolved{From: m.From.String(), Path: m.Path, ID: m.To.String(), Reason: "a reference would close a cycle"})
	}
}

// mask takes credentials out of what the report quotes.
func mask(s *report.Summary, veil *secret.Veil) {
	for i := range s.NotImported {
		s.NotImported[i].Title = veil.Path(s.NotImported[i].Title)
		s.NotImported[i].Reason = veil.Path(s.NotImported[i].Reason)
	}
	for i := range s.Ignored {
		s.Ignored[i].Reason = veil.Path(s.Ignored[i].Reason)
	}
}
