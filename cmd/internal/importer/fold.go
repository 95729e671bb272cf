package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
)

// This file is about folds: objects that differ in little and stand in the code as one block with
// for_each. What is folded stays so, with --fold and without; only new objects need the flag.

// foldsSince is the first version of both engines that reads import blocks with for_each.
const foldsSince = "1.7.0"

// haveFolds makes sure, before anything is asked of the API, that folds can be written and read.
func (r *directory) haveFolds(ctx context.Context) error {
	folded := slices.ContainsFunc(slices.Collect(maps.Values(r.Dir.Addresses())), isInstance)
	r.RenderOptions.Folded = folded
	switch {
	case !r.o.Fold && !folded:
		return nil
	case r.o.Output == "json" && r.o.Fold:
		return exit.Usage(errors.New("--fold writes Terraform's own language, not --output json"), "leave out one of the two")
	case r.o.Output == "json":
		return exit.Usage(fmt.Errorf("%s contains folded objects, which --output json cannot write", r.o.Dir), "leave out --output json")
	}
	engine, err := planning.FindEngine(ctx, r.W, r.o.Engine, r.Dir.Path())
	if err != nil {
		return ctx.Err() // whether one is needed was settled before
	}
	if !engine.AtLeast(foldsSince) {
		return exit.WithHint(fmt.Errorf("%s does not support import blocks with for_each, which folded objects need", engine),
			"use Terraform or OpenTofu 1.7 or newer, or import without --fold into another directory")
	}
	return nil
}

func isInstance(a graph.Address) bool { return a.Key != "" }

// fold gives the objects that are to be folded their addresses, and links anew if there are any.
func (r *linked) fold(ctx context.Context) error {
	r.unfold = map[graph.Target]bool{}
	if r.o.Fold {
		before := r.remembered()
		r.mayFold = func(res *graph.Resource) bool {
			was := before(res.Address.Type, res.ID)
			return was.IsZero() || r.o.Again.Rename && !r.around.pinned(was)
		}
	}
	err := r.refold(ctx)
	r.mayFold = nil // from now on folds only lose members
	return err
}

// refold brings the folds of the graph in line with its resources.
func (r *linked) refold(ctx context.Context) error {
	for r.mayFold != nil || slices.ContainsFunc(r.Graph.Resources, func(res *graph.Resource) bool { return isInstance(res.Address) }) {
		if err := r.readdress(ctx, fold.Gather(r.Graph, r.foldOptions())); err != nil {
			return err
		}
		folds, misfits := fold.Make(r.Graph)
		r.RenderOptions.Folds = folds
		if len(misfits) == 0 {
			return nil
		}
		for _, res := range misfits {
			r.unfold[graph.Target{Type: res.Address.Type, ID: res.ID}] = true
		}
	}
	r.RenderOptions.Folds = nil
	return nil
}

func (r *linked) foldOptions() fold.Options {
	o := fold.Options{New: r.mayFold, Not: r.unfold, Taken: map[graph.Address]bool{}, Locals: map[string]bool{"users": true, literalIDs: true}}
	for _, a := range r.reserved(r.Graph.Resources) {
		o.Taken[a.Block()] = true
	}
	for name := range r.around.Hand.Locals {
		o.Locals[name] = true
	}
	for _, a := range r.Dir.Addresses() {
		if isInstance(a) {
			o.Locals[fold.Local(a.Block())] = true
		}
	}
	return o
}

// readdress gives resources other addresses; those that get none are named anew.
func (r *linked) readdress(ctx context.Context, addresses map[*graph.Resource]graph.Address) error {
	changed := false
	next := make(map[graph.Target]graph.Address, len(r.Graph.Resources))
	for _, res := range r.Graph.Resources {
		a, decided := addresses[res]
		if !decided {
			a = res.Address
		}
		next[graph.Target{Type: res.Address.Type, ID: res.ID}] = a
		changed = changed || a != res.Address
	}
	if !changed {
		return nil
	}
	reserved := r.reserved(r.Graph.Resources)
	r.unlinked = graph.Label(r.unlinked, func(typ string, id graph.ID) graph.Address { return next[graph.Target{Type: typ, ID: id}] }, reserved)
	if err := r.Relink(); err != nil {
		return err
	}
	return r.findRemoved(ctx)
}

// holdBack leaves a fold alone of which this run has only a part: its block says what all members
// have in common, and so cannot be written for some of them.
func (r *linked) holdBack(resources []*graph.Resource) []*graph.Resource {
	here := map[graph.Target]bool{}
	for _, res := range resources {
		here[graph.Target{Type: res.Address.Type, ID: res.ID}] = true
	}
	lives := r.unlessForgotten()
	partial := map[graph.Address]bool{}
	for k, a := range r.Dir.Addresses() {
		if isInstance(a) && !here[k] && (lives[k] || !r.Complete(k.Type)) {
			partial[a.Block()] = true
		}
	}
	if len(partial) == 0 {
		return resources
	}
	kept := resources[:0:0]
	for _, res := range resources {
		if !isInstance(res.Address) || !partial[res.Address.Block()] {
			kept = append(kept, res)
			continue
		}
		r.held = append(r.held, graph.Target{Type: res.Address.Type, ID: res.ID})
		r.around.outside[graph.Target{Type: res.Address.Type, ID: res.ID}] = graph.Ref{Target: res.Address, Attr: "id"}
	}
	return kept
}

// unlessForgotten are the live objects that this run knows of and has no code for. With --forget they go.
func (r *gathered) unlessForgotten() map[graph.Target]bool {
	lives := map[graph.Target]bool{}
	for _, o := range r.Rejected() {
		lives[graph.Target{Type: o.Type, ID: o.ID}] = true
	}
	for k := range r.deselected() {
		lives[k] = !r.o.Again.Forget
	}
	return lives
}

// unfoldUnclean takes apart what the plan has something against: folds that are new as a whole, of
// those that were there before the members in question. It reports whether there were any, so that
// the rest is worth another plan.
func (r *staged) unfoldUnclean(ctx context.Context, v verify.Verdict, planErr error) (bool, error) {
	if len(r.RenderOptions.Folds) == 0 {
		return false, nil
	}
	against, general := objections(v, planErr)
	before := map[graph.Address]bool{}
	for _, a := range r.Dir.Addresses() {
		before[a.Block()] = before[a.Block()] || isInstance(a)
	}
	found := false
	for _, f := range r.RenderOptions.Folds {
		block := f.Template.Address
		members, why := f.Members, cmp.Or(against[block.String()], general)
		if before[block] && general == "" {
			members = slices.DeleteFunc(slices.Clone(members), func(m *graph.Resource) bool { return against[m.Address.String()] == "" })
		}
		if why == "" || len(members) == 0 {
			continue
		}
		found = true
		told := report.KeptCode{Address: block.String(), Reason: why}
		for _, m := range members {
			r.unfold[graph.Target{Type: m.Address.Type, ID: m.ID}] = true
			if len(members) == 1 {
				told.Address = m.Address.String()
			}
		}
		r.Report.Folds.Unfolded = append(r.Report.Folds.Unfolded, told)
	}
	if !found {
		return false, nil
	}
	for _, again := range []func() error{func() error { return r.refold(ctx) }, r.Render, r.Stage} {
		if err := again(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// objections are what a plan has against addresses, and against the code as a whole. What it has
// against one of several objects of a block it has against the block too.
func objections(v verify.Verdict, planErr error) (against map[string]string, general string) {
	against = map[string]string{}
	var crash *engines.CrashError
	var refused *engines.RefusedError
	if errors.As(planErr, &refused) && !errors.As(planErr, &crash) {
		return against, refused.Error()
	}
	if planErr != nil || v.Clean {
		return against, ""
	}
	tell := func(address, why string) {
		block, _, _ := strings.Cut(address, "[")
		for _, a := range []string{address, block} {
			against[a] = cmp.Or(against[a], why)
		}
	}
	for _, d := range v.Differences {
		tell(d.Address, "the plan changes "+strings.TrimSuffix(d.Address+" at "+d.Attribute(), " at "))
	}
	for _, d := range v.Errors {
		tell(d.Address, d.Summary)
	}
	for _, m := range v.Missing {
		tell(m.Address, m.Address+" is not in the plan")
	}
	for _, c := range v.Unexpected {
		tell(c.Address, c.Address+" is in the plan, but not in the code of this run")
	}
	return against, against[""]
}

// countFolds reports what is folded.
func (r *directory) countFolds() {
	for _, f := range r.RenderOptions.Folds {
		r.Report.Folds.Blocks++
		r.Report.Folds.Objects += len(f.Members)
	}
}
