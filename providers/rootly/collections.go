package rootly

import (
	"slices"
	"sort"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A collection is one path of the API, with the types that share it and the collections below it.
type collection struct {
	path     string            // with "{parent}" for children
	rows     []*catalogue.Type // the types of its objects, distinguished by kind
	wanted   bool              // whether its own objects are selected, not only their children
	children []*collection
}

// plan arranges the selected types as a forest of collections. It includes the collections of parents
// that are not selected, since their children cannot be listed without them.
func plan(types []*catalogue.Type) []*collection {
	p := planner{byPath: map[string]*collection{}, selected: map[string]bool{}}
	for _, t := range types {
		p.selected[t.Name] = true
	}
	for _, t := range types {
		p.need(t)
	}
	sort.Slice(p.roots, func(i, j int) bool { return p.roots[i].path < p.roots[j].path })
	for _, c := range p.byPath {
		sort.Slice(c.children, func(i, j int) bool { return c.children[i].path < c.children[j].path })
	}
	return p.roots
}

type planner struct {
	byPath   map[string]*collection
	selected map[string]bool
	roots    []*collection
}

// need makes sure that the collections of a type are in the forest.
func (p *planner) need(t *catalogue.Type) {
	for _, path := range t.Paths {
		p.collection(path, t)
	}
	if t.Strays != nil {
		p.need(catalogue.Lookup(t.Strays.Sibling))
	}
}

func (p *planner) collection(path string, t *catalogue.Type) *collection {
	c := p.byPath[path]
	if c == nil {
		c = &collection{path: path, rows: sharing(path)}
		p.byPath[path] = c
		p.attach(c, t)
	}
	c.wanted = c.wanted || p.selected[t.Name]
	return c
}

// attach adds a new collection below those of its parents, or makes it a root.
func (p *planner) attach(c *collection, t *catalogue.Type) {
	if !strings.Contains(c.path, "{parent}") {
		p.roots = append(p.roots, c)
		return
	}
	if t.ParentPath != "" {
		up := p.byPath[t.ParentPath]
		if up == nil {
			up = &collection{path: t.ParentPath}
			p.byPath[t.ParentPath] = up
			p.roots = append(p.roots, up)
		}
		up.children = append(up.children, c)
		return
	}
	seen := map[string]bool{}
	for _, name := range t.Parents {
		parent := catalogue.Lookup(name)
		for _, path := range parent.Paths {
			if !seen[path] {
				seen[path] = true
				up := p.collection(path, parent)
				up.children = append(up.children, c)
			}
		}
	}
}

// sharing returns the types that are listed at a path.
func sharing(path string) []*catalogue.Type {
	var rows []*catalogue.Type
	for _, t := range catalogue.Types() {
		if slices.Contains(t.Paths, path) {
			rows = append(rows, t)
		}
	}
	return rows
}

// ownedBy reports whether objects of the collection belong to an object of that type.
func (c *collection) ownedBy(parent *catalogue.Type) bool {
	if parent == nil {
		return true
	}
	for _, row := range c.rows {
		if slices.Contains(row.Parents, parent.Name) {
			return true
		}
	}
	return false
}

// row returns the type of an object in the collection and its kind. The type is nil if none has that kind.
func (c *collection) row(attrs map[string]any) (*catalogue.Type, string) {
	if len(c.rows) == 1 && c.rows[0].Kind == "" {
		return c.rows[0], ""
	}
	if len(c.rows) == 0 {
		return nil, ""
	}
	kind := kindOf(c.rows[0], attrs)
	return typeOf(c.rows, kind), kind
}

// kindOf returns the attribute that distinguishes the types that share a collection.
func kindOf(row *catalogue.Type, attrs map[string]any) string {
	block, name, _ := strings.Cut(row.KindPath, ".")
	return text(object(attrs, block), name)
}

// include is the parameter that makes the parents' listing include these objects, or "".
func (c *collection) include() string {
	if len(c.rows) == 0 {
		return ""
	}
	return c.rows[0].Include
}

// api is the JSON:API type of the collection's objects.
func (c *collection) api() string { return c.rows[0].API }
