package rootly

import "github.com/terraformer-rootly/terraformer-rootly/providers/graph"

// IDs finds live objects by the names that a state or an import block may use: the provider accepts a slug as an id,
// and keeps it. The zero value knows none.
type IDs struct {
	ids   map[graph.Target]bool
	slugs map[graph.Target]graph.ID // empty if several objects of a type share a slug
}

// Add adds objects. Their answers from the API must not be released yet.
func (i *IDs) Add(objects []*Object) {
	if i.ids == nil {
		i.ids, i.slugs = map[graph.Target]bool{}, map[graph.Target]graph.ID{}
	}
	for _, o := range objects {
		i.ids[o.Target()] = true
		slug := text(o.Node.Attributes, "slug")
		if slug == "" {
			continue
		}
		k := graph.Target{Type: o.Type.Name, ID: graph.ID(slug)}
		if other, twice := i.slugs[k]; twice && other != o.ID {
			i.slugs[k] = ""
			continue
		}
		i.slugs[k] = o.ID
	}
}

// Has reports whether a live object of a type has an id.
func (i IDs) Has(typ string, id graph.ID) bool { return i.ids[graph.Target{Type: typ, ID: id}] }

// Of returns the id of the object with this id or, failing that, this slug. An unknown text is returned unchanged.
func (i IDs) Of(typ string, called graph.ID) graph.ID {
	k := graph.Target{Type: typ, ID: called}
	if id := i.slugs[k]; id != "" && !i.ids[k] {
		return id
	}
	return called
}
