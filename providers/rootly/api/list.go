package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"slices"
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

	// Raw asks for the rows as they came, in [Page.Raw]. One that is no object does not end the list.
	Raw bool
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
	Objects  []*Object // with [Request.Raw], nothing but id, type and created_at
	Raw      []json.RawMessage
	Included []*Object

	// Incomplete says why rows may be missing, and Unreadable which ones are left out since they are no objects.
	// Both are set on the last page only.
	Incomplete, Unreadable string
}

// Listing is a whole collection in the server's order, whatever the timing.
type Listing struct {
	Objects  []*Object
	Included []*Object

	// Incomplete says why rows may be missing, and is empty when none are.
	// An incomplete listing proves the presence of objects, never the absence.
	Incomplete string

	// Unreadable says which rows are left out since they are no objects or have no id.
	Unreadable string
}

// Complete reports whether no row is missing.
func (l Listing) Complete() bool { return l.Missing() == "" }

// Missing says why rows are or may be missing.
func (l Listing) Missing() string { return cmp.Or(l.Unreadable, l.Incomplete) }

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
		l.Objects = append(l.Objects, w.named(p.Objects)...)
		l.Included = append(l.Included, p.Included...)
		l.Incomplete = p.Incomplete
		return true
	})
	if err != nil {
		return Listing{}, false, err
	}
	l.Unreadable = w.faults.String()
	return l, w.shifted, nil
}

// named leaves out the objects without an id, which nothing can refer to.
func (w *walk) named(objects []*Object) []*Object {
	return slices.DeleteFunc(objects, func(o *Object) bool {
		if o.ID == "" {
			w.faults.note("one of type %q has no id", o.Type)
		}
		return o.ID == ""
	})
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

// Relay makes one request for somebody else, under the rules of the client, and returns the answer as it came: JSON.
func (c *Client) Relay(ctx context.Context, path string, query url.Values) ([]byte, error) {
	u, err := c.resolve(path, query)
	if err != nil {
		return nil, err
	}
	var answer []byte
	_, err = c.fetch(ctx, u, func(_ *parser, body []byte) (document, error) {
		if !json.Valid(body) {
			return document{}, errTorn
		}
		answer = bytes.Clone(body) // the parser's is used again
		return document{}, nil
	})
	return answer, err
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
