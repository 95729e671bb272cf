package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// failing lets the first n requests fail in the given way.
func failing(n int, fail http.HandlerFunc) (http.HandlerFunc, *atomic.Int64) {
	var asked atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if int(asked.Add(1)) <= n {
			fail(w, r)
			return
		}
		write(w, map[string]any{"data": rows(1, 3), "meta": map[string]any{"total_pages": 1, "total_count": 3}})
	}, &asked
}

func status(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.api+json")
		fmt.Fprint(w, text)
	}
}

func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// truncated promises more than it sends.
func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, `{"data": [{"type": "things", "id": "1"}`)
}

func TestRetries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		fail http.HandlerFunc
	}{
		{"500", status(500)},
		{"502 with HTML", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			fmt.Fprint(w, "<html>bad gateway</html>")
		}},
		{"503", status(503)},
		{"504", status(504)},
		{"429", status(429)},
		{"reset", reset},
		{"truncated body", truncated},
		{"torn JSON", body(`{"data": [{"type": "things", "id": "1"}, {"ty`)},
		{"torn JSON in a string", body(`{"data": [{"type": "thi`)},
		{"broken JSON", body(`{"data": [}`)},
		{"no body", body("")},
		{"two documents", body(`{"data": []}{"data": []}`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			handler, asked := failing(3, test.fail)
			c, k := serve(t, handler)
			got, err := c.List(t.Context(), Request{Path: "/v1/things"})
			if err != nil {
				t.Fatal(err)
			}
			wantRows(t, got.Objects, 3)
			if s := c.Stats(); asked.Load() != 4 || s.Requests != 4 || s.Retries != 3 || s.Waited != k.total() {
				t.Errorf("%d requests, stats %+v, slept %s", asked.Load(), s, k.total())
			}

			// Each wait is between half and all of its doubled base.
			for i, d := range k.slept {
				if full := 250 * time.Millisecond << i; d < full/2 || d > full {
					t.Errorf("wait %d is %s, want %s to %s", i+1, d, full/2, full)
				}
			}
		})
	}
}

func TestRetriesTimeouts(t *testing.T) {
	t.Parallel()
	handler, asked := failing(2, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c, _ := serve(t, handler, func(o *Options) { o.Timeout = 500 * time.Millisecond })
	got, err := c.List(t.Context(), Request{Path: "/v1/things"})
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, got.Objects, 3)
	if asked.Load() != 3 {
		t.Errorf("%d requests", asked.Load())
	}
}

// TestRetriesHTMLLater lets a web page come between pages of JSON.
func TestRetriesHTMLLater(t *testing.T) {
	t.Parallel()
	server := collection{n: 350, links: true}
	var asked atomic.Int64
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 3 {
			fmt.Fprint(w, "<html>one moment please</html>")
			return
		}
		server.ServeHTTP(w, r)
	})
	got, err := c.List(t.Context(), Request{Path: "/v1/things"})
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, got.Objects, 350)
}

func TestTimeoutError(t *testing.T) {
	t.Parallel()
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"data": [`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, func(o *Options) { o.Timeout, o.Attempts = 50*time.Millisecond, 2 })
	_, err := c.List(t.Context(), Request{Path: "/v1/things"})
	if err == nil || err.Error() != "GET /v1/things: no complete answer within 50ms (after 2 attempts)" {
		t.Errorf("error %v", err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("looks like the caller's own deadline")
	}
}

func TestDoesNotRetry(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		fail http.HandlerFunc
		want string
	}{
		{"400", status(400), "400 Bad Request"},
		{"401", status(401), "401 Unauthorized"},
		{"403", status(403), "403 Forbidden"},
		{"404", status(404), "404 Not Found"},
		{"409", status(409), "409 Conflict"},
		{"422", status(422), "422 Unprocessable Entity"},
		{"501", status(501), "501 Not Implemented"},
		{"HTML", body("\n <!doctype html>"), "got HTML instead of JSON"},
		{"no data", body(`{"message": "hello"}`), "no data"},
		{"null data", body(`{"data": null}`), "no data"},
		{"one object", body(`{"data": {"type": "things", "id": "1"}}`), "one object instead of a list"},
		{"a list", body(`[]`), "not an object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			handler, asked := failing(1, test.fail)
			c, _ := serve(t, handler)
			_, err := c.List(t.Context(), Request{Path: "/v1/things"})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if asked.Load() != 1 {
				t.Errorf("%d requests", asked.Load())
			}
		})
	}
}

func TestGivesUp(t *testing.T) {
	t.Parallel()

	t.Run("after all attempts", func(t *testing.T) {
		t.Parallel()
		handler, asked := failing(1000, status(500))
		c, _ := serve(t, handler, func(o *Options) { o.Attempts = 3 })
		_, err := c.List(t.Context(), Request{Path: "/v1/things"})
		if err == nil || err.Error() != "GET /v1/things: 500 Internal Server Error (after 3 attempts)" {
			t.Errorf("error %v", err)
		}
		if asked.Load() != 3 {
			t.Errorf("%d requests", asked.Load())
		}
	})

	t.Run("after all time", func(t *testing.T) {
		t.Parallel()
		handler, _ := failing(1000, status(503, "Retry-After", "20"))
		c, k := serve(t, handler, func(o *Options) { o.RetryFor = time.Minute })
		if _, err := c.List(t.Context(), Request{Path: "/v1/things"}); err == nil {
			t.Error("no error")
		}
		if k.total() != time.Minute {
			t.Errorf("slept %s", k.total())
		}
	})

	t.Run("when limited for too long", func(t *testing.T) {
		t.Parallel()
		handler, asked := failing(1000, status(429, "Retry-After", "7200"))
		c, k := serve(t, handler)
		_, err := c.List(t.Context(), Request{Path: "/v1/things"})
		if !errors.Is(err, ErrRateLimited) || asked.Load() != 1 || k.total() != 0 {
			t.Errorf("error %v after %d requests and %s", err, asked.Load(), k.total())
		}
	})

	t.Run("when always limited", func(t *testing.T) {
		t.Parallel()
		handler, asked := failing(1000, status(429, "Retry-After", "5"))
		c, _ := serve(t, handler, func(o *Options) { o.Attempts = 3 })
		_, err := c.List(t.Context(), Request{Path: "/v1/things"})
		if !errors.Is(err, ErrRateLimited) || asked.Load() != 3 {
			t.Errorf("error %v after %d requests", err, asked.Load())
		}
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()

	t.Run("in flight", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		c, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			cancel()
			<-r.Context().Done()
		})
		if _, err := c.List(ctx, Request{Path: "/v1/things"}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if s := c.Stats(); s.Requests != 1 {
			t.Errorf("stats %+v", s)
		}
	})

	t.Run("in a wait", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		c, _ := serve(t, status(429, "Retry-After", "600"), func(o *Options) {
			o.Now, o.Sleep = nil, func(ctx context.Context, d time.Duration) error {
				time.AfterFunc(10*time.Millisecond, cancel)
				return Sleep(ctx, d)
			}
		})
		within, done := context.WithTimeout(t.Context(), 5*time.Second)
		defer done()
		if _, err := c.List(ctx, Request{Path: "/v1/things"}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if within.Err() != nil {
			t.Error("took more than 5 seconds")
		}
	})

	t.Run("before", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		handler, asked := failing(0, nil)
		c, _ := serve(t, handler)
		if _, err := c.List(ctx, Request{Path: "/v1/things"}); !errors.Is(err, context.Canceled) || asked.Load() != 0 {
			t.Errorf("error %v after %d requests", err, asked.Load())
		}
	})
}

// TestFaultsEverywhere lets a third of the pages fail in turn and loses no row.
func TestFaultsEverywhere(t *testing.T) {
	t.Parallel()
	server := collection{n: 3000, links: true, meta: true}
	faults := []http.HandlerFunc{status(500), reset, truncated, status(429), body(`{"data": [`)}
	var n atomic.Int64
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if i := int(n.Add(1)); i%3 == 0 {
			faults[i/3%len(faults)](w, r)
			return
		}
		server.ServeHTTP(w, r)
	})
	got, err := c.List(t.Context(), Request{Path: "/v1/things"})
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, got.Objects, 3000)
	if s := c.Stats(); s.Requests != s.Retries+30 {
		t.Errorf("stats %+v", s)
	}
}
