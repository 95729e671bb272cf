package importer

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// This file is about moved and removed blocks: addresses of objects that got another one, and of objects that are to be
// forgotten.

// findRemoved finds for the generator which addresses were moved or removed.
func findRemoved(l Linked) (Linked, error) {
	r := l.Share.Root
	now, current := make(map[graph.Target]graph.Address, len(l.Graph.Resources)), map[graph.Address]bool{}
	for _, res := range l.Graph.Resources {
		now[res.Target()], current[res.Address], current[res.Address.Block()] = res.Address, true, true
	}
	l.moved, l.form = r.moves(now, current), generator.WithLifecycle

	// What is forgotten leaves the state too, where it is in it.
	l, list := forget(l, now)
	for _, a := range r.before.removed {
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	_, held := r.around.heldAddresses()
	list = slices.DeleteFunc(list, func(a graph.Address) bool { return current[a] || r.around.Known && !held[a] })
	var err error
	if l.forgotten, err = wholeBlocks(list, current); err == nil && len(list) > 0 {
		l.form, err = r.removedForm()
	}
	return l, err
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
func (r *Root) moves(now map[graph.Target]graph.Address, current map[graph.Address]bool) []generator.Move {
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
	for _, m := range r.before.moved {
		if !r.around.Known || len(r.around.Held) == 0 || held[m[0]] {
			add(m[0], m[1])
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].From.String() < list[j].From.String() })
	return list
}

// forget finds the addresses of objects that were in earlier code and are merely not selected.
func forget(l Linked, now map[graph.Target]graph.Address) (Linked, []graph.Address) {
	r := l.Share.Root
	l.forget, l.keptFor = map[graph.Target]bool{}, nil
	known, hand := r.Dir.Addresses(), &r.around.Hand
	var list []graph.Address
	for key := range l.Share.Neighbours.Moved { // the state has to forget it; what people edited stays
		if a := known[key]; !hand.Changed[a] {
			l.forget[key] = true
			list = append(list, a)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].String() < list[j].String() })
	if !r.Job.Settings.Again.Forget {
		return l, list
	}
	selected := map[string]bool{}
	for _, t := range r.Job.types {
		selected[t.Name] = true
	}
	dropped := l.Share.deselected()
	for k, a := range known {
		_, here := now[k]
		if here || l.forget[k] || selected[k.Type] && !dropped[k] || hand.Changed[a] {
			continue
		}
		if where, mentioned := hand.Mentioned[a.Block()]; mentioned { // and would lead nowhere
			l.keptFor = append(l.keptFor, where)
			continue
		}
		l.forget[k] = true
		list = append(list, a)
	}
	return l, list
}

// removedForm is the form of removed blocks that the engine reads. Without an engine it is that of Terraform.
func (j *Job) removedForm(ctx context.Context, dir string) (generator.RemovedForm, error) {
	engine, err := planning.FindEngine(ctx, j.World, j.Settings.Proof.Engine, dir)
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
