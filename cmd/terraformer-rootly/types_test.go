package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// typeTable lists the types of the catalogue by the word that they begin with, as Markdown.
func typeTable(types []*catalogue.Type) string {
	const tasks, alone = "workflow_task", "one of a kind"
	families := map[string][]string{}
	optional := 0
	for _, t := range types {
		name := strings.TrimPrefix(t.Name, "rootly_")
		family, _, _ := strings.Cut(name, "_")
		switch {
		case strings.HasPrefix(name, tasks+"_"):
			family = tasks
		case family == "alerts":
			family = "alert"
		}
		if t.Optional != "" {
			name += " *"
			optional++
		}
		families[family] = append(families[family], name)
	}
	for family, names := range families {
		if len(names) == 1 {
			families[alone] = append(families[alone], names...)
			delete(families, family)
		}
	}

	var out strings.Builder
	fmt.Fprintf(&out, "| %d types | | `rootly_…` |\n|---|--:|---|\n", len(types))
	for _, family := range slices.Sorted(maps.Keys(families)) {
		names := families[family]
		slices.Sort(names)
		list := strings.Join(names, ", ")
		if family == tasks {
			list = fmt.Sprintf("%s, %s and all others", names[0], names[1])
		}
		fmt.Fprintf(&out, "| %s | %d | %s |\n", title(family, names), len(names), list)
	}
	fmt.Fprintf(&out, "\n\\* only when asked for by name: %d types\n", optional)
	return out.String()
}

// title names a family by the words that all its names begin with.
func title(family string, names []string) string {
	words := strings.Split(names[0], "_")
	for _, name := range names {
		n := 0
		for i, word := range strings.Split(name, "_") {
			if i < len(words) && words[i] == word && n == i {
				n++
			}
		}
		words = words[:n]
	}
	if len(words) == 0 {
		return strings.ReplaceAll(family, "_", " ")
	}
	return strings.Join(words, " ")
}
