package importer

import (
	"cmp"
	"maps"
	"slices"
	"sort"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/entries"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// Print prints the report and says how the run ended.
func (r *Run) Print() error {
	r.Report.Seconds = r.W.Now().Sub(r.started).Seconds()
	if err := r.W.Report().Summary(r.Report); err != nil {
		return err
	}
	return r.outcome()
}

// Sum fills in the report.
func (r *Run) Sum() {
	s := r.Report
	r.countTypes()
	countReferences(&r.Report.References, r.Graph)
	r.countLosses()
	r.countFolds()
	s.Requests = r.requests()
	if !r.o.WritesState() && r.o.ImportAs.ImportAs != entries.AsNone && r.o.ImportAs.ImportAs != entries.AsScript {
		s.Proof.FirstUse = planning.FirstUse(s.Proof.Engine, s.Proof.Imported)
	}
	s.Files = report.Files{
		Written: len(r.Changes.Write), Unchanged: len(r.Changes.Unchanged), Removed: r.removedFiles(), Edited: r.Changes.Edited,
	}
	doubts := r.doubts()
	for _, c := range r.Changes.Carried {
		s.Kept = append(s.Kept, report.KeptCode{Address: c.Address.String(), Reason: cmp.Or(r.crashed[c.Key()], doubts[c.Key()], c.Reason)})
	}
	s.Rerun = r.sumAgain()
	s.Rerun.Dangling = r.sumDangling()
	adviseGone(s.Proof.Differences, s.Rerun.Deleted)
	mask(s, r.veil)
	s.Seconds = r.W.Now().Sub(r.started).Seconds()
}

// requests is what was asked of the API so far.
func (r *job) requests() report.Requests {
	if r.Client == nil {
		return report.Requests{}
	}
	stats := r.Client.Stats()
	requests := report.Requests{Total: stats.Requests, Retries: stats.Retries, Bytes: stats.Bytes, Waited: stats.Waited}
	for _, path := range slices.Sorted(maps.Keys(stats.Paths)) {
		requests.Paths = append(requests.Paths, report.PathRequests{Path: path, Requests: stats.Paths[path]})
	}
	return requests
}

// outcome is the exit code that the run ends with.
func (r *fetched) outcome() error {
	if r.Report.Proof.State == report.ProofDiffers {
		return exit.Status(exit.Differs)
	}
	if len(r.Report.Rerun.Dangling) > 0 {
		return exit.Status(exit.Partial)
	}
	for _, skipped := range r.live.Skipped {
		if r.amiss(skipped) {
			return exit.Status(exit.Partial)
		}
	}
	if r.Report.Imported() == 0 && (r.Report.Listed() > 0 || len(r.live.Skipped) > 0 && !anyComplete(r.live)) {
		return exit.Status(exit.Partial)
	}
	return nil
}

// amiss reports whether what could not be read is more than a feature that this organisation does not have: it
// was asked for, or it was readable before, or its list ended in the middle.
func (r *fetched) amiss(s rootly.Skipped) bool {
	return !s.Absent() || s.Type == graph.UserType || r.explicit[s.Type] || r.earlier[s.Type] > 0
}

func (r *linked) countTypes() {
	counts := map[string]*report.TypeCount{}
	count := func(t string) *report.TypeCount {
		if counts[t] == nil {
			counts[t] = &report.TypeCount{Type: t}
		}
		return counts[t]
	}
	for _, res := range r.Graph.Resources {
		c := count(res.Address.Type)
		c.Listed++
		c.Imported++
		for _, i := range res.Ignore {
			r.Report.Ignored = append(r.Report.Ignored, report.Ignored{Address: res.Address.String(), Path: i.Path, Reason: i.Reason})
		}
	}
	for _, o := range r.Rejected() {
		count(o.Type).Listed++
		r.Report.NotImported = append(r.Report.NotImported, report.NotImported{
			Type: o.Type, ID: string(o.ID), Title: o.Title, Reason: o.Reason, Hint: o.Fix,
		})
	}
	for _, c := range counts {
		r.Report.Types = append(r.Report.Types, *c)
	}
	sort.Slice(r.Report.Types, func(i, j int) bool { return r.Report.Types[i].Type < r.Report.Types[j].Type })
	for _, s := range r.live.Skipped {
		r.Report.NotListed = append(r.Report.NotListed, report.NotListed{
			Type: s.Type, Parent: string(s.Parent), Reason: s.Err.Error(), Requested: r.explicit[s.Type], Absent: s.Absent(), Known: r.earlier[s.Type],
		})
	}
	r.leftOut()
}

// leftOut names the types that nobody asked for, and why they are not taken by themselves.
func (r *job) leftOut() {
	if len(r.o.Resources) > 0 {
		return
	}
	r.Report.LeftOut = map[string]string{}
	for _, t := range catalogue.Types() {
		if t.Optional != "" {
			r.Report.LeftOut[t.Name] = t.Optional
		}
	}
}

func countReferences(refs *report.References, g *graph.Graph) {
	for _, res := range g.Resources {
		for _, p := range res.Exprs {
			countExpr(refs, p.Expr)
		}
	}
	for _, u := range g.Unresolved {
		refs.Unresolved = append(refs.Unresolved, report.Unresolved{From: u.From.String(), Path: u.Path, ID: string(u.ID), Reason: u.Reason})
	}
	for _, m := range g.BrokenCycles {
		refs.Cycles = append(refs.Cycles, report.Unresolved{From: m.From.String(), Path: m.Path, ID: m.To.String(), Reason: "a reference would close a cycle"})
	}
}

func countExpr(refs *report.References, e graph.Expr) {
	switch e := e.(type) {
	case graph.Ref:
		if e.Target.Data {
			refs.Lookups++
		} else {
			refs.Resolved++
		}
	case graph.EntryRef:
		if e.Map == "users" {
			refs.Users++
		}
	case graph.Template:
		for _, p := range e.Parts {
			countExpr(refs, p.Expr)
		}
	case graph.Encoded:
		for _, p := range e.Exprs {
			countExpr(refs, p.Expr)
		}
	}
}

func (r *gathered) countLosses() {
	for _, l := range r.decoded.Losses {
		r.Report.Losses = append(r.Report.Losses, report.Loss{Type: l.Type, ID: string(l.ID), Title: l.Title, Path: l.Path, Reason: l.Reason})
	}
	for t, c := range r.decoded.Coverage {
		r.Report.Coverage = append(r.Report.Coverage, report.Coverage{
			Type: t, Written: c.Written, Default: c.Default, Computed: c.Computed, Secret: c.Secret, Lost: c.Lost,
		})
	}
	sort.Slice(r.Report.Coverage, func(i, j int) bool { return r.Report.Coverage[i].Type < r.Report.Coverage[j].Type })
}

// secretPaths are the attributes whose values must not be shown in a difference.
func secretPaths(res *graph.Resource) []cty.Path {
	var paths []cty.Path
	for _, p := range res.Exprs {
		if graph.HoldsVariable(p.Expr) {
			paths = append(paths, p.Path)
		}
	}
	return paths
}

// userList puts the users in an order that does not depend on the map.
func userList(users map[graph.ID]graph.User) []graph.User {
	list := make([]graph.User, 0, len(users))
	for _, u := range users {
		list = append(list, u)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}
