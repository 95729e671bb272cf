package api

import (
	"context"
	"iter"
	"net/url"
)

// Request names a collection.
type Request struct {
	Path   string     // such as "/v1/services", ids in it escaped
	Query  url.Values // filters and includes; page size and number are added
	Paging Paging

	// Timed says that the list can be sorted and filtered by created_at. Where the server refuses high page
	// numbers, such a list is continued by time; where it comes in that order, it is read in stretches.
	Timed bool

	// Lazy asks for a page only when the one before was taken, for callers
	// that stop early. Otherwise pages whose number is known in advance are
	// fetched at the same time.
	Lazy bool
}

// Paging says how an endpoint takes page numbers.
type Paging int

// The ways in which endpoints page.
const (
	Numbered Paging = iota // page[number] and page[size], nearly everywhere
	PerPage                // page and per_page
	Unpaged                // none: what the first answer links to is followed, nothing is asked
)

// Page is one answer of a list, without the rows that earlier pages had.
type Page struct {
	Objects  []*Object
	Included []*Object

	// Incomplete says why rows may be missing. It is set on the last page only.
	Incomplete string
}

// Listing is a whole collection in the server's order, whatever the timing.
type Listing struct {
	Objects  []*Object
	Included []*Object

	// Incomplete says why rows may be missing, and is empty when none are.
	// An incomplete listing proves the presence of objects, never the absence.
	Incomplete string
}

// Complete reports whether no row is missing.
func (l Listing) Complete() bool { return l.Incomplete == "" }

// List fetches a collection. When it shifted while it was read, so that rows
// may have slipped between two pages, it is read once more.
func (c *Client) List(ctx context.Context, r Request) (Listing, error) {
	listing, shifted, err := c.collect(ctx, r)
	if err == nil && shifted {
		listing, _, err = c.collect(ctx, r)
	}
	return listing, err
}

func (c *Client) collect(ctx context.Context, r Request) (l Listing, shifted bool, err error) {
	w := newWalk(c, r)
	err = w.run(ctx, func(p Page) bool {
		l.Objects = append(l.Objects, p.Objects...)
		l.Included = append(l.Included, p.Included...)
		l.Incomplete = p.Incomplete
		return true
	})
	if err != nil {
		return Listing{}, false, err
	}
	return l, w.shifted, nil
}

// Pages walks over a collection in the server's order. After an error it ends.
func (c *Client) Pages(ctx context.Context, r Request) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		taken := true
		err := newWalk(c, r).run(ctx, func(p Page) bool {
			taken = yield(p, nil)
			return taken
		})
		if err != nil && taken {
			yield(Page{}, err)
		}
	}
}

// Get fetches one object, and what the query includes with it.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (*Object, []*Object, error) {
	u, err := c.resolve(path, query)
	if err != nil {
		return nil, nil, err
	}
	d, err := c.fetch(ctx, u, decodeOne)
	if err != nil {
		return nil, nil, err
	}
	return d.rows[0], d.included, nil
}
