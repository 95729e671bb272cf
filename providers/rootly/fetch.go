package rootly

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// parentsAtOnce limits the goroutines per collection; the client limits the requests.
const parentsAtOnce = 64

// sampled is how many parents have to lack a collection before the others are skipped.
const sampled = 50

// A Client reads collections and single objects, as api.Client does.
type Client interface {
	List(ctx context.Context, r api.Request) (api.Listing, error)
	Get(ctx context.Context, path string, query url.Values) (*api.Object, []*api.Object, error)
}

// FetchOptions say what to fetch.
type FetchOptions struct {
	Types    []*catalogue.Type
	Progress func(collection string, objects int) // called after each listing, from many goroutines; may be nil
}

// Fetch reads all objects of the types. Collections that the organisation's plan or the token does not
// allow are in Skipped. An error stops the run; an example is a token that the API refuses.
func Fetch(ctx context.Context, c Client, o FetchOptions) (*Live, error) {
	f := &fetcher{client: c, o: o, selected: map[string]bool{}, incomplete: map[string]bool{}}
	for _, t := range o.Types {
		f.selected[t.Name] = true
	}
	roots := plan(o.Types)
	found := make([][]*Object, len(roots))
	g, inGroup := errgroup.WithContext(ctx)
	for i, root := range roots {
		g.Go(func() (err error) {
			found[i], err = f.listing(inGroup, root, nil)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	live := f.assemble(slices.Concat(found...))
	return live, f.tryEach(ctx, live.Objects)
}

type fetcher struct {
	client   Client
	o        FetchOptions
	selected map[string]bool

	mu         sync.Mutex
	skipped    []Skipped
	incomplete map[string]bool
}

// A batch is a listing of one collection, with the included objects.
type batch struct {
	objects  []*Object
	included map[string]*api.Object // by type and id; nil when none were asked for
}

// listing reads one collection of a parent and all that is below it.
func (f *fetcher) listing(ctx context.Context, c *collection, parent *Object) ([]*Object, error) {
	b, err := f.list(ctx, c, parent)
	if err != nil {
		return nil, f.skip(ctx, c, parent, err)
	}
	return f.below(ctx, c, b)
}

// list reads one collection of a parent.
func (f *fetcher) list(ctx context.Context, c *collection, parent *Object) (batch, error) {
	id := graph.ID("")
	if parent != nil {
		id = parent.ID
	}
	r := api.Request{Path: strings.ReplaceAll(c.path, "{parent}", url.PathEscape(string(id))), Paging: paging(c), Timed: true}
	if inc := includes(c); inc != "" {
		r.Query = url.Values{"include": {inc}}
	}
	l, err := f.client.List(ctx, r)
	if err != nil && r.Query != nil && refusesInclude(err) {
		r.Query = nil
		l, err = f.client.List(ctx, r)
	}
	if err != nil {
		return batch{}, err
	}
	if !l.Complete() {
		err := errors.New(l.Missing())
		f.partial(c, id, err)
		f.orphan(c, id, fmt.Errorf("its parents are not all listed: %w", err))
	}
	if f.o.Progress != nil {
		f.o.Progress(c.path, len(l.Objects)+len(l.Included))
	}
	b := batch{objects: f.objects(c, id, l.Objects)}
	if r.Query != nil {
		b.included = byKey(l.Included)
	}
	return b, f.members(ctx, c, b)
}

func key(kind, id string) string { return kind + "/" + id }

func byKey(nodes []*api.Object) map[string]*api.Object {
	found := make(map[string]*api.Object, len(nodes))
	for _, n := range nodes {
		found[key(n.Type, n.ID)] = n
	}
	return found
}

// paging translates the catalogue's word for the client.
func paging(c *collection) api.Paging {
	if len(c.rows) == 0 {
		return api.Numbered
	}
	return pagingOf(c.rows[0].Pages)
}

func pagingOf(pages catalogue.Pages) api.Paging {
	switch pages {
	case catalogue.PagesPlain:
		return api.PerPage
	case catalogue.PagesNone:
		return api.Unpaged
	}
	return api.Numbered
}

// includes is the include parameter of a collection, comma separated.
func includes(c *collection) string {
	var names []string
	if len(c.rows) > 0 {
		names = c.rows[0].Includes()
	}
	for _, child := range c.children {
		if inc := child.include(); inc != "" && !slices.Contains(names, inc) {
			names = append(names, inc)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// refusesInclude reports whether a server may have failed because of the include parameter.
func refusesInclude(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity)
}

// objects makes objects of nodes.
func (f *fetcher) objects(c *collection, parent graph.ID, nodes []*api.Object) []*Object {
	out := make([]*Object, 0, len(nodes))
	for _, n := range nodes {
		row, _ := c.row(n.Attributes)
		out = append(out, &Object{Type: row, ID: graph.ID(n.ID), Parent: parent, Node: n})
	}
	return out
}

// below reads the collections below the objects of a batch. It returns all objects in order: each object, then its
// children.
func (f *fetcher) below(ctx context.Context, c *collection, b batch) ([]*Object, error) {
	families := make([][]*Object, len(b.objects))
	for i, obj := range b.objects {
		families[i] = []*Object{obj}
	}
	for _, child := range c.children {
		found, err := f.children(ctx, child, b)
		if err != nil {
			return nil, err
		}
		for i := range found {
			families[i] = append(families[i], found[i]...)
		}
	}
	if err := f.addStrays(ctx, c, families); err != nil {
		return nil, err
	}
	return slices.Concat(families...), nil
}

// children reads one collection below every object of a batch. It uses the included objects if they are complete, and
// requests the rest parent by parent.
func (f *fetcher) children(ctx context.Context, c *collection, b batch) ([][]*Object, error) {
	found := make([][]*Object, len(b.objects))
	var todo []int
	for i, parent := range b.objects {
		if !c.ownedBy(parent.Type) {
			continue
		}
		known, ok := f.includedBelow(c, parent, b)
		if !ok {
			todo = append(todo, i)
			continue
		}
		below, err := f.below(ctx, c, batch{objects: known})
		if err != nil {
			return nil, err
		}
		found[i] = append([]*Object{}, below...) // not nil, even if empty
	}
	return found, f.perParent(ctx, c, b, todo, found)
}

// perParent reads a collection parent by parent, a sample first, so that a missing collection does not cost a request
// per parent. If any parent has it, a 404 is about one parent only.
func (f *fetcher) perParent(ctx context.Context, c *collection, b batch, todo []int, found [][]*Object) error {
	first, rest := spread(todo, sampled)
	lists, errs := make([]batch, len(first)), make([]error, len(first))
	g, inGroup := errgroup.WithContext(ctx)
	g.SetLimit(parentsAtOnce)
	for n, i := range first {
		g.Go(func() error {
			lists[n], errs[n] = f.list(inGroup, c, b.objects[i])
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	came := slices.ContainsFunc(found, func(below []*Object) bool { return below != nil })
	if len(first) > 0 && !came && !slices.ContainsFunc(errs, func(err error) bool { return !Absent(err) }) {
		return f.skip(ctx, c, nil, errs[0])
	}
	for n, i := range first {
		if errs[n] != nil {
			if err := f.skip(ctx, c, b.objects[i], errs[n]); err != nil {
				return err
			}
		}
	}
	g, inGroup = errgroup.WithContext(ctx)
	g.SetLimit(parentsAtOnce)
	for n, i := range first {
		if errs[n] == nil {
			g.Go(func() (err error) {
				found[i], err = f.below(inGroup, c, lists[n])
				return err
			})
		}
	}
	for _, i := range rest {
		g.Go(func() (err error) {
			found[i], err = f.listing(inGroup, c, b.objects[i])
			return err
		})
	}
	return g.Wait()
}

// spread picks n elements of a list, evenly distributed, and returns them and the others.
func spread(list []int, n int) (picked, others []int) {
	if len(list) <= n {
		return list, nil
	}
	for at, i := range list {
		if len(picked)*len(list) <= at*n {
			picked = append(picked, i)
		} else {
			others = append(others, i)
		}
	}
	return picked, others
}

// includedBelow returns the children that the listing of a parent includes. It returns false if the answer does not
// name them, or lacks some of them or their attributes.
func (f *fetcher) includedBelow(c *collection, parent *Object, b batch) ([]*Object, bool) {
	if c.include() == "" || b.included == nil {
		return nil, false
	}
	for _, name := range c.rows[0].Relations {
		ids, present := relation(parent.Node, name)
		if !present {
			continue
		}
		nodes := make([]*api.Object, 0, len(ids))
		for _, id := range ids {
			n := b.included[key(c.api(), id)]
			if n == nil || !hasAttributes(c, n) {
				return nil, false
			}
			nodes = append(nodes, n)
		}
		return f.objects(c, parent.ID, nodes), true
	}
	return nil, false
}

// hasAttributes reports whether an included object has its attributes, not only its id.
func hasAttributes(c *collection, n *api.Object) bool {
	if block, _, ok := strings.Cut(c.rows[0].KindPath, "."); ok {
		return object(n.Attributes, block) != nil
	}
	return len(n.Attributes) > 1
}

// skip records that a collection could not be read, or returns the error if the run has to stop.
func (f *fetcher) skip(ctx context.Context, c *collection, parent *Object, err error) error {
	var e *api.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, api.ErrUnauthorized), errors.Is(err, api.ErrHTML):
		return err
	case !errors.As(err, &e), e.Status == 0 && !errors.Is(err, api.ErrPaging) && !errors.Is(err, api.ErrUnusable):
		return fmt.Errorf("fetch %s: %w", c.path, err)
	}
	id := graph.ID("")
	if parent != nil {
		id = parent.ID
	}
	f.partial(c, id, err)
	f.orphan(c, id, fmt.Errorf("its parents could not be listed: %w", err))
	return nil
}

// orphan records that nothing below a collection was listed.
func (f *fetcher) orphan(c *collection, parent graph.ID, err error) {
	for _, child := range c.children {
		f.partial(child, parent, err)
		f.orphan(child, parent, err)
	}
}

// partial records that objects of a collection, and the objects below them, may be missing.
func (f *fetcher) partial(c *collection, parent graph.ID, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.doubt(c)
	if len(c.rows) > 0 && c.wanted {
		f.skipped = append(f.skipped, Skipped{Type: f.nameOf(c), Parent: parent, Err: err})
	}
}

// doubt marks the types of a collection, and of those below it, as incomplete.
func (f *fetcher) doubt(c *collection) {
	for _, row := range c.rows {
		if f.selected[row.Name] {
			f.incomplete[row.Name] = true
		}
	}
	for _, child := range c.children {
		f.doubt(child)
	}
}

// nameOf is the name of the first selected type in a collection.
func (f *fetcher) nameOf(c *collection) string {
	for _, row := range c.rows {
		if f.selected[row.Name] {
			return row.Name
		}
	}
	return c.rows[0].Name
}
