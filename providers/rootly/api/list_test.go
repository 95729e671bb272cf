package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestListPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		server   collection
		paging   Paging
		requests int
	}{
		{"links and meta", collection{n: 950, links: true, meta: true}, Numbered, 10},
		{"links", collection{n: 250, links: true}, Numbered, 3},
		{"meta", collection{n: 250, meta: true}, Numbered, 3},
		{"numbers", collection{n: 250}, Numbered, 3},
		{"numbers, last page full", collection{n: 200}, Numbered, 3},
		{"empty with meta", collection{n: 0, links: true, meta: true}, Numbered, 1},
		{"empty without", collection{n: 0}, Numbered, 1},
		{"one page", collection{n: 100, links: true, meta: true}, Numbered, 1},
		{"capped, links and meta", collection{n: 250, cap: 30, links: true, meta: true}, Numbered, 9},
		{"capped, links", collection{n: 250, cap: 30, links: true}, Numbered, 9},
		{"capped, meta", collection{n: 250, cap: 30, meta: true}, Numbered, 9},
		{"capped, numbers", collection{n: 250, cap: 30}, Numbered, 9},
		{"capped, numbers, few rows", collection{n: 7, cap: 30}, Numbered, 2},
		{"page and per_page", collection{n: 250, meta: true, param: [2]string{"page", "per_page"}}, PerPage, 3},
		{"page and per_page, numbers", collection{n: 250, param: [2]string{"page", "per_page"}}, PerPage, 3},
		{"unpaged", collection{n: 20}, Unpaged, 1},
		{"unpaged, but links go on", collection{n: 60, links: true}, Unpaged, 3},
		{"unpaged, but meta goes on", collection{n: 60, meta: true}, Unpaged, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := &counted{Handler: test.server}
			c, _ := serve(t, server.ServeHTTP)
			got, err := c.List(t.Context(), Request{Path: "/v1/things", Paging: test.paging})
			if err != nil {
				t.Fatal(err)
			}
			wantRows(t, got.Objects, test.server.n)
			if !got.Complete() {
				t.Errorf("incomplete: %s", got.Incomplete)
			}
			if server.requests() != test.requests {
				t.Errorf("%d requests, want %d: %v", server.requests(), test.requests, server.urls)
			}
		})
	}
}

func TestListSendsQuery(t *testing.T) {
	t.Parallel()
	server := &counted{Handler: collection{n: 1, links: true, meta: true}}
	c, _ := serve(t, server.ServeHTTP)
	for paging, want := range map[Paging]string{
		Numbered: "/v1/things?include=parts&page[number]=1&page[size]=100",
		PerPage:  "/v1/things?include=parts&page=1&per_page=100",
		Unpaged:  "/v1/things?include=parts",
	} {
		server.urls = nil
		_, err := c.List(t.Context(), Request{Path: "/v1/things", Query: url.Values{"include": {"parts"}}, Paging: paging})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := url.QueryUnescape(server.urls[0]); got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
	}
}

// TestListIgnoresTiming answers late pages first.
func TestListIgnoresTiming(t *testing.T) {
	t.Parallel()
	server := collection{n: 2000, links: true, meta: true}
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		number, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
		if number > 1 {
			time.Sleep(time.Duration(20-number) * time.Millisecond)
		}
		server.ServeHTTP(w, r)
	})
	got, err := c.List(t.Context(), Request{Path: "/v1/things"})
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, got.Objects, 2000)
}

func TestListFetchesAhead(t *testing.T) {
	t.Parallel()
	server := collection{n: 10_000, links: true, meta: true}
	var now, most atomic.Int64
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(50 * time.Millisecond)
		server.ServeHTTP(w, r)
	})
	within, done := context.WithTimeout(t.Context(), 5*time.Second)
	defer done()
	got, err := c.List(within, Request{Path: "/v1/things"})
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, got.Objects, 10_000)
	if within.Err() != nil {
		t.Error("took more than 5 seconds")
	}
	if most.Load() > 16 || most.Load() < 8 {
		t.Errorf("%d requests at once, want up to 16", most.Load())
	}
}

// TestListStopsWithTheFirstError lets all pages after the forbidden one hang.
func TestListStopsWithTheFirstError(t *testing.T) {
	t.Parallel()
	server := collection{n: 1000, links: true, meta: true}
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("page[number]") {
		case "1":
			server.ServeHTTP(w, r)
		case "2":
			w.WriteHeader(http.StatusForbidden)
		default:
			<-r.Context().Done()
		}
	})
	within, done := context.WithTimeout(t.Context(), 20*time.Second)
	defer done()
	got, err := c.List(within, Request{Path: "/v1/things"})
	if errors.Is(err, ErrForbidden) || err == nil || !strings.Contains(err.Error(), "403 Forbidden (page 2 of the list)") || len(got.Objects) != 0 {
		t.Errorf("got %d rows and error %v", len(got.Objects), err)
	}
	if within.Err() != nil {
		t.Error("took more than 20 seconds")
	}
}

func TestPagesLazily(t *testing.T) {
	t.Parallel()
	server := &counted{Handler: collection{n: 1000, links: true, meta: true}}
	c, _ := serve(t, server.ServeHTTP)
	n := 0
	for page, err := range c.Pages(t.Context(), Request{Path: "/v1/things", Lazy: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if n += len(page.Objects); n == 200 {
			break
		}
	}
	if server.requests() != 2 {
		t.Errorf("%d requests for 2 pages", server.requests())
	}
}

// scripted answers page after page from a list of documents.
func scripted(docs ...map[string]any) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, _ *http.Request) {
		i := int(n.Add(1)) - 1
		write(w, docs[min(i, len(docs)-1)])
	}
}

func doc(data []any, next any, meta map[string]any) map[string]any {
	d := map[string]any{"data": data}
	if next != nil {
		d["links"] = map[string]any{"next": next}
	}
	if meta != nil {
		d["meta"] = meta
	}
	return d
}

func TestListRefusesBadPaging(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		server http.HandlerFunc
		want   string
	}{
		{"no URL", scripted(doc(rows(1, 2), "http://%zz", nil)), "not a URL"},
		{"link to itself", scripted(doc(rows(1, 2), "/v1/things?page[size]=100&page[number]=1", nil)), "was read before"},
		{"link in a circle", scripted(
			doc(rows(1, 2), "?page[number]=2", nil), doc(rows(3, 4), "?page[number]=3", nil), doc(rows(5, 6), "?page[number]=2", nil),
		), "was read before"},
		{"same rows", func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
			write(w, doc(rows(1, 2), fmt.Sprintf("?page[number]=%d", n+1), nil))
		}, "repeats"},
		{"same rows without ids", func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
			write(w, doc([]any{map[string]any{"type": "things"}, map[string]any{"type": "things"}}, fmt.Sprintf("?page[number]=%d", n+1), nil))
		}, "repeats"},
		{"rows without ids in a circle", func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
			write(w, doc([]any{map[string]any{"type": "things", "attributes": map[string]any{"n": n % 3}}}, fmt.Sprintf("?page[number]=%d", n+1), nil))
		}, "without a new row"},
		{"no rows that are objects", func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
			write(w, doc([]any{nil, n}, fmt.Sprintf("?page[number]=%d", n+1), nil))
		}, "without a new row"},
		{"empty for ever", func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
			write(w, doc(rows(1, 0), fmt.Sprintf("?page[number]=%d", n+1), nil))
		}, "without a new row"},
		{"new rows for ever", func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
			write(w, doc(rows(n, n), fmt.Sprintf("?page[number]=%d", n+1), nil))
		}, "there are more than 10000 pages"},
		{"more pages than it said", func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
			write(w, doc(rows(n, n), fmt.Sprintf("?page[number]=%d", n+1), map[string]any{"total_pages": 3}))
		}, "there are more than 16 pages"},
		{"next_page goes back", scripted(doc(rows(1, 2), nil, map[string]any{"next_page": 1})), "was read before"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := newClock()
			c, err := New(Options{URL: "http://127.0.0.1", Token: testToken, Transport: direct{test.server}, Now: k.Now, Sleep: k.Sleep})
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.List(t.Context(), Request{Path: "/v1/things"})
			if !errors.Is(err, ErrPaging) || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want %q", err, test.want)
			}
			var hint interface{ Hint() string }
			if !errors.As(err, &hint) || hint.Hint() == "" {
				t.Error("no hint")
			}
			if len(got.Objects) != 0 {
				t.Errorf("a failed listing has %d rows", len(got.Objects))
			}
		})
	}
}

func TestListTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		docs   []map[string]any
		rows   int
		reason string // empty for complete
	}{
		{"ignores paging, no meta", []map[string]any{doc(rows(1, 30), nil, nil)}, 30, ""},
		{"ignores paging, count agrees", []map[string]any{doc(rows(1, 130), nil, map[string]any{"total_pages": 2, "total_count": 130})}, 130, ""},
		{"ignores paging, count disagrees", []map[string]any{doc(rows(1, 100), nil, map[string]any{"total_pages": 2, "total_count": 130})}, 100, "same rows"},
		{"counts what the filter leaves out", []map[string]any{
			{"data": rows(1, 3), "links": map[string]any{"next": nil}, "meta": map[string]any{"next_page": nil, "total_pages": 1, "total_count": 7}},
		}, 3, ""},
		{"counts pages of what the filter leaves out", []map[string]any{
			{"data": rows(1, 3), "links": map[string]any{"next": nil}, "meta": map[string]any{"next_page": nil, "total_pages": 3, "total_count": 250}},
			{"data": rows(1, 0), "links": map[string]any{"next": nil}, "meta": map[string]any{"next_page": nil, "total_pages": 3, "total_count": 250}},
		}, 3, ""},
		{"ignores paging, promises more", []map[string]any{doc(rows(1, 100), nil, map[string]any{"total_pages": 2})}, 100, "same rows"},
		{"count too high", []map[string]any{doc(rows(1, 3), nil, map[string]any{"total_count": 4}), doc(rows(1, 0), nil, map[string]any{"total_count": 4})}, 3, ""},
		{"count too low", []map[string]any{doc(rows(1, 3), nil, map[string]any{"total_pages": 1, "total_count": 2})}, 3, ""},
		{"empty page although more were promised", []map[string]any{
			doc(rows(1, 2), nil, map[string]any{"total_pages": 3, "total_count": 6}), doc(rows(1, 0), nil, map[string]any{"total_pages": 3, "total_count": 6}),
		}, 2, "promised more pages"},
		{"count as text", []map[string]any{doc(rows(1, 3), nil, map[string]any{"total_pages": "1", "total_count": "3"})}, 3, ""},
		{"link object", []map[string]any{doc(rows(1, 2), map[string]any{"href": "?page[number]=2"}, nil), doc(rows(3, 4), map[string]any{"href": ""}, nil)}, 4, ""},
		{"null link, meta goes on", []map[string]any{
			{"data": rows(1, 2), "links": map[string]any{"next": nil}, "meta": map[string]any{"total_pages": 2, "total_count": 4}},
			{"data": rows(3, 4), "links": map[string]any{"next": nil}, "meta": map[string]any{"total_pages": 2, "total_count": 4}},
		}, 4, ""},
		{"null row", []map[string]any{doc([]any{nil, row(1)}, nil, nil)}, 1, "1 of its objects cannot be read: object 1 is null"},
		{"rows of other kinds", []map[string]any{doc([]any{3, "x", row(1), []any{}}, nil, nil)}, 1, "3 of its objects cannot be read: object 1 is a number; object 2 is text"},
		{"attributes of another kind", []map[string]any{doc([]any{row(1), map[string]any{"type": "things", "id": "7", "attributes": "x"}}, nil, nil)}, 1,
			`object 2, of id "7": attributes is text`},
		{"relationships of another kind", []map[string]any{doc([]any{row(1), map[string]any{"type": "things", "id": 7, "relationships": true}}, nil, nil)}, 1,
			`object 2, of id "7": relationships is true or false`},
		{"ids of other kinds", []map[string]any{doc([]any{row(1), map[string]any{"type": "things", "id": nil}, map[string]any{"type": "things", "id": []any{}}}, nil, nil)}, 1,
			`2 of its objects cannot be read: one of type "things" has no id`},
		{"no ids", []map[string]any{doc([]any{map[string]any{"type": "things", "attributes": map[string]any{"n": 1}}}, nil, nil)}, 0, "has no id"},
		{"cursor", []map[string]any{doc(rows(1, 2), nil, map[string]any{"next_cursor": "b"}), doc(rows(3, 4), nil, map[string]any{"next_cursor": nil, "total_count": 4})}, 4, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := serve(t, scripted(test.docs...))
			got, err := c.List(t.Context(), Request{Path: "/v1/things", Lazy: true})
			if err != nil {
				t.Fatal(err)
			}
			wantRows(t, got.Objects, test.rows)
			if !strings.Contains(got.Missing(), test.reason) || (test.reason == "") != got.Complete() {
				t.Errorf("missing %q, want %q", got.Missing(), test.reason)
			}
		})
	}
}

// shifting is a collection into which others write while it is read.
func shifting(changes func(page int, server *collection) bool) (http.HandlerFunc, *atomic.Int64) {
	server := collection{n: 250, links: true, meta: true}
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		changed := server
		number, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
		if changes(int(asked.Load()), &changed) && number > 1 {
			// One row came in front: each page starts with the last row of the one before.
			write(w, doc(rows((number-1)*100, min(number*100-1, 250)), nextOf(r, number, 3), map[string]any{"total_pages": 3, "total_count": 251}))
			return
		}
		changed.ServeHTTP(w, r)
	}, &asked
}

func nextOf(r *http.Request, number, last int) any {
	if number == last {
		return nil
	}
	return fmt.Sprintf("http://%s%s?page[number]=%d&page[size]=100", r.Host, r.URL.Path, number+1)
}

func TestListReadsAgainWhatShifted(t *testing.T) {
	t.Parallel()

	t.Run("settles", func(t *testing.T) {
		t.Parallel()
		handler, asked := shifting(func(request int, _ *collection) bool { return request <= 3 })
		c, _ := serve(t, handler)
		got, err := c.List(t.Context(), Request{Path: "/v1/things", Lazy: true})
		if err != nil {
			t.Fatal(err)
		}
		wantRows(t, got.Objects, 250)
		if !got.Complete() || asked.Load() != 6 {
			t.Errorf("incomplete %q after %d requests", got.Incomplete, asked.Load())
		}
	})

	t.Run("never settles", func(t *testing.T) {
		t.Parallel()
		handler, asked := shifting(func(int, *collection) bool { return true })
		c, _ := serve(t, handler)
		got, err := c.List(t.Context(), Request{Path: "/v1/things", Lazy: true})
		if err != nil {
			t.Fatal(err)
		}
		wantRows(t, got.Objects, 250)
		if got.Complete() || asked.Load() != 6 {
			t.Errorf("counts as complete after %d requests", asked.Load())
		}
	})
}

func TestIncludedOnce(t *testing.T) {
	t.Parallel()
	part := map[string]any{"type": "parts", "id": "1"}
	first, second := doc(rows(1, 2), "?page[number]=2", nil), doc(rows(3, 4), nil, nil)
	first["included"], second["included"] = []any{part}, []any{part, map[string]any{"type": "parts", "id": "2"}}
	second["links"] = map[string]any{"next": nil}
	c, _ := serve(t, scripted(first, second))
	got, err := c.List(t.Context(), Request{Path: "/v1/things"})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Included) != 2 || got.Included[1].ID != "2" {
		t.Errorf("included %v", got.Included)
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/v1/things/a%2Fb" || r.URL.Query().Get("include") != "parts" {
			t.Errorf("asked %s", r.URL)
		}
		write(w, map[string]any{"data": row(7), "included": rows(8, 9)})
	})
	object, included, err := c.Get(t.Context(), "/v1/things/a%2Fb", url.Values{"include": {"parts"}})
	if err != nil {
		t.Fatal(err)
	}
	if object.ID != "7" || len(included) != 2 {
		t.Errorf("got %v with %d included", object, len(included))
	}
	for _, path := range []string{"v1/things", "https://evil.example/v1", "//evil.example/v1", ""} {
		if _, _, err := c.Get(t.Context(), path, nil); err == nil {
			t.Errorf("path %q accepted", path)
		}
	}
}

// BenchmarkList100000 fetches and decodes about 250 MB in 1,000 pages.
func BenchmarkList100000(b *testing.B) {
	pages := make([][]byte, 1000)
	for i := range pages {
		doc := page(i * 100)
		tail := fmt.Sprintf(`,"links":{"next":"http://localhost/v1/things?page[number]=%d&page[size]=100"},"meta":{"total_pages":1000,"total_count":100000}}`, i+2)
		if i == len(pages)-1 {
			tail = `,"links":{"next":null},"meta":{"total_pages":1000,"total_count":100000}}`
		}
		pages[i] = append(doc[:len(doc)-2], tail...) // without the closing brace and its line break
	}
	transport := direct{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
		_, _ = w.Write(pages[n-1])
	})}
	for b.Loop() {
		c, err := New(Options{URL: "http://localhost", Token: testToken, Transport: transport})
		if err != nil {
			b.Fatal(err)
		}
		got, err := c.List(b.Context(), Request{Path: "/v1/things"})
		if err != nil || len(got.Objects) != 100_000 || !got.Complete() {
			b.Fatal(err, len(got.Objects), got.Incomplete)
		}
		b.SetBytes(c.Stats().Bytes)
		b.ReportMetric(float64(c.Stats().Requests), "requests/op")
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-held")
		runtime.KeepAlive(got)
	}
}
