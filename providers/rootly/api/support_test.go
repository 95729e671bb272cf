package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

const testToken = "rootly_secret0123456789"

// clock stands still but for sleeping.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func (c *clock) total() (sum time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range c.slept {
		sum += d
	}
	return sum
}

// direct is a transport that calls the handler without a network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// serve starts a real server and a client for it with a clock that stands still.
func serve(t *testing.T, h http.HandlerFunc, change ...func(*Options)) (*Client, *clock) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	k := newClock()
	o := Options{URL: server.URL, Token: testToken, Now: k.Now, Sleep: k.Sleep}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, k
}

// row is a JSON:API object in the tests' words.
func row(id int) map[string]any {
	return map[string]any{"type": "things", "id": strconv.Itoa(id), "attributes": map[string]any{"n": id}}
}

func rows(from, to int) []any {
	list := []any{}
	for id := from; id <= to; id++ {
		list = append(list, row(id))
	}
	return list
}

func write(w http.ResponseWriter, doc map[string]any) {
	w.Header().Set("Content-Type", "application/vnd.api+json")
	if err := json.NewEncoder(w).Encode(doc); err != nil {
		panic(err)
	}
}

// collection is a server of n rows that pages as its fields say.
type collection struct {
	n     int
	cap   int // largest page it gives
	links bool
	meta  bool
	param [2]string // names of number and size
}

func (c collection) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	param := c.param
	if param[0] == "" {
		param = [2]string{"page[number]", "page[size]"}
	}
	number, size := 1, 25
	if v, err := strconv.Atoi(r.URL.Query().Get(param[0])); err == nil {
		number = v
	}
	if v, err := strconv.Atoi(r.URL.Query().Get(param[1])); err == nil {
		size = v
	}
	if c.cap > 0 {
		size = min(size, c.cap)
	}
	pages := max(1, (c.n+size-1)/size)
	doc := map[string]any{"data": rows((number-1)*size+1, min(number*size, c.n))}
	var nextPage, nextLink any
	if number < pages {
		q := r.URL.Query()
		q.Set(param[0], strconv.Itoa(number+1))
		q.Set(param[1], strconv.Itoa(size))
		nextPage, nextLink = number+1, "http://"+r.Host+r.URL.Path+"?"+q.Encode()
	}
	if c.links {
		doc["links"] = map[string]any{"self": r.URL.String(), "first": "x", "last": "x", "prev": nil, "next": nextLink}
	}
	if c.meta {
		doc["meta"] = map[string]any{"current_page": number, "next_page": nextPage, "total_pages": pages, "total_count": c.n}
	}
	write(w, doc)
}

// counted is a handler that remembers what it was asked.
type counted struct {
	http.Handler
	mu   sync.Mutex
	urls []string
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.urls = append(c.urls, r.URL.String())
	c.mu.Unlock()
	c.Handler.ServeHTTP(w, r)
}

func (c *counted) requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.urls)
}

func wantRows(t *testing.T, got []*Object, n int) {
	t.Helper()
	if len(got) != n {
		t.Fatalf("got %d rows, want %d", len(got), n)
	}
	for i, object := range got {
		if object.ID != fmt.Sprint(i+1) {
			t.Fatalf("row %d has id %s: not in page order", i, object.ID)
		}
	}
}
