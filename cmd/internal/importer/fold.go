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
func (r *Root) haveFolds(ctx context.Context) error {
	o := r.Job.Settings
	folded := slices.ContainsFunc(slices.Collect(maps.Values(r.Dir.Addresses())), isInstance)
	r.Layout.Folded = folded
	switch {
	case !o.Fold && !folded:
		return nil
	case o.Output == "json" && o.Fold:
		return exit.Usage(errors.New("--fold writes Terraform's own language, not --output json"), "leave out one of the two")
	case o.Output == "json":
		return exit.Usage(fmt.Errorf("%s contains folded objects, which --output json cannot write", r.Name), "leave out --output json")
	}
	engine, err := planning.FindEngine(ctx, r.Job.World, o.Engine, r.Dir.Path())
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

// mayFold says which resources may become part of a fold; nil if none may.
func (s Share) mayFold() func(*graph.Resource) bool {
	o := s.Live.Job.Settings
	if !o.Fold {
		return nil
	}
	before := s.Root.remembered()
	return func(res *graph.Resource) bool {
		was := before(res.Address.Type, res.ID)
		return was.IsZero() || o.Again.Rename && !s.Root.around.pinned(was)
	}
}

func (l Linked) foldOptions(mayFold func(*graph.Resource) bool) fold.Options {
	r := l.Share.Root
	o := fold.Options{New: mayFold, Not: l.unfold, Taken: map[graph.Address]bool{}, Locals: map[string]bool{"users": true, literalIDs: true}}
	for _, a := range r.reserved(l.Graph.Resources) {
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

// readdress gives resources other addresses, and links them again; those that get none are named anew.
func readdress(l Linked, addresses map[*graph.Resource]graph.Address) (Linked, error) {
	changed := false
	next := make(map[graph.Target]graph.Address, len(l.Graph.Resources))
	for _, res := range l.Graph.Resources {
		a, decided := addresses[res]
		if !decided {
			a = res.Address
		}
		next[res.Target()] = a
		changed = changed || a != res.Address
	}
	if !changed {
		return l, nil
	}
	remember := func(typ string, id graph.ID) graph.Address { return next[graph.Target{Type: typ, ID: id}] }
	l.Share.Resources = graph.Label(l.Share.Resources, remember, l.Share.Root.reserved(l.Graph.Resources))
	return linkOnce(l)
}

// unfolding finds what to take apart since the plan has something against it: folds that are new as a whole, of
// those that were there before the members in question. It returns the members, and why.
func unfolding(l Linked, v verify.Verdict, planErr error) (members []*graph.Resource, why []report.KeptCode) {
	if len(l.folds) == 0 {
		return nil, nil
	}
	against, general := objections(v, planErr)
	before := map[graph.Address]bool{}
	for _, a := range l.Share.Root.Dir.Addresses() {
		before[a.Block()] = before[a.Block()] || isInstance(a)
	}
	for _, f := range l.folds {
		block := f.Template.Address
		out, reason := f.Members, cmp.Or(against[block.String()], general)
		if before[block] && general == "" {
			out = slices.DeleteFunc(slices.Clone(out), func(m *graph.Resource) bool { return against[m.Address.String()] == "" })
		}
		if reason == "" || len(out) == 0 {
			continue
		}
		kept := report.KeptCode{Address: block.String(), Reason: reason}
		if len(out) == 1 {
			kept.Address = out[0].Address.String()
		}
		members, why = append(members, out...), append(why, kept)
	}
	return members, why
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
