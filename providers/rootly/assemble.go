package rootly

import (
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// assemble keeps the selected objects, each once, and records which listings are complete.
func (f *fetcher) assemble(all []*Object) *Live {
	live := &Live{Skipped: f.skipped, Complete: map[string]bool{}}
	type identity struct {
		api string
		id  graph.ID
	}
	seen := make(map[identity]bool, len(all))
	for _, obj := range all {
		me := identity{obj.Node.Type, obj.ID}
		if seen[me] {
			continue
		}
		seen[me] = true
		switch {
		case obj.Type == nil && !parentOnly(obj):
			live.Unknown = append(live.Unknown, unknown(obj))
		case obj.Type != nil && f.selected[obj.Type.Name]:
			live.Objects = append(live.Objects, obj)
		}
	}
	for name := range f.selected {
		live.Complete[name] = !f.incomplete[name]
	}
	sort.Slice(live.Skipped, func(i, j int) bool { return live.Skipped[i].less(live.Skipped[j]) })
	return live
}

func (s Skipped) less(o Skipped) bool {
	if s.Type != o.Type {
		return s.Type < o.Type
	}
	return s.Parent < o.Parent
}

// unknown describes an object of a shared collection whose kind belongs to no resource type.
func unknown(obj *Object) Rejected {
	kind := ""
	for _, row := range catalogue.Types() {
		if row.API == obj.Node.Type && kind == "" {
			kind = kindOf(row, obj.Node.Attributes)
		}
	}
	return Rejected{Type: obj.Node.Type, ID: obj.ID, Title: obj.Title(), Reason: "the provider has no resource type for kind \"" + kind + "\""}
}

func object(attrs map[string]any, name string) map[string]any {
	m, _ := attrs[name].(map[string]any)
	return m
}

// parentOnly reports whether an object was listed only for its children, as incidents are.
func parentOnly(obj *Object) bool {
	for _, row := range catalogue.Types() {
		if row.API == obj.Node.Type {
			return false
		}
	}
	return true
}
