package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func dial(t *testing.T, h http.HandlerFunc) *Conn {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := NewConn(Options{URL: s.URL, Token: testToken, Timeout: time.Minute}, func(r *http.Request) error {
		if r.URL.Path == "/v1/not" {
			return errReadOnly
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConnSendsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	c := dial(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != "POST" || r.URL.Path != "/v1/pulses" || string(body) != `{"x":1}` ||
			r.Header.Get("Authorization") != "Bearer "+testToken || r.Header.Get("Content-Type") != "application/vnd.api+json" {
			t.Errorf("%s %s %s %v", r.Method, r.URL, body, r.Header)
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"data":{"id":"p","type":"pulses","attributes":{"n":1}}}`)
	})
	reply, err := c.Send(t.Context(), "POST", "/v1/pulses", []byte(`{"x":1}`))
	if err != nil || reply.Status != 201 || reply.Object == nil || reply.Object.ID != "p" {
		t.Errorf("%+v, %v", reply, err)
	}
}

func TestConnStaysWithinBounds(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	c := dial(t, func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		w.Header().Set("Location", "/v1/elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	for _, path := range []string{"https://elsewhere.example/v1/pulses", "//elsewhere.example/v1/pulses", "v1/pulses", "/v1/not"} {
		if _, err := c.Send(t.Context(), "POST", path, nil); err == nil {
			t.Errorf("%s left", path)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
	if _, err := c.Send(t.Context(), "POST", "/v1/pulses", nil); err == nil || reached.Load() != 1 {
		t.Errorf("a redirect was followed: %v, %d requests", err, reached.Load())
	}
}

func TestConnExplains(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		want   string
		is     error
	}{
		{403, `{"errors":[{"title":"Forbidden","detail":"not ` + testToken + `"}]}`, "POST /v1/pulses: 403 Forbidden: not [token]", ErrForbidden},
		{422, `{"errors":[{"title":"invalid","detail":"a"},{"title":"b"}]}`, "POST /v1/pulses: 422 Unprocessable Entity: invalid: a; b", nil},
		{200, `<html>`, "POST /v1/pulses: got HTML instead of JSON", ErrHTML},
		{500, ``, "POST /v1/pulses: 500 Internal Server Error", nil},
	} {
		c := dial(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, test.body)
		})
		_, err := c.Send(t.Context(), "POST", "/v1/pulses", nil)
		if err == nil || err.Error() != test.want || test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("%d: %v, want %s", test.status, err, test.want)
		}
	}
}

func TestConnTellsHowLongToWait(t *testing.T) {
	t.Parallel()
	c := dial(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	reply, err := c.Send(t.Context(), "PUT", "/v1/pulses/1", nil)
	if !errors.Is(err, ErrRateLimited) || reply.Wait < 6*time.Second || reply.Wait > 8*time.Second {
		t.Errorf("%+v, %v", reply, err)
	}
}

func TestConnNeedsATokenAndKeepsItToItself(t *testing.T) {
	t.Parallel()
	if _, err := NewConn(Options{}, nil); err == nil {
		t.Error("no token")
	}
	if _, err := NewConn(Options{Token: testToken, URL: "http://example.com"}, nil); err == nil {
		t.Error("an address without encryption")
	}
	c := dial(t, func(http.ResponseWriter, *http.Request) {})
	if text := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(text, testToken) {
		t.Errorf("the token is printed: %s", text)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := c.Send(ended, "POST", "/v1/pulses", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
