package rootly

import (
	"encoding/json"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// An Object is one live object as the API gave it.
type Object struct {
	Type    *catalogue.Type
	ID      graph.ID
	Parent  graph.ID // empty for top-level objects
	Node    *api.Object
	Members []map[string]any // of a schedule rotation, which are objects beside it
}

// Title is what people call the object.
func (o *Object) Title() string {
	for _, name := range []string{"name", "title", "label", "value", "task", "kind", "email", "form", "day_name", "slug"} {
		if s := text(o.Node.Attributes, name); s != "" {
			return s
		}
	}
	return ""
}

// rank is the position among its siblings that people gave the object, or 0.
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

// A Live is what was read of an organisation.
type Live struct {
	Objects []*Object // in the order of the catalogue, children after their parents
	Skipped []Skipped

	// Complete holds the types whose listing has every object, so that what is not in it is gone.
	Complete map[string]bool

	// Unknown are objects of a kind that no resource type of the provider has.
	Unknown []Rejected
}

// A Skipped is a collection, or a part of one, that could not be read.
type Skipped struct {
	Type   string
	Parent graph.ID // whose children are missing; empty for the whole type
	Err    error
}

func (s Skipped) String() string {
	if s.Parent == "" {
		return fmt.Sprintf("%s: %v", s.Type, s.Err)
	}
	return fmt.Sprintf("%s of %s: %v", s.Type, s.Parent, s.Err)
}

// relation returns the ids that a relationship of an object names, and whether it is there at all.
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
