package api

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// stretchPages is how many pages of a list sorted by time are read before page numbers start again. Rootly refuses high
// page numbers; the limit is unknown.
const stretchPages = 50

// createdAt is the attribute by which lists are sorted and filtered.
const createdAt = "created_at"

// A span is a part of a list that is read with rising page numbers.
type span struct {
	number  int       // 0 for the first
	pages   int       // read so far
	rows    int       // distinct ones so far
	from    time.Time // start of the span
	last    moment    // of its last row
	ordered bool      // its rows were sorted by time as requested
}

// A moment is a time in an answer, with its precision.
type moment struct {
	at    time.Time
	exact time.Duration // upper limit of what the answer left out
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

// note records the times of the rows of a page.
func (s *span) note(u *url.URL, rows []*Object) {
	order := u.Query().Get("sort")
	for _, row := range rows {
		if row.ID == "" && row.Attributes == nil {
			continue // not an object
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

// stretch returns the page to read instead of next, if a list sorted by time has been read for long enough with one
// filter.
func (w *walk) stretch(next *url.URL) *url.URL {
	if w.span.pages < w.span.end(w) {
		return next
	}
	if later := w.later(next); later != nil {
		return later
	}
	return next
}

// past finds another way to a page whose number the server refuses, or nil.
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

// later continues the list of u after its last row, or returns nil if that is impossible. The few rows of the last
// moment are returned again.
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
