package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A logbook is a list of n rows, made one a minute, of which a page holds 100. It refuses pages behind the
// deepest one.
type logbook struct {
	n, deepest int
	same       int  // how many rows share each moment; 0: one
	deaf       bool // knows neither filters nor orders
	countsAll  bool // whatever the filter is
}

func (l logbook) at(id int) time.Time {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(id/max(1, l.same)) * time.Minute)
}

func (l logbook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	number, _ := strconv.Atoi(q.Get("page[number]"))
	if l.deepest > 0 && number > l.deepest {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var ids []int
	for id := 1; id <= l.n; id++ {
		if l.deaf || l.passes(id, q) {
			ids = append(ids, id)
		}
	}
	if q.Get("sort") == "-created_at" && !l.deaf {
		slices.Reverse(ids)
	}
	data := []any{}
	for _, id := range ids[min((number-1)*100, len(ids)):min(number*100, len(ids))] {
		at := l.at(id).In(time.FixedZone("", -7*3600)).Format("2006-01-02T15:04:05.000Z07:00")
		data = append(data, map[string]any{"type": "things", "id": strconv.Itoa(id), "attributes": map[string]any{"created_at": at}})
	}
	var next any
	if number*100 < len(ids) {
		next = "/v1/things?" + with(q, "page[number]", strconv.Itoa(number+1)).Encode()
	}
	total := len(ids)
	if l.countsAll {
		total = l.n
	}
	write(w, map[string]any{
		"data": data, "links": map[string]any{"next": next},
		"meta": map[string]any{"total_pages": max(1, (len(ids)+99)/100), "total_count": total},
	})
}

func with(q url.Values, key, value string) url.Values {
	q.Set(key, value)
	return q
}

func (l logbook) passes(id int, q url.Values) bool {
	for op, bad := range map[string]func(a, b time.Time) bool{"gte": time.Time.Before, "lt": func(a, b time.Time) bool { return !a.Before(b) }} {
		limit, err := time.Parse(time.RFC3339Nano, q.Get("filter[created_at]["+op+"]"))
		if err == nil && bad(l.at(id), limit) {
			return false
		}
	}
	return true
}

func TestListsGoOnByTimeBehindRefusedPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		server logbook
		sort   string
		refuse bool
	}{
		{name: "the oldest first", server: logbook{n: 1250, deepest: 3}, sort: "created_at"},
		{name: "the newest first", server: logbook{n: 1250, deepest: 3}, sort: "-created_at"},
		{name: "in no order", server: logbook{n: 1250, deepest: 3}},
		{name: "the oldest first, counting all", server: logbook{n: 1250, deepest: 3, countsAll: true}, sort: "created_at"},
		{name: "in no order, counting all", server: logbook{n: 1250, deepest: 3, countsAll: true}},
		{name: "several at a time", server: logbook{n: 1250, deepest: 3, same: 70}, sort: "created_at"},
		{name: "several at a time, the newest first", server: logbook{n: 1250, deepest: 3, same: 70}, sort: "-created_at"},
		{name: "in stretches", server: logbook{n: 5_300}, sort: "created_at"},
		{name: "in stretches, the newest first", server: logbook{n: 5_300}, sort: "-created_at"},
		{name: "all at one time, in stretches", server: logbook{n: 5_300, same: 20_000}, sort: "created_at"},
		{name: "all at one time", server: logbook{n: 1250, deepest: 3, same: 2000}, sort: "created_at", refuse: true},
		{name: "filters have no effect", server: logbook{n: 1250, deepest: 3, deaf: true}, refuse: true},
		{name: "filters have no effect, the newest first", server: logbook{n: 1250, deepest: 3, deaf: true}, sort: "-created_at", refuse: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := serve(t, test.server.ServeHTTP)
			query := url.Values{}
			if test.sort != "" {
				query.Set("sort", test.sort)
			}
			got, err := c.List(t.Context(), Request{Path: "/v1/things", Query: query, Timed: true})
			if test.refuse {
				var e *Error
				if !errors.As(err, &e) || e.Status != http.StatusBadRequest {
					t.Fatalf("got %d rows and error %v", len(got.Objects), err)
				}
				return
			}
			if err != nil || !got.Complete() {
				t.Fatalf("error %v, incomplete %q", err, got.Incomplete)
			}
			if test.sort == "-created_at" {
				slices.Reverse(got.Objects)
			}
			wantRows(t, got.Objects, test.server.n)
		})
	}
}

func TestOnlyTimedListsGoOnBehindRefusedPages(t *testing.T) {
	t.Parallel()
	c, _ := serve(t, logbook{n: 1250, deepest: 3}.ServeHTTP)
	_, err := c.List(t.Context(), Request{Path: "/v1/things", Query: url.Values{"sort": {"created_at"}}})
	if err == nil || !strings.Contains(err.Error(), "400") {
		t.Errorf("got %v", err)
	}
}

// The count of a filtered list may be that of all rows, and those may become more meanwhile.
func TestCountsOfOtherRowsAreNoShift(t *testing.T) {
	t.Parallel()
	total := 900
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		total++
		number, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
		write(w, doc(rows((number-1)*100+1, min(number*100, 250)), nextOf(r, number, 3), map[string]any{"total_pages": 3, "total_count": total}))
	})
	got, err := c.List(t.Context(), Request{Path: "/v1/things", Query: url.Values{"filter[kind]": {"a"}}, Lazy: true})
	if err != nil || !got.Complete() {
		t.Errorf("error %v, incomplete %q", err, got.Incomplete)
	}
	wantRows(t, got.Objects, 250)
	if want := "counts 903 rows in /v1/things and lists 250"; !strings.Contains(c.Miscount(), want) {
		t.Errorf("note %q, want %q", c.Miscount(), want)
	}
}

// Behind a gateway, links name the host and the paths of what the gateway asks.
func TestLinksAreFollowedAtTheConfiguredAddress(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ prefix, link string }{
		{"", "https://api.rootly.com/v1/things"},
		{"", "http://api.rootly.com:8080/v1/things"},
		{"/rootly", "https://api.rootly.com/v1/things"},
		{"/rootly", "/v1/things"},
		{"/rootly", "/rootly/v1/things"},
		{"/rootly", "https://inner.example/other/v1/things"},
		{"/a/b", "https://api.rootly.com/v1/things"},
		{"/rootly", ""},
	} {
		t.Run(test.prefix+" "+test.link, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if want := test.prefix + "/v1/things"; r.URL.EscapedPath() != want || r.Header.Get("Authorization") == "" {
					t.Errorf("asked for %s, want %s", r.URL.EscapedPath(), want)
				}
				number, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
				var next any
				if number < 4 {
					next = fmt.Sprintf("%s?page[number]=%d&page[size]=2", test.link, number+1)
				}
				_ = json.NewEncoder(w).Encode(map[string]any{"data": rows(2*number-1, 2*number), "links": map[string]any{"next": next}})
			}))
			t.Cleanup(server.Close)
			c, err := New(Options{URL: server.URL + test.prefix, Token: testToken})
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.List(t.Context(), Request{Path: "/v1/things"})
			if err != nil {
				t.Fatal(err)
			}
			wantRows(t, got.Objects, 8)
		})
	}
}
