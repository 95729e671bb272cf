package api

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// stretchPages is how many pages of a list in the order of time are read before page numbers start anew.
// Rootly refuses high page numbers; from which on, is not known.
const stretchPages = 50

// createdAt is by what lists are sorted and filtered.
const createdAt = "created_at"

// A span is what is read of a list with rising page numbers.
type span struct {
	number  int       // 0 for the first
	pages   int       // read so far
	rows    int       // distinct ones so far
	from    time.Time // where it was continued
	last    moment    // of its last row
	ordered bool      // its rows came in the order of time that was asked for
}

// A moment is a time as an answer gives it.
type moment struct {
	at    time.Time
	exact time.Duration // what the answer left out is less than this
}

func readMoment(row *Object) (m moment, ok bool) {
	text, _ := row.Attributes[createdAt].(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return moment{}, false
	}
	m = moment{at, time.Second}
	if strings.Contains(text, ".") {
		m.exact = time.Millisecond
	}
	return m, true
}

// note follows the times of the rows of a page.
func (s *span) note(u *url.URL, rows []*Object) {
	order := u.Query().Get("sort")
	for _, row := range rows {
		if row.ID == "" && row.Attributes == nil {
			continue // no object at all
		}
		m, ok := readMoment(row)
		back := !s.last.at.IsZero() && m.at.Before(s.last.at)
		forth := !s.last.at.IsZero() && m.at.After(s.last.at)
		s.ordered = s.ordered && ok && !(back && order == createdAt) && !(forth && order == "-"+createdAt)
		s.last = m
	}
}

// end is the number of the last page of the span that will be read.
func (s *span) end(w *walk) int {
	if w.request.Timed && s.ordered && inTime(w.request.Query) {
		return stretchPages
	}
	return math.MaxInt
}

func inTime(query url.Values) bool {
	return strings.TrimPrefix(query.Get("sort"), "-") == createdAt
}

// stretch returns the page to read instead of next where a list in the order of time has been read for long
// enough with one filter.
func (w *walk) stretch(next *url.URL) *url.URL {
	if w.span.pages < w.span.end(w) {
		return next
	}
	if later := w.later(next); later != nil {
		return later
	}
	return next
}

// past finds a way around a page that the server refuses for its number, or nil.
func (w *walk) past(u *url.URL, err error) *url.URL {
	var e *Error
	if !w.request.Timed || w.span.pages == 0 || !errors.As(err, &e) || e.Status != http.StatusBadRequest {
		return nil
	}
	if inTime(u.Query()) {
		return w.later(u)
	}
	return w.anew(withParam(u, "sort", createdAt))
}

// later continues the list of u behind its last row, or returns nil where that leads nowhere. The few rows
// that share the last moment come again.
func (w *walk) later(u *url.URL) *url.URL {
	at := w.span.last.at
	if !w.span.ordered || at.IsZero() || at.Equal(w.span.from) {
		return nil
	}
	query := u.Query()
	operator, beyond := "gte", []string{"gt"}
	if query.Get("sort") != createdAt {
		operator, beyond = "lt", []string{"lte"}
		at = at.Add(w.span.last.exact)
	}
	for _, other := range beyond {
		query.Del(filterBy(other))
	}
	query.Set(filterBy(operator), at.UTC().Format(time.RFC3339Nano))
	next := *u
	next.RawQuery = query.Encode()
	from := w.span.last.at
	if later := w.anew(&next); later != nil {
		w.span.from = from
		return later
	}
	return nil
}

func filterBy(operator string) string { return "filter[" + createdAt + "][" + operator + "]" }

// anew begins another span at the first page of u.
func (w *walk) anew(u *url.URL) *url.URL {
	first := w.numbered(u, 1)
	if w.visited[canonical(first)] {
		return nil
	}
	w.span = span{number: w.span.number + 1, ordered: true}
	w.barren, w.before, w.counts = 0, nil, counts{}
	return first
}
