package api

import (
	"compress/gzip"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestStatusErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		code     int
		is       error
		body     string
		want     string
		wantHint string
	}{
		{401, ErrUnauthorized, `{"errors": [{"title": "Unauthorized", "status": "401", "detail": "expired"}]}`, "GET /v1/things: 401 Unauthorized: expired", "token"},
		{403, ErrForbidden, `{"errors": [{"title": "Not allowed", "status": "403"}]}`, "GET /v1/things: 403 Forbidden: Not allowed", "role"},
		{404, ErrNotFound, ``, "GET /v1/things: 404 Not Found", "URL"},
		{404, ErrHTML, `<html>nothing here</html>`, "GET /v1/things: 404 Not Found: got HTML instead of JSON", "URL"},
		{429, ErrRateLimited, `{"error": "Rate limit exceeded. Try again later."}`, "GET /v1/things: 429 Too Many Requests: Rate limit exceeded. Try again later. (after 8 attempts)", "--parallelism"},
		{500, nil, `oops`, "GET /v1/things: 500 Internal Server Error (after 8 attempts)", "later"},
		{422, nil, `{"errors": [{"title": "a\u001b[31mred\nline"}]}`, "GET /v1/things: 422 Unprocessable Entity: a [31mred line", ""},
		{200, ErrHTML, "<!DOCTYPE html>", "GET /v1/things: got HTML instead of JSON", "URL"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.code, test.is), func(t *testing.T) {
			t.Parallel()
			c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.code)
				fmt.Fprint(w, test.body)
			})
			_, err := c.List(t.Context(), Request{Path: "/v1/things", Query: map[string][]string{"filter[name]": {"private"}}})
			var typed *Error
			if !errors.As(err, &typed) {
				t.Fatalf("error %v is no *Error", err)
			}
			if err.Error() != test.want {
				t.Errorf("error %q, want %q", err, test.want)
			}
			if test.code != 200 && typed.Status != test.code {
				t.Errorf("status %d", typed.Status)
			}
			if !strings.Contains(typed.Hint(), test.wantHint) || (test.wantHint == "") != (typed.Hint() == "") {
				t.Errorf("hint %q", typed.Hint())
			}
			for _, kind := range []error{ErrUnauthorized, ErrForbidden, ErrNotFound, ErrRateLimited, ErrHTML, ErrPaging} {
				want := kind == test.is || test.code == 404 && kind == ErrNotFound
				if errors.Is(err, kind) != want {
					t.Errorf("is %v: %t", kind, !want)
				}
			}
		})
	}
}

func TestWrongAddress(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)

	unknown := brokenTransport(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "rootly.invalid", IsNotFound: true}})
	tests := []struct {
		name, url string
		transport http.RoundTripper
		want      string
	}{
		{"nobody listens", "http://" + closed.Addr().String(), nil, "connection refused"},
		{"unknown host", "https://rootly.invalid", unknown, "unknown host rootly.invalid"},
		{"foreign certificate", secure.URL, &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}, "certificate"},
		{"plain http behind https", strings.Replace(plain.URL, "http:", "https:", 1), nil, "HTTP response to HTTPS client"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := newClock()
			c, err := New(Options{URL: test.url, Token: testToken, Transport: test.transport, Now: k.Now, Sleep: k.Sleep})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.List(t.Context(), Request{Path: "/v1/things"})
			var typed *Error
			if !errors.As(err, &typed) || !strings.Contains(err.Error(), test.want) || typed.Hint() == "" {
				t.Fatalf("error %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "page%5B") || c.Stats().Requests != 1 {
				t.Errorf("error %v after %d requests", err, c.Stats().Requests)
			}
		})
	}
}

func brokenTransport(err error) http.RoundTripper {
	return roundTrip(func(*http.Request) (*http.Response, error) { return nil, err })
}

func TestConnectionRefusedLaterIsRetried(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		if n.Add(1) == 2 {
			return nil, refused
		}
		return direct{collection{n: 150, links: true}}.RoundTrip(r)
	})
	k := newClock()
	c, err := New(Options{Token: testToken, URL: "http://localhost", Transport: transport, Now: k.Now, Sleep: k.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.List(t.Context(), Request{Path: "/v1/things"})
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, got.Objects, 150)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCompressionConnectionsAndEvents(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" || r.Header.Get("Accept") != "application/vnd.api+json" || r.Header.Get("User-Agent") != "test/1" {
			t.Errorf("headers %v", r.Header)
		}
		recorder := httptest.NewRecorder()
		collection{n: 6000, links: true, meta: true}.ServeHTTP(recorder, r)
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = packed.Write(recorder.Body.Bytes())
		packed.Close()
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)

	var mu sync.Mutex
	var events []Event
	c, err := New(Options{URL: server.URL, Token: testToken, UserAgent: "test/1", OnRequest: func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.List(t.Context(), Request{Path: "/v1/things"})
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, got.Objects, 6000)

	var bytes int64
	for _, e := range events {
		bytes += e.Bytes
		if e.Status != 200 || e.Path != "/v1/things" || e.Attempt != 1 || e.Err != nil || e.Took <= 0 {
			t.Errorf("event %+v", e)
		}
	}
	if s := c.Stats(); len(events) != 60 || s.Requests != 60 || s.Bytes != bytes || bytes < 6000*50 {
		t.Errorf("%d events of %d bytes, stats %+v", len(events), bytes, s)
	}
	if connections.Load() > 32 {
		t.Errorf("%d connections for 60 requests", connections.Load())
	}
}

func TestParallelism(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int64
	release := make(chan struct{})
	server := collection{n: 5, links: true, meta: true}
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		most.Store(max(most.Load(), n))
		if r.URL.Path != "/v1/first" {
			if n == 3 {
				close(release)
			}
			<-release
		}
		server.ServeHTTP(w, r)
	}, func(o *Options) { o.Parallelism = 3 })

	if _, err := c.List(t.Context(), Request{Path: "/v1/first"}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := c.List(t.Context(), Request{Path: "/v1/things"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() != 3 {
		t.Errorf("%d requests at once, want 3", most.Load())
	}
}
