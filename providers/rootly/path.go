package rootly

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// ReadOne reads the object at a path, of any type. Its Type may be nil.
func ReadOne(ctx context.Context, c Client, path, kind string, parent graph.ID) (*Object, error) {
	var query url.Values
	types := catalogue.Types()
	at := slices.IndexFunc(types, func(t *catalogue.Type) bool { return t.API == kind && t.Members != "" })
	if at >= 0 {
		query = url.Values{"include": {types[at].Members}}
	}
	node, along, err := c.Get(ctx, path, query)
	if err != nil {
		return nil, err
	}
	o := &Object{ID: graph.ID(node.ID), Parent: parent, Node: node}
	if at >= 0 {
		o.Members, _ = membersOf(&Object{Type: types[at], Node: node}, byKey(along))
	}
	return o, nil
}

// ReadAll reads the collection at a path, whatever type its objects have.
func ReadAll(ctx context.Context, c Client, path string, pages catalogue.Pages, parent graph.ID) ([]*Object, error) {
	l, err := c.List(ctx, api.Request{Path: path, Paging: pagingOf(pages)})
	if err != nil {
		return nil, err
	}
	if l.Incomplete != "" {
		return nil, errors.New(l.Incomplete)
	}
	objects := make([]*Object, 0, len(l.Objects))
	for _, n := range l.Objects {
		objects = append(objects, &Object{ID: graph.ID(n.ID), Parent: parent, Node: n})
	}
	return objects, nil
}
