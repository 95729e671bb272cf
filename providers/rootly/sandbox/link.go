package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

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
