package api

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestOnlyGets(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	c, _ := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "get", "QUERY"} {
		r, err := http.NewRequestWithContext(t.Context(), method, c.base.String()+"/v1/things", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := c.http.Do(r)
		if err == nil {
			answer.Body.Close()
		}
		if !errors.Is(err, errReadOnly) {
			t.Errorf("%s: error %v", method, err)
		}
	}
	if reached.Load() != 0 {
		t.Errorf("%d requests reached the network", reached.Load())
	}
}

func TestTokenStaysAtHome(t *testing.T) {
	t.Parallel()
	var abroad atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		abroad.Add(1)
	}))
	t.Cleanup(other.Close)

	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/moved":
			http.Redirect(w, r, other.URL+"/v1/things", http.StatusFound)
		case "/v1/renamed":
			http.Redirect(w, r, "/v1/things", http.StatusFound)
		case "/v1/circle":
			http.Redirect(w, r, "/v1/circle", http.StatusFound)
		default:
			if got := r.Header.Get("Authorization"); got != "Bearer "+testToken {
				t.Errorf("authorization %q", got)
			}
			write(w, map[string]any{"data": rows(1, 1)})
		}
	})

	_, err := c.List(t.Context(), Request{Path: "/v1/moved"})
	if err == nil || !strings.Contains(err.Error(), "another host") || abroad.Load() != 0 {
		t.Errorf("redirect abroad: error %v, %d requests there", err, abroad.Load())
	}
	var hint interface{ Hint() string }
	if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "--url") {
		t.Errorf("no hint: %v", err)
	}
	if _, err := c.List(t.Context(), Request{Path: "/v1/renamed", Paging: Unpaged}); err != nil {
		t.Errorf("redirect at home: %v", err)
	}
	if _, err := c.List(t.Context(), Request{Path: "/v1/circle"}); err == nil {
		t.Error("redirects in a circle: no error")
	}

	// The guard holds even where nothing above it checks.
	r, _ := http.NewRequestWithContext(t.Context(), "GET", other.URL, nil)
	if answer, err := c.http.Transport.RoundTrip(r); err == nil {
		answer.Body.Close()
		t.Error("the transport went to another host")
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	tests := []struct{ url, want string }{
		{"", "https://api.rootly.com/v1/things"},
		{"https://api.rootly.com", "https://api.rootly.com/v1/things"},
		{"https://api.rootly.com/", "https://api.rootly.com/v1/things"},
		{"https://api.rootly.com/v1", "https://api.rootly.com/v1/things"},
		{" https://api.rootly.com/v1/ ", "https://api.rootly.com/v1/things"},
		{"https://proxy.example/rootly/v1/", "https://proxy.example/rootly/v1/things"},
		{"http://localhost:8080", "http://localhost:8080/v1/things"},
		{"http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/things"},
		{"http://[::1]:8080", "http://[::1]:8080/v1/things"},
		{"http://api.rootly.com", "error: unencrypted"},
		{"http://localhost.evil.example", "error: unencrypted"},
		{"http://10.0.0.1", "error: unencrypted"},
		{"api.rootly.com", "error: not an http or https URL"},
		{"localhost:8080", "error: not an http or https URL"},
		{"ftp://api.rootly.com", "error: not an http or https URL"},
		{"https://", "error: not an http or https URL"},
		{"https://user:hunter2@api.rootly.com", "error: user name or password"},
		{"https://api.rootly.com?x=1", "error: query"},
		{"https://%zz", "error: not an http or https URL"},
	}
	for _, test := range tests {
		c, err := New(Options{URL: test.url, Token: testToken})
		got := ""
		if err == nil {
			u, err := c.resolve("/v1/things", nil)
			if err != nil {
				t.Fatal(err)
			}
			got = u.String()
		} else if want, ok := strings.CutPrefix(test.want, "error: "); ok && strings.Contains(err.Error(), want) {
			got = test.want
		}
		if got != test.want {
			t.Errorf("%q: got %q, %v; want %q", test.url, got, err, test.want)
		}
		var hint interface{ Hint() string }
		if err != nil && (!errors.As(err, &hint) || hint.Hint() == "") {
			t.Errorf("%q: no hint", test.url)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	t.Parallel()
	c, _ := New(Options{URL: "https://API.rootly.com", Token: testToken})
	for text, want := range map[string]bool{
		"https://api.rootly.com:443/v1/x":       true,
		"https://api.rootly.com:8443/v1/x":      false,
		"http://api.rootly.com/v1/x":            false,
		"https://api.rootly.com.evil.example/x": false,
		"https://api.rootly.com@evil.example/x": false,
	} {
		u, err := c.base.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := sameOrigin(u, c.base); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

// TestTokenIsNeverSaid lets the server repeat the token in every way it can.
func TestTokenIsNeverSaid(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var events []Event
	options := Options{
		Log:       slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		OnRequest: func(e Event) { events = append(events, e) },
		Token:     testToken,
		Attempts:  2,
	}
	echo := fmt.Sprintf(`{"errors": [{"title": "bad %[1]s", "detail": "no key %[1]s"}]}`, testToken)
	for _, server := range []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401); fmt.Fprint(w, echo) },
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); fmt.Fprint(w, echo) },
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+testToken+".example/", http.StatusFound)
		},
		body(`{"data": "` + testToken + `"`),
		reset,
	} {
		c, _ := serve(t, server, func(o *Options) {
			o.Log, o.OnRequest, o.Attempts = options.Log, options.OnRequest, options.Attempts
		})
		_, err := c.List(t.Context(), Request{Path: "/v1/" + testToken, Query: map[string][]string{"filter[secret]": {"s3cret"}}})
		if err == nil {
			t.Fatal("no error")
		}
		said := fmt.Sprintf("%v %+v %s", err, err, c)
		for inner := err; inner != nil; inner = errors.Unwrap(inner) {
			said += inner.Error()
		}
		said += fmt.Sprintf("%+v %#v", c, c) + fmt.Sprintf("%+v %#v", c.options, c.http)
		if strings.Contains(said, testToken) || strings.Contains(said, "s3cret") {
			t.Errorf("said: %s", said)
		}
	}
	said := log.String() + fmt.Sprintf("%+v %#v", options, options) + fmt.Sprint(events)
	if log.Len() == 0 || len(events) == 0 || strings.Contains(said, testToken) {
		t.Errorf("said: %s", said)
	}
}
