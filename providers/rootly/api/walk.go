package api

import (
	"context"
	"fmt"
	"net/url"
	"slices"
)

// walk goes through the pages of one collection, one after the other. Pages
// fetched ahead of it change when an answer comes, never what is done with it.
type walk struct {
	client   *Client
	request  Request
	visited  map[string]bool // URLs
	seen     map[identity]bool
	included map[identity]bool

	pages   int
	barren  int      // pages without a new row, in a row
	first   int      // rows on the first page
	before  []string // ids of the page before
	rows    int      // distinct rows so far
	total   int      // rows that the server counts, or -1
	shifted bool     // rows moved between pages
	doubt   string   // why rows may be missing
}

type identity struct{ kind, id string }

func newWalk(c *Client, r Request) *walk {
	return &walk{
		client: c, request: r, total: -1,
		visited: map[string]bool{}, seen: map[identity]bool{}, included: map[identity]bool{},
	}
}

// run hands out the pages until there are no more or take returns false.
func (w *walk) run(ctx context.Context, take func(Page) bool) error {
	u, err := w.client.resolve(w.request.Path, w.firstQuery())
	if err != nil {
		return err
	}
	ahead := newAhead(ctx, w.client)
	defer ahead.stop()

	for {
		d, err := ahead.fetch(ctx, u)
		if err != nil {
			return err
		}
		page, next, err := w.accept(u, d)
		if err != nil {
			return w.client.wrap(u, err)
		}
		if next == nil {
			page.Incomplete = w.verdict()
			take(page)
			return nil
		}
		if !w.request.Lazy {
			ahead.plan(w.foreseen(u, next, d))
		}
		if !take(page) {
			return nil
		}
		u = next
	}
}

func (w *walk) firstQuery() url.Values {
	q := url.Values{}
	size := fmt.Sprint(w.client.options.PageSize)
	switch w.request.Paging {
	case Numbered:
		q.Set("page[number]", "1")
		q.Set("page[size]", size)
	case PerPage:
		q.Set("page", "1")
		q.Set("per_page", size)
	}
	for key, values := range w.request.Query {
		q[key] = values
	}
	return q
}

// accept takes over the new rows of a page and finds the next one.
func (w *walk) accept(u *url.URL, d document) (Page, *url.URL, error) {
	w.pages++
	w.visited[canonical(u)] = true
	ids := make([]string, len(d.rows))
	for i, row := range d.rows {
		ids[i] = row.ID
	}
	page := Page{Objects: fresh(d.rows, w.seen), Included: fresh(d.included, w.included)}
	w.rows += len(page.Objects)

	// Rows seen before mean that others moved past us, unless it is all the same page.
	same := len(ids) > 0 && len(page.Objects) == 0 && slices.Equal(ids, w.before)
	w.before = ids
	if len(page.Objects) < len(d.rows) && !same {
		w.shifted = true
	}
	w.barren++
	if len(page.Objects) > 0 {
		w.barren = 0
	}
	if w.pages == 1 {
		w.first = len(d.rows)
	}

	m := readMeta(d.meta)
	if m.totalCount >= 0 {
		w.shifted = w.shifted || w.total >= 0 && w.total != m.totalCount
		w.total = m.totalCount
	}
	if w.pages >= mostPages(m) {
		return page, nil, fmt.Errorf("%w: no end after %d pages", ErrPaging, w.pages)
	}
	next, err := w.next(u, d, m, same)
	return page, next, err
}

// fresh returns the objects that were not seen before, and remembers them. It
// reuses the given slice.
func fresh(objects []*Object, seen map[identity]bool) []*Object {
	kept := objects[:0]
	for _, object := range objects {
		key := identity{object.Type, object.ID}
		if seen[key] {
			continue
		}
		if key.id != "" {
			seen[key] = true
		}
		kept = append(kept, object)
	}
	return kept
}

// mostPages is where paging is taken to be endless: generous where the server
// said how many there are, and a million rows where it did not.
func mostPages(m meta) int {
	if m.totalPages > 0 {
		return 2*m.totalPages + 10
	}
	return 10_000
}

func (w *walk) verdict() string {
	switch {
	case w.shifted:
		return "the collection changed while it was read"
	case w.total == w.rows:
		return ""
	case w.total >= 0:
		return fmt.Sprintf("the server counts %d objects but listed %d", w.total, w.rows)
	}
	return w.doubt
}
