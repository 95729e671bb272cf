package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// walk goes through the pages of one collection, one after the other. Pages fetched ahead change the timing of answers,
// never the result.
type walk struct {
	client   *Client
	request  Request
	visited  map[string]bool  // URLs
	seen     map[identity]int // in which span
	included map[identity]int

	pages   int
	barren  int        // pages without a new row, in a row
	first   int        // rows on the first page
	before  []identity // of the rows of the previous page
	rows    int        // distinct rows so far
	counts  counts     // rows counted by the server, in this span
	shifted bool       // rows moved between pages
	doubt   string     // why rows may be missing
	faults  faults     // rows that cannot be read
	span    span       // the pages since the last page number 1
}

type identity struct{ kind, id string }

// identityOf identifies a row without an id by its content.
func identityOf(o *Object) identity {
	if o.ID != "" {
		return identity{o.Type, o.ID}
	}
	content, err := json.Marshal([]any{o.Attributes, o.Relationships})
	if err != nil {
		return identity{o.Type, ""}
	}
	return identity{o.Type, fmt.Sprintf("%x without id", sha256.Sum256(content))}
}

func newWalk(c *Client, r Request) *walk {
	return &walk{
		client: c, request: r, span: span{ordered: true},
		visited: map[string]bool{}, seen: map[identity]int{}, included: map[identity]int{},
	}
}

// run hands out the pages until there are no more or take returns false.
func (w *walk) run(ctx context.Context, take func(Page) bool) error {
	u, err := w.client.resolve(w.request.Path, w.firstQuery())
	if err != nil {
		return err
	}
	decode := decodeMany
	if w.request.Raw {
		decode = decodeRaw
	}
	ahead := newAhead(ctx, w.client, decode)
	defer ahead.stop()

	for {
		d, err := ahead.fetch(ctx, u)
		if err != nil {
			if u = w.past(u, err); u == nil {
				return w.broken(err)
			}
			continue
		}
		page, next, err := w.accept(u, d)
		if err != nil {
			return w.client.wrap(u, err)
		}
		if next == nil {
			page.Incomplete, page.Unreadable = w.verdict(), w.faults.String()
			w.compareCounts()
			take(page)
			return nil
		}
		next = w.stretch(next)
		if !w.request.Lazy {
			ahead.plan(w.foreseen(u, next, d))
		}
		if !take(page) {
			return nil
		}
		u = next
	}
}

// broken adds to an error how much of the list was read before it.
func (w *walk) broken(err error) error {
	var e *Error
	if w.pages == 0 || !errors.As(err, &e) {
		return err
	}
	later := *e
	later.after = w.pages
	return &later
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

// accept adds the new rows of a page and finds the next page.
func (w *walk) accept(u *url.URL, d document) (Page, *url.URL, error) {
	w.pages++
	w.span.pages++
	w.visited[canonical(u)] = true
	rows, nameless := make([]identity, len(d.rows)), 0
	for i, row := range d.rows {
		rows[i] = identityOf(row)
		if w.request.Raw && row.ID == "" {
			nameless++ // it cannot be recognised again
		}
	}
	w.span.note(u, d.rows)
	listed := len(d.rows)
	var page Page
	var earlier, again int
	page.Objects, page.Raw, earlier, again = w.fresh(d.rows, d.raw, w.seen)
	page.Included, _, _, _ = w.fresh(d.included, nil, w.included)
	w.rows += len(page.Objects)
	w.span.rows += len(page.Objects) + earlier

	// Rows seen before mean that other rows moved past us, unless the whole page is the same.
	same := listed > 0 && again+nameless == listed && slices.Equal(rows, w.before)
	w.before = rows
	if same {
		page.Objects, page.Raw = nil, nil
	} else {
		w.faults.add(d.faults)
	}
	if again > 0 && !same {
		w.shifted = true
	}
	w.barren++
	if len(page.Objects)+earlier > 0 {
		w.barren = 0
	}
	if w.span.pages == 1 {
		w.first = listed
	}

	m := readMeta(d.meta)
	w.counts.note(m.totalCount)
	if w.span.pages >= mostPages(m) {
		return page, nil, fmt.Errorf("%w: there are more than %d pages", ErrPaging, w.pages)
	}
	next, err := w.next(u, d, m, same)
	return page, next, err
}

// fresh returns the objects that were not on earlier pages, and remembers them. It counts the repeated ones: those of
// earlier spans, which overlap with this one, and those of this span. It reuses the given slices.
func (w *walk) fresh(objects []*Object, raw []json.RawMessage, seen map[identity]int) (kept []*Object, keptRaw []json.RawMessage, earlier, again int) {
	kept, keptRaw = objects[:0], raw[:0]
	var nameless []identity // several rows of a page may be equal
	for i, object := range objects {
		key := identityOf(object)
		in, known := seen[key]
		switch {
		case raw != nil && object.ID == "":
			kept, keptRaw = append(kept, object), append(keptRaw, raw[i])
		case !known && object.ID == "":
			nameless = append(nameless, key)
			kept = append(kept, object)
		case !known:
			seen[key] = w.span.number
			kept = append(kept, object)
			if raw != nil {
				keptRaw = append(keptRaw, raw[i])
			}
		case in < w.span.number:
			earlier++
		default:
			again++
		}
	}
	for _, key := range nameless {
		seen[key] = w.span.number
	}
	return kept, keptRaw, earlier, again
}

// mostPages is the number of pages after which a list counts as endless: generous if the server sent their number, and
// a million rows if it did not.
func mostPages(m meta) int {
	if m.totalPages > 0 {
		return 2*m.totalPages + 10
	}
	return 10_000
}

// verdict says why rows may be missing. The server's row count does not matter: it may include rows outside of the
// filters, or rows that the token may not see.
func (w *walk) verdict() string {
	switch {
	case w.shifted, w.counts.changed(w.span.rows, w.filtered()):
		return "the collection changed while it was read"
	case w.counts.last(w.rows):
		return ""
	}
	return w.doubt
}

// filtered reports whether the request asks for a part of a collection.
func (w *walk) filtered() bool {
	for key := range w.request.Query {
		if strings.HasPrefix(key, "filter[") {
			return true
		}
	}
	return w.span.number > 0
}

// compareCounts records that the server's row count differs from the listed rows.
func (w *walk) compareCounts() {
	if w.span.number == 0 && w.counts.known && !w.counts.last(w.rows) {
		w.client.counted.note(w.request.Path, w.counts.latest, w.rows)
	}
}

// counts are the row counts that the server sent while a collection was read.
type counts struct {
	known               bool
	least, latest, most int
}

func (c *counts) note(n int) {
	switch {
	case n < 0:
	case !c.known:
		*c = counts{true, n, n, n}
	default:
		c.least, c.latest, c.most = min(c.least, n), n, max(c.most, n)
	}
}

// last reports whether the latest count equals the number of listed rows.
func (c *counts) last(rows int) bool { return c.known && c.latest == rows }

// changed reports whether rows were added or removed meanwhile. A count of more than the requested rows says nothing
// about that.
func (c *counts) changed(rows int, filtered bool) bool {
	return c.known && c.least != c.most && (!filtered || c.least <= rows && rows <= c.most)
}
