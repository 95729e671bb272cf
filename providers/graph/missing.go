package graph

import (
	"slices"
	"strings"
)

// A Target identifies an object whatever its address: in references, in a state or in a directory.
type Target struct {
	Type string
	ID   ID
}

// Missing lists the objects that declared paths refer to and that are not among the resources, with every possible
// type, in the order in which they occur.
func Missing(resources []*Resource, rules func(resourceType string) []Rule) []Target {
	have := make(map[Target]bool, len(resources))
	for _, r := range resources {
		have[Target{r.Address.Type, r.ID}] = true
		if r.Slug != "" {
			have[Target{r.Address.Type, ID(r.Slug)}] = true
		}
	}
	l := &linker{}
	var missing []Target
	for _, r := range resources {
		for _, rule := range rules(r.Address.Type) {
			if rule.Attr != "" {
				continue
			}
			for _, h := range hits(r.Config, strings.Split(rule.Path, "."), nil) {
				missing = append(missing, l.absent(r, rule, h, have)...)
			}
		}
	}
	return once(missing)
}

// once removes repeated entries.
func once(targets []Target) []Target {
	seen := make(map[Target]bool, len(targets))
	return slices.DeleteFunc(targets, func(t Target) bool {
		known := seen[t]
		seen[t] = true
		return known
	})
}

// absent returns the objects that a value may mean, unless one of them exists.
func (l *linker) absent(r *Resource, rule Rule, h hit, have map[Target]bool) []Target {
	id := idText(h.value)
	if id == "" {
		return nil
	}
	var all []Target
	for _, typ := range l.targets(r, rule, h) {
		t := Target{typ, ID(id)}
		if have[t] {
			return nil
		}
		if typ != UserType {
			all = append(all, t)
		}
	}
	return all
}
