package rootly

import (
	"context"
	"net/url"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// members adds to each object the members that are part of its resource. Where the listing does not
// include them, it reads the object again with them.
func (f *fetcher) members(ctx context.Context, c *collection, b batch) error {
	if len(c.rows) == 0 || c.rows[0].Members == "" || !f.selected[c.rows[0].Name] {
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parentsAtOnce)
	for _, obj := range b.objects {
		if members, ok := membersOf(obj, b.included); ok {
			obj.Members = members
			continue
		}
		g.Go(func() error { return f.readMembers(ctx, c, obj) })
	}
	return g.Wait()
}

func (f *fetcher) readMembers(ctx context.Context, c *collection, obj *Object) error {
	node, nodes, err := f.client.Get(ctx, obj.Type.GetPath(obj.ID, obj.Parent), url.Values{"include": {obj.Type.Members}})
	if err != nil {
		return f.skip(ctx, c, obj, err)
	}
	obj.Node = node
	obj.Members, _ = membersOf(obj, byKey(nodes))
	return nil
}

// membersOf returns the attributes of an object's members, if all of them are included.
func membersOf(obj *Object, included map[string]*api.Object) ([]any, bool) {
	ids, present := relation(obj.Node, obj.Type.Members)
	if !present {
		return nil, false
	}
	members := make([]any, 0, len(ids))
	for _, id := range ids {
		n := included[key(obj.Type.Members, id)]
		if n == nil {
			return nil, false
		}
		members = append(members, n.Attributes)
	}
	return members, true
}
