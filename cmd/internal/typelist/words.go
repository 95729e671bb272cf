package typelist

import (
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// Words are the words that --resources takes, sorted.
func Words() []string {
	words := map[string]bool{}
	for word := range selection.Families() {
		words[word] = true
	}
	for _, t := range catalogue.Types() {
		if !t.IsTask() {
			words[t.Short()] = true
		}
	}
	return slices.Sorted(maps.Keys(words))
}
