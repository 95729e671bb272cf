package oldcommands

import (
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// withOwned adds to words of the old tool the types that their objects own.
func withOwned(words []string) ([]string, error) {
	out := []string{}
	add := func(word string) {
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	for _, word := range words {
		names, err := selection.Resolve(word)
		if err != nil {
			return nil, err
		}
		add(strings.TrimSpace(word))
		for _, t := range owned(names) {
			if t.IsTask() {
				add("workflow_task")
			} else {
				add(t.Short())
			}
		}
	}
	return out, nil
}

// owned lists the types below others that are imported by default.
func owned(names []string) []*catalogue.Type {
	var below []*catalogue.Type
	known := slices.Clone(names)
	for grown := true; grown; {
		grown = false
		for _, t := range catalogue.Types() {
			mine := slices.ContainsFunc(t.Parents, func(p string) bool { return slices.Contains(known, p) })
			if mine && t.Optional == "" && !slices.Contains(known, t.Name) {
				known, below, grown = append(known, t.Name), append(below, t), true
			}
		}
	}
	return below
}
