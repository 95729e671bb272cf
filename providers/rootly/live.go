package rootly

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// An Object is one live object as the API returned it.
type Object struct {
	Type    *catalogue.Type
	ID      graph.ID
	Parent  graph.ID // empty for top-level objects
	Node    *api.Object
	Members []any // attributes of the objects that are part of its resource

	title   string // kept after Release
	elusive bool   // listed, but the API answers 404 for it alone
}

// Title is the name of the object.
func (o *Object) Title() string {
	if o.Node == nil {
		return o.title
	}
	for _, name := range []string{"name", "title", "label", "value", "task", "kind", "email", "form", "day_name", "slug"} {
		if s := text(o.Node.Attributes, name); s != "" {
			return s
		}
	}
	if n := o.rank(); o.Type != nil && o.Type.Called != "" && n > 0 {
		return fmt.Sprintf("%s %d", o.Type.Called, n)
	}
	return ""
}

// rank is the object's position among its siblings, or 0.
func (o *Object) rank() int {
	n, ok := o.Node.Attributes["position"].(json.Number)
	if !ok {
		return 0
	}
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return int(i)
}

// Target is what other objects refer to.
func (o *Object) Target() graph.Target { return graph.Target{Type: o.Type.Name, ID: o.ID} }

// A Live is what was read of an organisation.
type Live struct {
	Objects []*Object // in the order of the catalogue, children after their parents
	Skipped []Skipped

	// Complete has the types whose listing has every object: an object that is not listed was deleted.
	Complete map[string]bool

	// Partial says why the token may see only a part of the organisation; empty if nothing suggests that.
	Partial string

	// Gone are known objects that a read by id did not find. Doubts are those that neither a listing nor a read by id
	// could settle. See Confirm.
	Gone   map[graph.Target]bool
	Doubts []Doubt

	// Unknown are objects of a kind that no resource type of the provider has.
	Unknown []Rejected
}

// A Skipped is a collection, or a part of one, that could not be read.
type Skipped struct {
	Type   string
	Parent graph.ID // whose children are missing; empty for the whole type
	Err    error
}

// Absent reports whether the organisation or the token does not have the type, as with features of other plans. If only
// a part is missing, or the list ended in the middle, something went wrong.
func (s Skipped) Absent() bool { return s.Parent == "" && Absent(s.Err) }

// String says what is missing, such as "rootly_sla: not found", and of which parent if not of all.
func (s Skipped) String() string {
	if s.Parent == "" {
		return fmt.Sprintf("%s: %v", s.Type, s.Err)
	}
	return fmt.Sprintf("%s of %s: %v", s.Type, s.Parent, s.Err)
}

// Predecessor returns the older type that an organisation has if it lacks the named one, or nil.
func Predecessor(typ string) *catalogue.Type {
	if row := catalogue.Lookup(typ); row != nil {
		return catalogue.Lookup(row.Predecessor)
	}
	return nil
}

// relation returns the ids that a relationship of an object names, and whether it has that relationship.
func relation(node *api.Object, name string) (ids []string, present bool) {
	rel, ok := node.Relationships[name].(map[string]any)
	if !ok {
		return nil, false
	}
	raw, ok := rel["data"]
	if !ok {
		return nil, false
	}
	switch v := raw.(type) {
	case []any:
		for _, item := range v {
			ids = append(ids, idOf(item))
		}
	case map[string]any:
		ids = append(ids, idOf(v))
	}
	return ids, true
}

func idOf(item any) string {
	m, _ := item.(map[string]any)
	switch id := m["id"].(type) {
	case string:
		return id
	case json.Number:
		return id.String()
	}
	return ""
}

// relatedID returns the id that a to-one relationship names, or nil.
func relatedID(node *api.Object, name string) any {
	if ids, _ := relation(node, name); len(ids) == 1 && ids[0] != "" {
		return ids[0]
	}
	return nil
}

// Text returns an attribute that is text, a number or a bool, as text; empty for others.
func (o *Object) Text(attr string) string {
	if attr == "id" {
		return string(o.ID)
	}
	switch v := o.Node.Attributes[attr].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	}
	return ""
}

// Add appends the results of another fetch.
func (l *Live) Add(more *Live) {
	l.Objects = append(l.Objects, more.Objects...)
	l.Skipped = append(l.Skipped, more.Skipped...)
	l.Unknown = append(l.Unknown, more.Unknown...)
	for t, ok := range more.Complete {
		l.Complete[t] = ok
	}
}

// Release drops the API's answer. The title, id and parent stay.
func (o *Object) Release() {
	o.title = o.Title()
	o.Node, o.Members = nil, nil
}

// Absent reports whether an error means that the organisation's plan or the token does not include a collection. It is
// false for a failure to read the collection.
func Absent(err error) bool {
	return errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound)
}
