package rootly

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// tryEach reads objects one by one, as the provider will, for types whose single reads may fail.
func (f *fetcher) tryEach(ctx context.Context, objects []*Object) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parentsAtOnce)
	for _, obj := range objects {
		if !obj.Type.Elusive {
			continue
		}
		g.Go(func() error {
			_, _, err := f.client.Get(ctx, obj.Type.GetPath(obj.ID, obj.Parent), nil)
			obj.elusive = errors.Is(err, api.ErrNotFound)
			if obj.elusive || err == nil {
				return nil
			}
			return f.skip(ctx, &collection{path: obj.Type.Paths[0]}, obj, err)
		})
	}
	return g.Wait()
}
