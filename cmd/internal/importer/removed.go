package importer

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/fold"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// This file is about moved and removed blocks: addresses of objects that got another one, and of objects that are to be
// forgotten.

// Label gives the resources addresses that no two of some runs have, and returns those that the ignore file does not
// name. With --rename-addresses those whose names changed get new ones, unless code by hand depends on the old.
func (r *Run) Label(of ...*Run) []*graph.Resource {
	for _, res := range r.decoded.Resources {
		res.Title = secret.Mask(res.Title) // before it becomes a label
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
	for _, p := range of {
		memories = append(memories, p.remembered())
		reserved = append(reserved, p.reserved(resources)...)
		maps.Copy(r.around.Hand.Declared, p.around.Hand.Declared)
		maps.Copy(r.around.Hand.Mentioned, p.around.Hand.Mentioned)
	}
	if r.o.Again.Rename {
		remember = r.forgetStale(resources, remember, reserved)
	}
	return r.around.withoutIgnored(graph.Label(resources, remember, reserved))
}

// forgetStale remembers only the labels that still say what an object is called.
func (r *directory) forgetStale(resources []*graph.Resource, remember func(string, graph.ID) graph.Address, reserved []graph.Address) func(string, graph.ID) graph.Address {
	renamed := graph.Label(resources, nil, reserved)
	fresh := map[graph.Address]bool{}
	for _, res := range renamed {
		fresh[res.Address] = true
	}
	stale := map[graph.Target]graph.Address{}
	labels := map[graph.ID]string{}
	for _, res := range renamed {
		labels[res.ID] = res.Address.Name
		was := remember(res.Address.Type, res.ID)
		if was.IsZero() || r.around.pinned(was) || was.Key == "" && sameLabel(was.Name, res.Address, fresh) {
			continue
		}
		now := graph.Address{}
		if was.Key != "" { // it stays in its fold
			now = was
			now.Key = fold.Key(res.Address.Name, labels[res.Parent])
			if unnumbered(was.Key) == unnumbered(now.Key) {
				continue
			}
		}
		stale[graph.Target{Type: res.Address.Type, ID: res.ID}] = now
	}
	return func(typ string, id graph.ID) graph.Address {
		if now, ok := stale[graph.Target{Type: typ, ID: id}]; ok {
			return now
		}
		return remember(typ, id)
	}
}

// pinned reports whether code by hand depends on an address.
func (s *surroundings) pinned(a graph.Address) bool {
	_, declared := s.Hand.Declared[a]
	_, mentioned := s.Hand.Mentioned[a.Block()]
	return declared || mentioned
}

// sameLabel reports whether two labels differ at most in the number that keeps objects of one name
// apart.
func sameLabel(was string, now graph.Address, fresh map[graph.Address]bool) bool {
	if was == now.Name {
		return true
	}
	stem := unnumbered(now.Name)
	return unnumbered(was) == stem && fresh[graph.Address{Type: now.Type, Name: stem}]
}

func unnumbered(label string) string {
	at := strings.LastIndexByte(label, '_')
	if at < 0 || strings.Trim(label[at+1:], "0123456789") != "" {
		return label
	}
	return label[:at]
}

// findRemoved finds for the generator which addresses were moved or removed.
func (r *linked) findRemoved(ctx context.Context) error {
	current := map[graph.Address]bool{}
	now := map[graph.Target]graph.Address{}
	for _, res := range r.Graph.Resources {
		current[res.Address], current[res.Address.Block()] = true, true
		now[graph.Target{Type: res.Address.Type, ID: res.ID}] = res.Address
	}
	moved, removed, err := r.Dir.Removed()
	if err != nil {
		return err
	}
	r.RenderOptions.Moved = r.moves(now, current, moved)

	// What is forgotten leaves the state too, where it is in it.
	list := r.forgotten(now)
	for _, a := range removed {
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	_, held := r.around.heldAddresses()
	list = slices.DeleteFunc(list, func(a graph.Address) bool { return current[a] || r.around.Known && !held[a] })
	if list, err = wholeBlocks(list, current); err != nil {
		return err
	}
	r.RenderOptions.Forgotten = list
	if len(list) == 0 {
		return nil
	}
	r.RenderOptions.Removed, err = r.removedForm(ctx)
	return err
}

// wholeBlocks puts the blocks of folds in the place of their members, sorted: a removed block takes
// all of them or none.
func wholeBlocks(list []graph.Address, current map[graph.Address]bool) ([]graph.Address, error) {
	blocks := map[graph.Address]bool{}
	for _, a := range list {
		if isInstance(a) && current[a.Block()] {
			return nil, exit.WithHint(fmt.Errorf("--forget cannot remove %s from the state: other objects of its folded block stay", a),
				fmt.Sprintf("run terraform state rm '%s', then run the command again", a))
		}
		blocks[a.Block()] = true
	}
	return slices.SortedFunc(maps.Keys(blocks), func(a, b graph.Address) int { return strings.Compare(a.String(), b.String()) }), nil
}

// moves are those of this run, and those of earlier ones that the state has not seen yet.
func (r *directory) moves(now map[graph.Target]graph.Address, current map[graph.Address]bool, earlier [][2]graph.Address) []generator.Move {
	at, held := r.around.heldAddresses()
	seen := map[generator.Move]bool{}
	var list []generator.Move
	add := func(from, to graph.Address) {
		m := generator.Move{From: from, To: to}
		if from != to && !current[from] && !seen[m] && !seen[generator.Move{From: to, To: from}] {
			seen[m] = true
			list = append(list, m)
		}
	}
	for k, was := range r.Dir.Addresses() {
		if to, here := now[k]; here {
			add(was, to)
		}
	}
	for k, was := range at {
		if to, here := now[k]; here {
			add(was, to)
		}
	}
	for _, m := range earlier {
		if !r.around.Known || len(r.around.Held) == 0 || held[m[0]] {
			add(m[0], m[1])
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].From.String() < list[j].From.String() })
	return list
}

// heldAddresses are the addresses in the state, but for modules and what is counted.
func (s *surroundings) heldAddresses() (of map[graph.Target]graph.Address, held map[graph.Address]bool) {
	of, held = map[graph.Target]graph.Address{}, map[graph.Address]bool{}
	for _, h := range s.Held {
		if a, own := h.Instance(); own {
			of[graph.Target{Type: h.Address.Type, ID: h.ID}] = a
			held[a], held[a.Block()] = true, true
		}
	}
	return of, held
}

// forgotten lists the addresses of objects that were in earlier code and are merely not selected.
func (r *linked) forgotten(now map[graph.Target]graph.Address) []graph.Address {
	r.forget, r.keptFor = map[graph.Target]bool{}, nil
	list := r.parted()
	if !r.o.Again.Forget {
		return list
	}
	selected := map[string]bool{}
	for _, t := range r.types {
		selected[t.Name] = true
	}
	dropped := r.deselected()
	for k, a := range r.Dir.Addresses() {
		_, here := now[k]
		if here || r.forget[k] || selected[k.Type] && !dropped[k] || r.around.Hand.Changed[a] {
			continue
		}
		if where, mentioned := r.around.Hand.Mentioned[a.Block()]; mentioned { // and would lead nowhere
			r.keptFor = append(r.keptFor, where)
			continue
		}
		r.forget[k] = true
		list = append(list, a)
	}
	return list
}

// parted lists the addresses of objects that are in another part now, and takes them for forgotten: the state of
// this one has to forget them. What people edited stays.
func (r *linked) parted() []graph.Address {
	var list []graph.Address
	known := r.Dir.Addresses()
	for key := range r.neighbours.Moved() {
		if a := known[key]; !r.around.Hand.Changed[a] {
			r.forget[key] = true
			list = append(list, a)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].String() < list[j].String() })
	return list
}

// deselected are the objects that were listed, and left out by a filter or the ignore file.
func (r *fetched) deselected() map[graph.Target]bool {
	out := map[graph.Target]bool{}
	for _, o := range r.filtered {
		out[graph.Target{Type: o.Type.Name, ID: o.ID}] = true
	}
	for _, t := range r.around.ignored {
		out[t] = true
	}
	return out
}

// removedForm is the form of removed blocks that the engine reads. Without an engine it is that of Terraform.
func (r *job) removedForm(ctx context.Context) (generator.RemovedForm, error) {
	engine, err := planning.FindEngine(ctx, r.W, r.o.Proof.Engine, r.o.Dir)
	if err != nil {
		return generator.WithLifecycle, ctx.Err()
	}
	switch {
	case !engine.AtLeast("1.7.0"):
		return 0, exit.WithHint(fmt.Errorf("%s does not support removed blocks, so no object can be removed from the state", engine),
			"use Terraform or OpenTofu 1.7 or newer, or "+engine.Name+" state rm by hand")
	case engine.Name == "tofu" && !engine.AtLeast("1.10.0"):
		return generator.Bare, nil
	}
	return generator.WithLifecycle, nil
}

// expectOthers adds what others write to what the plan has to account for.
func (r *staged) expectOthers(e *verify.Expect) {
	s := r.around
	for _, o := range s.aside {
		k := graph.Target{Type: o.Type.Name, ID: o.ID}
		if r.broken(s.outside[k].Target.String()) || r.broken(s.hidden[k]) {
			continue
		}
		e.Listed = append(e.Listed, verify.Object{Type: o.Type.Name, ID: string(o.ID)})
	}
	for k := range r.forget {
		e.Forget = append(e.Forget, verify.Object{Type: k.Type, ID: string(k.ID)})
	}
	for _, a := range r.RenderOptions.Forgotten {
		for _, h := range s.Held {
			if h.Module == "" && h.Address == a {
				e.Forget = append(e.Forget, verify.Object{Type: a.Type, ID: string(h.ID)})
			}
		}
	}
	e.Edited = map[string]bool{}
	for a, file := range s.Hand.Declared {
		if s.Hand.Files[file] {
			e.Edited[a.String()] = true
		}
	}
	e.Before, e.Outputs = s.before, s.ByHand()
}

// planBefore plans the directory as it is, once, since what code by hand would change already is no
// difference of this run. It reports whether there is anything new to judge by.
func (r *staged) planBefore(ctx context.Context, t connect.Target, stateFile string) (bool, error) {
	s := r.around
	if s.planned || !s.ByHand() {
		return false, nil
	}
	s.planned = true
	states, err := r.neighbours.States()
	if err != nil {
		return false, err
	}
	o := planning.Options{
		StateFile: stateFile, States: states, Veil: r.veil,
		Identify: r.identified, Always: r.o.Proof.Replays(), Configurations: s.providers.answered,
	}
	if len(s.providers.others) > 0 {
		o.Targets = append(r.otherTargets(false), nowhere)
	}
	result, err := r.o.Proof.Plan(ctx, r.W, r.Dir.Path(), t, o)
	if err != nil {
		return false, ctx.Err() // a directory that could not be planned before accepts nothing
	}
	ours := map[string]bool{}
	for _, res := range r.Graph.Resources {
		ours[res.Address.String()] = true
	}
	for _, c := range r.Changes.Carried {
		ours[c.Address.String()] = true
	}
	for _, c := range result.Changes {
		if c.Action != plans.NoOp && !ours[c.Address] {
			s.before = append(s.before, c)
		}
	}
	return len(s.before) > 0, nil
}
