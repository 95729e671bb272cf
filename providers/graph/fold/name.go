package fold

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// block returns the address for a new fold, and reserves it. Others are resources of the same type and owner.
func (f *folding) block(members, others []*graph.Resource) graph.Address {
	first := members[0]
	stem := f.owner(first)
	word := f.content(members, others)
	switch {
	case stem == "" && word == "":
		stem = foldName
	case stem == "":
		stem = word
	case word != "" && f.blocks[graph.Address{Type: first.Address.Type, Name: stem}]:
		stem += "_" + word
	}
	for n := 1; ; n++ {
		a := graph.Address{Type: first.Address.Type, Name: stem}
		if n > 1 {
			a.Name += "_" + strconv.Itoa(n)
		}
		local := Local(a)
		if f.blocks[a] || f.o.Taken[a] || f.o.Locals[local] {
			continue
		}
		f.blocks[a] = true
		if f.o.Locals == nil {
			f.o.Locals = map[string]bool{}
		}
		f.o.Locals[local] = true
		return a
	}
}

// content is a word for what all members share with as few others as possible: the text of an attribute, or the label
// of a referenced resource. It is empty if nothing distinguishes them from the others.
func (f *folding) content(members, others []*graph.Resource) string {
	first, best, fewest := f.form(members[0]), "", len(others)
	for _, path := range slices.Sorted(maps.Keys(first.leaves)) {
		l := first.leaves[path]
		has := func(r *graph.Resource) bool { return f.form(r).leaf(path).same == l.same }
		word := l.word()
		if word == "" || slices.ContainsFunc(members, func(r *graph.Resource) bool { return !has(r) }) {
			continue
		}
		n := 0
		for _, r := range others {
			if has(r) {
				n++
			}
		}
		if n < fewest {
			best, fewest = word, n
		}
	}
	return best
}

// longestWord limits a word in the name of a fold.
const longestWord = 30

// word is the value of a leaf in a form for names; empty if it is not usable.
func (l leaf) word() string {
	text := ""
	switch {
	case len(l.exprs) == 1 && len(l.exprs[0].Path) == 0:
		if ref, ok := l.exprs[0].Expr.(graph.Ref); ok {
			text = ref.Target.Label()
		}
	case len(l.exprs) == 0 && l.short && l.value.Type() == cty.String && !l.value.IsNull():
		text = l.value.AsString()
	}
	word := graph.Word(text)
	if len(word) > longestWord || word == "" || word[0] <= '9' {
		return ""
	}
	return word
}

// owner is the label of the resource that owns another one, if it is in the graph.
func (f *folding) owner(r *graph.Resource) string {
	if r.Parent == "" {
		return ""
	}
	if f.owners == nil {
		f.owners = make(map[graph.ID]string, len(f.g.Resources))
		for _, p := range f.g.Resources {
			f.owners[p.ID] = p.Address.Label()
		}
	}
	return f.owners[r.Parent]
}

// keyed is the address of a resource in a fold. The key is the resource's own label without its owner's.
func (f *folding) keyed(r *graph.Resource, block graph.Address, keys map[string]bool) graph.Address {
	stem := Key(r.Address.Name, f.owner(r))
	key := stem
	for n := 2; keys[key]; n++ {
		key = stem + "_" + strconv.Itoa(n)
	}
	keys[key] = true
	return graph.Address{Type: block.Type, Name: block.Name, Key: key}
}

// Key is the key of a resource in a fold, by its own label and that of its owner.
func Key(label, owner string) string {
	if short, ok := strings.CutPrefix(label, owner+"_"); ok && short != "" {
		return short
	}
	return label
}

// foldName is the name of a block whose members have no owner.
const foldName = "these"

// Local is the name of a fold's map, derived from the address of its block.
func Local(block graph.Address) string {
	_, short, _ := strings.Cut(block.Type, "_")
	if task, ok := strings.CutPrefix(short, "workflow_task_"); ok {
		short = task + "_task"
	}
	word := plural(short)
	if rest, ok := strings.CutPrefix(block.Name, foldName); ok && strings.Trim(rest, "_0123456789") == "" {
		return word + rest
	}
	return block.Name + "_" + word
}

func plural(word string) string {
	n := len(word)
	switch {
	case strings.HasSuffix(word, "s") || strings.HasSuffix(word, "x") || strings.HasSuffix(word, "ch") || strings.HasSuffix(word, "sh"):
		return word + "es"
	case n > 1 && word[n-1] == 'y' && !strings.ContainsRune("aeiou", rune(word[n-2])):
		return word[:n-1] + "ies"
	}
	return word + "s"
}
