package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/jsonapi"
)

// next finds the page after u: by its link, by meta, then by counting. It returns nil at the end.
func (w *walk) next(u *url.URL, d document, m meta, same bool) (*url.URL, error) {
	href, paged := nextLink(d.links)
	if href != "" {
		return w.follow(u, href, same)
	}

	switch {
	case same:
		// The server ignores page numbers: it returned everything at once.
		if m.totalPages > 1 || m.nextPage > 0 {
			w.doubt = "the server sent the same rows on different pages"
		}
		return nil, nil
	case m.known() && len(d.rows) == 0:
		if w.number(u) <= m.totalPages && !endsThere(d.links) {
			w.doubt = "the server promised more pages and answered one without rows"
		}
		return nil, nil
	case m.cursor != "" && m.nextPage == 0 && m.totalPages < 0:
		return w.unvisited(withParam(u, "page[after]", m.cursor))
	case m.nextPage > 0:
		return w.unvisited(w.numbered(u, m.nextPage))
	case m.more(w.number(u), w.rows):
		return w.unvisited(w.numbered(u, w.number(u)+1))
	case m.known() || paged || w.request.Paging == Unpaged:
		return nil, nil
	case len(d.rows) == 0 || w.barren > 0 || len(d.rows) < w.first:
		return nil, nil
	}
	return w.unvisited(w.numbered(u, w.number(u)+1))
}

// follow checks the link to the next page.
func (w *walk) follow(u *url.URL, href string, same bool) (*url.URL, error) {
	next, err := u.Parse(href)
	if err != nil {
		return nil, fmt.Errorf("%w: the next link is not a URL", ErrPaging)
	}
	next = w.client.here(next)
	if same {
		return nil, fmt.Errorf("%w: page %d repeats the previous page", ErrPaging, w.pages)
	}
	if w.barren >= 3 {
		return nil, fmt.Errorf("%w: %d pages in a row without a new row", ErrPaging, w.barren)
	}
	return w.unvisited(next)
}

// here is a link under the configured base URL. Behind a gateway, links name the host and paths behind it; the token
// goes only to the configured host.
func (c *Client) here(link *url.URL) *url.URL {
	path := link.EscapedPath()
	if at := strings.Index(path, apiRoot); at >= 0 && !strings.HasPrefix(path, c.base.EscapedPath()+apiRoot) {
		path = c.base.EscapedPath() + path[at:]
	}
	next := *c.base
	next.RawQuery = link.RawQuery
	next.Path, next.RawPath = link.Path, ""
	if unescaped, err := url.PathUnescape(path); err == nil {
		next.Path, next.RawPath = unescaped, path
	}
	return &next
}

// apiRoot is the start of the paths of all collections, below the base URL.
const apiRoot = "/v1/"

func (w *walk) unvisited(next *url.URL) (*url.URL, error) {
	if w.visited[canonical(next)] {
		return nil, fmt.Errorf("%w: the page after page %d was read before", ErrPaging, w.pages)
	}
	return next, nil
}

func canonical(u *url.URL) string { return u.EscapedPath() + "?" + u.Query().Encode() }

// param is the query parameter with the page number.
func (w *walk) param() string {
	if w.request.Paging == PerPage {
		return "page"
	}
	return "page[number]"
}

func (w *walk) number(u *url.URL) int {
	if n, err := strconv.Atoi(u.Query().Get(w.param())); err == nil {
		return n
	}
	return 1
}

func (w *walk) numbered(u *url.URL, number int) *url.URL {
	return withParam(u, w.param(), strconv.Itoa(number))
}

func withParam(u *url.URL, key, value string) *url.URL {
	next, q := *u, u.Query()
	q.Set(key, value)
	next.RawQuery = q.Encode()
	return &next
}

// nextLink returns the next link, if any, and whether the links are about pages at all.
func nextLink(links *jsonapi.Links) (href string, paged bool) {
	if links == nil {
		return "", false
	}
	for _, name := range []string{"first", "last", "prev", "next"} {
		if _, ok := (*links)[name]; ok {
			paged = true
		}
	}
	switch link := (*links)["next"].(type) {
	case string:
		return link, paged
	case map[string]any:
		href, _ := link["href"].(string)
		return href, paged
	}
	return "", paged
}

// endsThere reports whether the links say that there is no next page.
func endsThere(links *jsonapi.Links) bool {
	if links == nil {
		return false
	}
	next, ok := (*links)["next"]
	return ok && next == nil
}

// meta is the answer's information about pages; -1 if missing.
type meta struct {
	nextPage, totalPages, totalCount int // nextPage is 0 if there is none
	cursor                           string
}

func readMeta(from *jsonapi.Meta) meta {
	m := meta{nextPage: -1, totalPages: -1, totalCount: -1}
	if from == nil {
		return m
	}
	if value, ok := (*from)["next_page"]; ok {
		m.nextPage = max(metaInt(value), 0)
	}
	m.totalPages = metaInt((*from)["total_pages"])
	m.totalCount = metaInt((*from)["total_count"])
	m.cursor, _ = (*from)["next_cursor"].(string)
	return m
}

func (m meta) known() bool { return m.nextPage >= 0 || m.totalPages >= 0 || m.totalCount >= 0 }

// more reports whether there are pages after this one, according to meta.
func (m meta) more(number, rows int) bool {
	switch {
	case m.nextPage > 0:
		return true
	case m.totalPages >= 0:
		return number < m.totalPages
	case m.nextPage == 0:
		return false
	}
	return rows < m.totalCount
}

func metaInt(value any) int {
	text := ""
	switch value := value.(type) {
	case json.Number:
		text = value.String()
	case string:
		text = value
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return n
	}
	return -1
}
