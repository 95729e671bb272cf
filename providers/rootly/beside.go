package rootly

import (
	"context"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

const (
	rotationType = "rootly_schedule_rotation"
	membersName  = "schedule_rotation_members"
	levelType    = "rootly_escalation_level"
	pathType     = "rootly_escalation_path"
)

// beside adds to each schedule rotation its members, which are objects of their own. Where the
// list does not carry them, the rotation is read once more by itself.
func (f *fetcher) beside(ctx context.Context, c *collection, b batch) error {
	if len(c.rows) == 0 || c.rows[0].Name != rotationType || !f.selected[rotationType] {
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parentsAtOnce)
	for _, obj := range b.objects {
		if members, ok := membersOf(obj.Node, b.included); ok {
			obj.Members = members
			continue
		}
		g.Go(func() error { return f.readMembers(ctx, c, obj) })
	}
	return g.Wait()
}

func (f *fetcher) readMembers(ctx context.Context, c *collection, obj *Object) error {
	node, along, err := f.client.Get(ctx, obj.Type.GetPath(obj.ID, obj.Parent), url.Values{"include": {membersName}})
	if err != nil {
		return f.skip(ctx, c, obj, err)
	}
	obj.Node = node
	obj.Members, _ = membersOf(node, includedIn(along))
	return nil
}

// membersOf returns the members that a rotation's relationship names, if all came along.
func membersOf(node *api.Object, included map[string]*api.Object) ([]map[string]any, bool) {
	ids, present := relation(node, membersName)
	if !present {
		return nil, false
	}
	members := make([]map[string]any, 0, len(ids))
	for _, id := range ids {
		n := included[key(membersName, id)]
		if n == nil {
			return nil, false
		}
		members = append(members, map[string]any{
			"member_id":   n.Attributes["member_id"],
			"member_type": n.Attributes["member_type"],
			"position":    n.Attributes["position"],
		})
	}
	return members, true
}

// strayLevels adds the escalation levels that only their path lists. Paths that have levels
// already are believed to have all of them.
func (f *fetcher) strayLevels(ctx context.Context, c *collection, families [][]*Object) error {
	if len(c.rows) == 0 || c.rows[0].Name != "rootly_escalation_policy" || !f.selected[levelType] {
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parentsAtOnce)
	for i := range families {
		g.Go(func() (err error) {
			families[i], err = f.withStrayLevels(ctx, families[i])
			return err
		})
	}
	return g.Wait()
}

func (f *fetcher) withStrayLevels(ctx context.Context, family []*Object) ([]*Object, error) {
	known, served := map[graph.ID]bool{}, map[string]bool{}
	for _, obj := range family {
		if obj.Type != nil && obj.Type.Name == levelType {
			known[obj.ID] = true
			served[text(obj.Node.Attributes, "escalation_policy_path_id")] = true
		}
	}
	for _, obj := range family {
		if obj.Type == nil || obj.Type.Name != pathType || served[string(obj.ID)] {
			continue
		}
		levels, err := f.levelsOfPath(ctx, obj)
		if err != nil {
			return nil, err
		}
		for _, l := range levels {
			if !known[l.ID] {
				known[l.ID] = true
				family = append(family, l)
			}
		}
	}
	return family, nil
}

func (f *fetcher) levelsOfPath(ctx context.Context, path *Object) ([]*Object, error) {
	c := &collection{path: "/v1/escalation_paths/{parent}/escalation_levels", wanted: true}
	c.rows = sharing("/v1/escalation_policies/{parent}/escalation_levels")
	l, err := f.client.List(ctx, api.Request{Path: strings.ReplaceAll(c.path, "{parent}", url.PathEscape(string(path.ID)))})
	if err != nil {
		return nil, f.skip(ctx, c, path, err)
	}
	return f.objects(c, path.Parent, l.Objects), nil
}
