package graph

import (
	"slices"
	"strings"
)

// A Target is an object as others know it, whatever its address: what a resource points at, what a state or a
// directory holds.
type Target struct {
	Type string
	ID   ID
}

// Missing lists the objects that declared paths point at and that are not among the resources,
// with every type that they may have, in the order in which they are met.
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

// once drops what was met before.
func once(targets []Target) []Target {
	seen := make(map[Target]bool, len(targets))
	return slices.DeleteFunc(targets, func(t Target) bool {
		known := seen[t]
		seen[t] = true
		return known
	})
}

// absent returns what a value may mean, unless one of the meanings is there.
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
