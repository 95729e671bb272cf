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

// serveRead answers with an object or a page.
func (s *Server) serveRead(w http.ResponseWriter, r *http.Request, t target) error {
	if err := s.ask(r, t); err != nil {
		return err
	}
	if t.single {
		return s.serveOne(w, r, t)
	}
	return s.serveList(w, r, t)
}

// serveOne answers with a single object.
func (s *Server) serveOne(w http.ResponseWriter, r *http.Request, t target) error {
	body, err := s.object(r, t)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, body)
	return nil
}

// object makes the answer; the lock is not held while a slow client reads it.
func (s *Server) object(r *http.Request, t target) ([]byte, error) {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()

	rec, err := s.one(t)
	if err != nil {
		return nil, err
	}
	return s.document(rec, r, t), nil
}

// document encodes one object with what the request includes.
func (s *Server) document(rec *record, r *http.Request, t target) []byte {
	var buf bytes.Buffer
	buf.WriteString(`{"data":`)
	in := s.includes(r.URL.Query(), t)
	buf.Write(in.body(rec))
	in.write(&buf)
	buf.WriteByte('}')
	return buf.Bytes()
}

// one finds the object that t names.
func (s *Server) one(t target) (*record, error) {
	if t.template == mePath {
		return s.me()
	}
	rec := s.store.find(t.api, t.id)
	if rec == nil || t.parent != "" && rec.Parent != t.parent || !s.sees(rec) {
		return nil, failf(http.StatusNotFound, "%s %q was not found", t.api, t.id)
	}
	return rec, nil
}

// me finds the user whose token it is: the actor, or else the first user.
func (s *Server) me() (*record, error) {
	if u := s.store.get("users", strconv.Itoa(s.actor.ID)); u != nil {
		return u, nil
	}
	for _, u := range s.store.byAPI["users"] {
		return u, nil
	}
	return nil, failf(http.StatusNotFound, "there are no users")
}

// serveList answers with a page of a collection.
func (s *Server) serveList(w http.ResponseWriter, r *http.Request, t target) error {
	body, err := s.list(r, t)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, body)
	return nil
}

// list makes the answer; the lock is not held while a slow client reads it.
func (s *Server) list(r *http.Request, t target) ([]byte, error) {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()

	query := r.URL.Query()
	all, err := s.rows(t, query)
	if err != nil {
		return nil, err
	}
	all = s.seen(all)
	p := s.page(query, t.pages, len(all))
	if s.faults.Load().CountsAll {
		p.total = len(s.store.byAPI[t.api])
	}
	rows := all[p.from:p.to]
	in := s.includes(query, t)

	var buf bytes.Buffer
	buf.Grow(sizeOf(rows))
	buf.WriteString(`{"data":[`)
	for i, rec := range rows {
		if i > 0 {
			buf.WriteByte(',')
		}
		buf.Write(in.body(rec))
	}
	buf.WriteByte(']')
	in.write(&buf)
	p.write(&buf, r, s.faults.Load().Faults)
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// rows returns the objects that a request asks for, in its order.
func (s *Server) rows(t target, query url.Values) ([]*record, error) {
	if t.named(s.faults.Load().EmptyLists) {
		return nil, nil
	}
	filters, by := s.filters(query, t.template), query.Get("sort")
	if t.api == auditsAPI {
		if rows, left, ok := s.store.timeline.pick(filters, by); ok {
			return s.narrow(rows, t, left), nil
		}
	}
	all, err := s.collection(t)
	if err != nil {
		return nil, err
	}
	return order(s.narrow(all, t, filters), by), nil
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
func (s *Server) collection(t target) ([]*record, error) {
	if t.is != "" {
		return s.store.where(t.api, t.by, t.is), nil
	}
	if t.api == auditsAPI { // the newest first
		newest := slices.Clone(s.store.byAPI[auditsAPI])
		slices.Reverse(newest)
		return newest, nil
	}
	if len(t.owners) == 0 {
		return s.store.byAPI[t.api], nil
	}
	owner := s.store.owner(t)
	id := t.parent
	if owner != nil {
		id = owner.ID
	}
	children := s.store.byOwner[key{t.api, id}]
	if t.by != "" {
		children = s.store.where(t.api, t.by, id)
	}
	if owner != nil && !s.sees(owner) {
		return nil, failf(http.StatusNotFound, notFound)
	}
	if owner == nil && (!s.opts.ReadOnly || len(children) == 0) {
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

// page cuts a collection of total objects as query asks for it.
func (s *Server) page(query map[string][]string, how catalogue.Pages, total int) page {
	p := page{number: 1, size: total, total: total, pages: 1, to: total}
	switch how {
	case catalogue.PagesNone:
		return p
	case catalogue.PagesPlain:
		p.keys = [2]string{"page", "per_page"}
	default:
		p.keys = [2]string{"page[number]", "page[size]"}
	}
	limit := s.opts.MaxPageSize
	if c := s.faults.Load().PageCap; c > 0 {
		limit = min(limit, c)
	}
	p.number = positive(query[p.keys[0]], 1)
	p.size = min(positive(query[p.keys[1]], defaultPageSize), limit)
	p.pages = max(1, (total+p.size-1)/p.size)
	shown := p.number
	if s.faults.Load().EndlessNext {
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
