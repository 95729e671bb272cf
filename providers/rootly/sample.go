package rootly

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
)

// A Disagreement is an attribute whose value in a single answer differs from that in the list.
type Disagreement struct {
	Type      string
	ID        graph.ID
	Attribute string
}

// Sample picks objects whose single answers are compared with the list. It takes one of each type before
// a second of any, and always picks the same objects of the same organisation.
func Sample(objects []*Object, n int) []*Object {
	var types []string
	byType := map[string][]*Object{}
	for _, o := range objects {
		if byType[o.Type.Name] == nil {
			types = append(types, o.Type.Name)
		}
		byType[o.Type.Name] = append(byType[o.Type.Name], o)
	}
	slices.Sort(types)
	// Larger types first: an error in their list affects more objects.
	slices.SortStableFunc(types, func(a, b string) int { return len(byType[b]) - len(byType[a]) })
	var picked []*Object
	for round := 0; len(picked) < n && round < len(objects); round++ {
		for _, t := range types {
			if round < len(byType[t]) && len(picked) < n {
				picked = append(picked, byType[t][round])
			}
		}
	}
	return picked
}

// Reread reads objects again one by one and returns where the answers differ from what was listed.
// Objects that were deleted or changed in between do not count.
func Reread(ctx context.Context, c Client, objects []*Object) ([]Disagreement, error) {
	found := make([][]Disagreement, len(objects))
	g, ctx := errgroup.WithContext(ctx)
	for i, o := range objects {
		g.Go(func() error {
			node, _, err := c.Get(ctx, o.Type.GetPath(o.ID, o.Parent), nil)
			if Absent(err) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("read %s %s again: %w", o.Type.Name, o.ID, err)
			}
			found[i] = compare(o, node)
			return nil
		})
	}
	err := g.Wait()
	return slices.Concat(found...), err
}

func compare(o *Object, again *api.Object) []Disagreement {
	if !reflect.DeepEqual(o.Node.Attributes["updated_at"], again.Attributes["updated_at"]) {
		return nil
	}
	var all []Disagreement
	for _, name := range slices.Sorted(maps.Keys(again.Attributes)) {
		if !reflect.DeepEqual(o.Node.Attributes[name], again.Attributes[name]) {
			all = append(all, Disagreement{o.Type.Name, o.ID, name})
		}
	}
	return all
}
