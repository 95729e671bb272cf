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

	// Timed says that the list can be sorted and filtered by created_at. If the server refuses high page numbers, such
	// a list is continued by time; if it is sorted that way, it is read in stretches.
	Timed bool

	// Lazy requests a page only when the one before was used, for callers that stop early. Otherwise pages whose number
	// is known in advance are fetched at the same time.
	Lazy bool

	// Raw asks for the rows as they came, in [Page.Raw]. A row that is not an object does not end the list.
	Raw bool
}

// Paging says how a list is paged.
type Paging int

// The ways in which endpoints page.
const (
	Numbered Paging = iota // page[number] and page[size], nearly everywhere
	PerPage                // page and per_page
	Unpaged                // none: links to the next page are followed, no parameter is sent
)

// Page is one answer of a list, without the rows that earlier pages had.
type Page struct {
	Objects  []*Object // with [Request.Raw], only id, type and created_at
	Raw      []json.RawMessage
	Included []*Object

	// Incomplete says why rows may be missing, and Unreadable which rows are left out since they are not objects. Both
	// are set on the last page only.
	Incomplete, Unreadable string
}

// Listing is a whole collection in the server's order.
type Listing struct {
	Objects  []*Object
	Included []*Object

	// Incomplete says why rows may be missing; empty if none are. An incomplete listing proves that objects exist, but
	// never that they do not.
	Incomplete string

	// Unreadable says which rows are left out since they are not objects or have no id.
	Unreadable string
}

// Complete reports whether no row is missing.
func (l Listing) Complete() bool { return l.Missing() == "" }

// Missing says why rows are or may be missing.
func (l Listing) Missing() string { return cmp.Or(l.Unreadable, l.Incomplete) }

// List fetches a collection. If the collection shifted while it was read, so that rows may be missing, it is read once
// more.
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

// named removes the objects without an id, which nothing can refer to.
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

// Relay makes one request for another program, under the rules of the client, and returns the answer unchanged: JSON.
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
