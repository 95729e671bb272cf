package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A reader answers one request from what the store holds, as far as the key of the request may see it. The store must be
// locked.
type reader struct {
	store  *store
	tables *tables
	opts   Options
	faults *trouble
	me     int // id of the user whose token it is

	r     *http.Request
	t     target
	query url.Values
}

// reader takes a request apart.
func (s *Server) reader(r *http.Request, t target) *reader {
	read := &reader{store: s.store, tables: s.tables, opts: s.opts, faults: s.faults.Load(), me: s.log.actor.ID, r: r, t: t}
	if r != nil {
		read.query = r.URL.Query()
	}
	return read
}

// serveRead answers with an object or a page.
func (s *Server) serveRead(w http.ResponseWriter, r *http.Request, t target) error {
	if err := s.ask(r, t); err != nil {
		return err
	}
	if t.single {
		return s.serveBody(w, r, t, (*reader).object)
	}
	return s.serveBody(w, r, t, (*reader).list)
}

// serveBody makes an answer and sends it. The lock is not held while a slow client reads it.
func (s *Server) serveBody(w http.ResponseWriter, r *http.Request, t target, makeBody func(*reader) ([]byte, error)) error {
	s.store.mu.RLock()
	body, err := makeBody(s.reader(r, t))
	s.store.mu.RUnlock()
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, body)
	return nil
}

// object answers with a single object.
func (r *reader) object() ([]byte, error) {
	rec, err := r.one()
	if err != nil {
		return nil, err
	}
	return r.document(rec), nil
}

// document encodes one object with what the request includes.
func (r *reader) document(rec *record) []byte {
	var buf bytes.Buffer
	buf.WriteString(`{"data":`)
	in := r.includes()
	buf.Write(in.body(rec))
	in.write(&buf)
	buf.WriteByte('}')
	return buf.Bytes()
}

// one finds the object that the path names.
func (r *reader) one() (*record, error) {
	if r.t.template == mePath {
		return r.user()
	}
	rec := r.store.find(r.t.api, r.t.id)
	if rec == nil || r.t.parent != "" && rec.Parent != r.t.parent || !r.sees(rec) {
		return nil, failf(http.StatusNotFound, "%s %q was not found", r.t.api, r.t.id)
	}
	return rec, nil
}

// user finds the user whose token it is: the actor, or else the first user.
func (r *reader) user() (*record, error) {
	if u := r.store.get("users", strconv.Itoa(r.me)); u != nil {
		return u, nil
	}
	for _, u := range r.store.byAPI["users"] {
		return u, nil
	}
	return nil, failf(http.StatusNotFound, "there are no users")
}

// list answers with a page of a collection.
func (r *reader) list() ([]byte, error) {
	all, err := r.rows()
	if err != nil {
		return nil, err
	}
	all = r.seen(all)
	p := r.page(len(all))
	if r.faults.CountsAll {
		p.total = len(r.store.byAPI[r.t.api])
	}
	var buf bytes.Buffer
	in := r.writeRows(&buf, all[p.from:p.to])
	in.write(&buf)
	p.write(&buf, r.r, r.faults.Faults)
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// writeRows begins a document with a list of objects, and returns what these include.
func (r *reader) writeRows(buf *bytes.Buffer, rows []*record) *inclusion {
	in := r.includes()
	buf.Grow(sizeOf(rows))
	buf.WriteString(`{"data":[`)
	for i, rec := range rows {
		if i > 0 {
			buf.WriteByte(',')
		}
		buf.Write(in.body(rec))
	}
	buf.WriteByte(']')
	return in
}

// rows returns the objects that a request asks for, in its order.
func (r *reader) rows() ([]*record, error) {
	if r.t.named(r.faults.EmptyLists) {
		return nil, nil
	}
	filters, by := r.filters(), r.query.Get("sort")
	if r.t.api == auditsAPI {
		if rows, left, ok := r.store.timeline.pick(filters, by); ok {
			return r.narrow(rows, left), nil
		}
	}
	all, err := r.collection()
	if err != nil {
		return nil, err
	}
	return order(r.narrow(all, filters), by), nil
}

// sizeOf estimates the answer that holds rows.
func sizeOf(rows []*record) int {
	n := 1 << 10
	for _, r := range rows {
		n += len(r.Body) + 1
	}
	return n
}

// collection returns the objects that a path lists.
func (r *reader) collection() ([]*record, error) {
	t := r.t
	if t.is != "" {
		return r.store.where(t.api, t.by, t.is), nil
	}
	if t.api == auditsAPI { // the newest first
		newest := slices.Clone(r.store.byAPI[auditsAPI])
		slices.Reverse(newest)
		return newest, nil
	}
	if len(t.owners) == 0 {
		return r.store.byAPI[t.api], nil
	}
	owner := r.store.owner(t)
	id := t.parent
	if owner != nil {
		id = owner.ID
	}
	children := r.store.byOwner[key{t.api, id}]
	if t.by != "" {
		children = r.store.where(t.api, t.by, id)
	}
	if owner != nil && !r.sees(owner) {
		return nil, failf(http.StatusNotFound, notFound)
	}
	if owner == nil && (!r.opts.ReadOnly || len(children) == 0) {
		return nil, failf(http.StatusNotFound, "%s %q was not found", t.owners[0], t.parent)
	}
	return children, nil
}

// owner returns the object that {parent} names, or nil.
func (s *store) owner(t target) *record {
	for _, api := range t.owners {
		if r := s.find(api, t.parent); r != nil {
			return r
		}
	}
	return nil
}

// A page is the part of a collection that one answer holds.
type page struct {
	number, size, total, pages int
	from, to                   int
	keys                       [2]string // the parameters for number and size; empty: one answer holds all
}

// page cuts a collection of total objects as the request asks for it.
func (r *reader) page(total int) page {
	p := page{number: 1, size: total, total: total, pages: 1, to: total}
	switch r.t.pages {
	case catalogue.PagesNone:
		return p
	case catalogue.PagesPlain:
		p.keys = [2]string{"page", "per_page"}
	default:
		p.keys = [2]string{"page[number]", "page[size]"}
	}
	limit := r.opts.MaxPageSize
	if c := r.faults.PageCap; c > 0 {
		limit = min(limit, c)
	}
	p.number = positive(r.query[p.keys[0]], 1)
	p.size = min(positive(r.query[p.keys[1]], defaultPageSize), limit)
	p.pages = max(1, (total+p.size-1)/p.size)
	shown := p.number
	if r.faults.EndlessNext {
		shown = min(shown, p.pages)
	}
	p.from = min((shown-1)*p.size, total)
	p.to = min(p.from+p.size, total)
	return p
}

// positive reads a parameter; what is no positive number counts as not given.
func positive(values []string, otherwise int) int {
	if len(values) == 0 {
		return otherwise
	}
	n, err := strconv.Atoi(values[0])
	if err != nil || n < 1 || n > 1<<30 {
		return otherwise
	}
	return n
}

type linksDoc struct {
	Self  string  `json:"self"`
	First string  `json:"first"`
	Prev  *string `json:"prev"`
	Next  *string `json:"next"`
	Last  string  `json:"last"`
}

type metaDoc struct {
	NextCursor  *string `json:"next_cursor"`
	CurrentPage int     `json:"current_page"`
	NextPage    *int    `json:"next_page"`
	PrevPage    *int    `json:"prev_page"`
	TotalCount  int     `json:"total_count"`
	TotalPages  int     `json:"total_pages"`
}

// write adds links and meta to a document, unless the collection has no pages.
func (p page) write(buf *bytes.Buffer, r *http.Request, f Faults) {
	if p.keys[0] == "" {
		return
	}
	links := linksDoc{Self: p.url(r, p.number), First: p.url(r, 1), Last: p.url(r, p.pages)}
	meta := metaDoc{CurrentPage: p.number, TotalCount: p.total, TotalPages: p.pages}
	if p.number > 1 {
		n := min(p.number-1, p.pages)
		prev := p.url(r, n)
		links.Prev, meta.PrevPage = &prev, &n
	}
	if p.number < p.pages || f.EndlessNext {
		n := p.number + 1
		next := p.url(r, n)
		switch {
		case f.RepeatNext:
			next = links.Self
		case f.ForeignNext != "":
			next = f.ForeignNext + p.path(r, n)
		}
		links.Next, meta.NextPage = &next, &n
	}
	doc, _ := json.Marshal(struct { // strings and numbers only: cannot fail
		Links linksDoc `json:"links"`
		Meta  metaDoc  `json:"meta"`
	}{links, meta})
	buf.WriteByte(',')
	buf.Write(doc[1 : len(doc)-1])
}

// url is the address of another page of the same request.
func (p page) url(r *http.Request, number int) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + p.path(r, number)
}

func (p page) path(r *http.Request, number int) string {
	query := r.URL.Query()
	query.Set(p.keys[0], strconv.Itoa(number))
	query.Set(p.keys[1], strconv.Itoa(p.size))
	return r.URL.EscapedPath() + "?" + query.Encode()
}
