package state

import (
	"fmt"
	"sort"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// composing puts kept code into the files of a run.
type composing struct{ *carrying }

// compose puts the kept code into the files of the run, and reports what was kept.
func (k *composing) compose() (kept map[string]bool, err error) {
	if err := k.settle(); err != nil {
		return nil, err
	}
	if err := k.mergeLocals(); err != nil {
		return nil, err
	}
	kept = map[string]bool{}
	where := map[graph.Address]string{}
	for _, name := range sortedNames(k.old.files) {
		items := k.chosen(name)
		if len(items) == 0 {
			continue
		}
		f, fresh := k.changes.files[name]
		switch {
		case fresh:
			f.Content = k.next.files[name].Weave(k.old.files[name], items, k.editsOf(name))
		case k.whole(name, items):
			f = File{Name: name, Content: k.old.files[name].Text, Secret: k.directory.manifest.secret[name]}
			kept[name] = true
		default:
			f = File{Name: name, Secret: k.directory.manifest.secret[name]}
			f.Content = k.old.files[name].Cut(items, k.editsOf(name))
		}
		if !kept[name] && strings.HasSuffix(name, ".tfvars") {
			f.Content = code.Align(f.Content)
		}
		if err := newSources().add(name, f.Content); err != nil && !kept[name] {
			return nil, fmt.Errorf("combine the files of two runs: %s: %w", name, err)
		}
		k.changes.files[name] = k.listed(f, items, where)
	}
	k.report(where)
	return kept, nil
}

// settle keeps the earlier code of objects that this run has too, if the only difference is that this run writes ids
// for objects it does not have: those objects stay, and so do the references to them.
func (k *composing) settle() error {
	for _, name := range sortedNames(k.next.files) {
		next := k.next.files[name]
		borrowed := map[int]code.Borrowed{}
		for i, it := range next.Items {
			if b, ok := k.earlierForm(next, i, it); ok {
				borrowed[i] = b
			}
		}
		if len(borrowed) == 0 {
			continue
		}
		if err := k.rewrite(name, next.Borrow(borrowed)); err != nil {
			return err
		}
	}
	return nil
}

// earlierForm returns the earlier code of an object if it means the same as the new one.
func (k *composing) earlierForm(next code.Source, i int, it code.Item) (code.Borrowed, bool) {
	places := k.old.declared[it.Same()]
	if it.Kind == "locals" && len(it.Args) == 1 { // the map of a fold
		if p, ok := k.old.locals[it.Args[0].Name]; ok && len(k.old.item(p).Args) == 1 {
			places = []place{p}
		}
	}
	if it.Kind != "resource" && it.Kind != "locals" || len(places) != 1 {
		return code.Borrowed{}, false
	}
	old := k.old.files[places[0].file]
	mentions := false
	stays := func(r code.Ref) string {
		a, n := k.addressIn(r)
		carried, ok := k.stay[a]
		if !ok || len(r.Parts) != n+1 || r.Parts[n] != "id" || k.run.Aside[carried.Key()] {
			return ""
		}
		mentions = true
		return string(carried.ID)
	}
	same := old.Like(next) && old.Resolved(places[0].item, stays) == next.Resolved(i, stays)
	return code.Borrowed{From: old, Item: places[0].item}, same && mentions
}

// rewrite changes the content of a file of this run.
func (k *composing) rewrite(name string, text []byte) error {
	changed := newSources()
	if err := changed.add(name, text); err != nil {
		return fmt.Errorf("combine the files of two runs: %s: %w", name, err)
	}
	k.next.files[name] = changed.files[name]
	f := k.changes.files[name]
	f.Content = text
	k.changes.files[name] = f
	return nil
}

// chosen returns the items of an earlier file that stay. If this run does not write the file, items that belong to no
// object stay too.
func (k *composing) chosen(name string) map[int]bool {
	out := map[int]bool{}
	for i := range k.old.files[name].Items {
		if k.keep[place{name, i}] {
			out[i] = true
		}
	}
	if _, fresh := k.changes.files[name]; fresh || len(out) == 0 {
		return out
	}
	edited := digestOf(k.old.files[name].Text) != k.directory.manifest.files[name]
	for i, it := range k.old.files[name].Items {
		if k.unowned(it, edited) {
			out[i] = true
		}
	}
	return out
}

// unowned reports whether an item belongs to no object and nothing else replaces it.
func (k *composing) unowned(it code.Item, edited bool) bool {
	switch it.Kind {
	case "//":
		return true
	case "terraform":
		return !k.hasTerraform()
	case "provider":
		return !k.next.declares(it.Same())
	}
	return edited && !k.ours(it) && !k.next.declares(it.Same())
}

// ours reports whether an item belongs to an object of an earlier run.
func (k *composing) ours(it code.Item) bool {
	a, ok := addressOf(it)
	if !ok {
		a, _ = targetOf(it, "to")
	}
	for known := range k.renamed {
		if known.Block() == a.Block() {
			return true
		}
	}
	return false
}

func (k *composing) hasTerraform() bool {
	for _, s := range k.next.files {
		for _, it := range s.Items {
			if it.Kind == "terraform" {
				return true
			}
		}
	}
	return false
}

// whole reports whether a file needs no change at all.
func (k *composing) whole(name string, items map[int]bool) bool {
	return len(items) == len(k.old.files[name].Items) && len(k.editsOf(name)) == 0
}

// editsOf returns the edits in the items of a file, including those that remove from locals blocks what this run
// declares itself.
func (k *composing) editsOf(name string) map[int][]code.Edit {
	out := map[int][]code.Edit{}
	s := k.old.files[name]
	for i, it := range s.Items {
		p := place{name, i}
		if !k.keep[p] {
			continue
		}
		edits := append(k.withoutGone(s, it), k.edits[p]...)
		for _, a := range it.Args {
			if _, fresh := k.next.locals[a.Name]; fresh && it.Kind == "locals" {
				edits = append(edits, code.Edit{Start: a.Head, End: a.End})
			}
		}
		if len(edits) > 0 {
			out[i] = edits
		}
	}
	return out
}

// withoutGone removes deleted objects from the maps of a fold that stays.
func (k *composing) withoutGone(s code.Source, it code.Item) []code.Edit {
	var edits []code.Edit
	for block := range k.blocks {
		if len(k.changes.Gone) == 0 || !k.isFold(block) {
			continue
		}
		gone := map[string]bool{}
		for _, o := range k.changes.Gone {
			gone[o.Address.Key] = gone[o.Address.Key] || o.Address.Block() == block
		}
		if a, ok := targetOf(it, "to"); ok && it.Kind == "import" && a == block {
			edits = append(edits, s.WithoutEntries(it, "for_each", gone)...)
		}
		if it.Kind == "locals" {
			edits = append(edits, s.WithoutEntries(it, k.mapOf(block), gone)...)
		}
	}
	return edits
}

// mapOf returns the name of the local value in a block's for_each; empty if there is none.
func (k *composing) mapOf(block graph.Address) string {
	for _, p := range k.old.declared["resource."+block.String()] {
		it := k.old.item(p)
		a, _ := it.Arg("for_each")
		for _, r := range it.Refs {
			if r.Start == a.Start && len(r.Parts) == 2 && r.Parts[0] == "local" {
				return r.Parts[1]
			}
		}
	}
	return ""
}

// isFold reports whether a block that stays makes several objects.
func (k *composing) isFold(block graph.Address) bool { return k.blocks[block][0].Key != "" }

// listed records for a file which objects the kept items add to it.
func (k *composing) listed(f File, items map[int]bool, where map[graph.Address]string) File {
	f.Addresses = append([]graph.Address(nil), f.Addresses...)
	f.Imports = append([]graph.Address(nil), f.Imports...)
	for i, it := range k.old.files[f.Name].Items {
		if !items[i] {
			continue
		}
		if a, ok := addressOf(it); ok {
			for _, a := range k.instances(a) {
				f.Addresses = append(f.Addresses, a)
				where[a] = f.Name
			}
		}
		if a, ok := targetOf(it, "to"); ok && it.Kind == "import" {
			f.Imports = append(f.Imports, k.instances(a)...)
		}
	}
	return f
}

// instances are the objects of a block: one, or the members of a fold that stay.
func (k *composing) instances(block graph.Address) []graph.Address {
	if list := k.blocks[block]; len(list) > 0 {
		return list
	}
	return []graph.Address{block}
}

// mergeLocals adds to the maps of this run the entries that kept code refers to.
func (k *composing) mergeLocals() error {
	for _, name := range sortedNames(k.keys) {
		to, fresh := k.next.locals[name]
		from, earlier := k.old.locals[name]
		if !fresh || !earlier {
			continue
		}
		text, err := k.next.files[to.file].AddEntries(to.item, name, k.old.files[from.file], from.item, k.keys[name])
		if err != nil {
			return &Refusal{Path: k.directory.file(from.file), Problem: "contains entries of local." + name + " that must stay",
				cause: err, advice: "write local." + name + " as a plain map"}
		}
		if err := k.rewrite(to.file, text); err != nil {
			return err
		}
	}
	return nil
}

// report lists the code that was kept. A person may also have moved the code of an object to a file of their own, or
// removed it.
func (k *composing) report(where map[graph.Address]string) {
	for a, carried := range k.stay {
		places := k.foreign.declared["resource."+a.Block().String()]
		switch {
		case where[a] != "":
			carried.File = where[a]
		case len(places) > 0:
			carried.File = places[0].file
		default:
			k.changes.Missing = append(k.changes.Missing, carried.Object)
			continue
		}
		carried.Notes = k.notes[a.Block()]
		k.changes.Carried = append(k.changes.Carried, carried)
	}
	k.changes.Missing = sortedObjects(k.changes.Missing)
	sort.Slice(k.changes.Carried, func(i, j int) bool {
		return k.changes.Carried[i].Address.String() < k.changes.Carried[j].Address.String()
	})
}

func sortedObjects(objects []Object) []Object {
	sort.Slice(objects, func(i, j int) bool {
		return objects[i].Address.String() < objects[j].Address.String()
	})
	return objects
}
