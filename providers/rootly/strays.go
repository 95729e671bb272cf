package rootly

import (
	"context"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// addStrays adds to the family of each parent the objects that only the collection of a sibling lists.
func (f *fetcher) addStrays(ctx context.Context, c *collection, families [][]*Object) error {
	for _, child := range c.children {
		for _, row := range child.rows {
			if row.Strays == nil || !f.selected[row.Name] {
				continue
			}
			if err := f.strays(ctx, row, families); err != nil {
				return err
			}
		}
	}
	return nil
}

// strays adds the objects of one type to the families.
func (f *fetcher) strays(ctx context.Context, row *catalogue.Type, families [][]*Object) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parentsAtOnce)
	for i := range families {
		g.Go(func() (err error) {
			families[i], err = f.withStrays(ctx, row, families[i])
			return err
		})
	}
	return g.Wait()
}

func (f *fetcher) withStrays(ctx context.Context, row *catalogue.Type, family []*Object) ([]*Object, error) {
	known, served := map[graph.ID]bool{}, map[string]bool{}
	for _, obj := range family {
		if obj.Type == row {
			known[obj.ID] = true
			served[text(obj.Node.Attributes, row.Strays.Attr)] = true
		}
	}
	for _, sibling := range family {
		if sibling.Type == nil || sibling.Type.Name != row.Strays.Sibling || served[string(sibling.ID)] {
			continue
		}
		found, err := f.listStrays(ctx, row, sibling)
		if err != nil {
			return nil, err
		}
		for _, obj := range found {
			if !known[obj.ID] {
				known[obj.ID] = true
				family = append(family, obj)
			}
		}
	}
	return family, nil
}

// listStrays reads the collection of a sibling. Its objects belong to the sibling's parent.
func (f *fetcher) listStrays(ctx context.Context, row *catalogue.Type, sibling *Object) ([]*Object, error) {
	c := &collection{path: row.Strays.Path, wanted: true, rows: sharing(row.Paths[0])}
	l, err := f.client.List(ctx, api.Request{Path: strings.ReplaceAll(c.path, "{parent}", url.PathEscape(string(sibling.ID)))})
	if err != nil {
		return nil, f.skip(ctx, c, sibling, err)
	}
	return f.objects(c, sibling.Parent, l.Objects), nil
}
