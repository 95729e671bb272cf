package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Conn sends single requests with any method that its permit allows, to the configured host and with its token. It
// never repeats a request and follows no redirect. It exists for the one package that writes; all others use a
// [Client].
type Conn struct{ wire }

// NewConn checks the options and returns a connection. It makes no request.
func NewConn(o Options, permit func(*http.Request) error) (*Conn, error) {
	w, err := newWire(o, permit, nowhere)
	if err != nil {
		return nil, err
	}
	return &Conn{w}, nil
}

// Pause waits, as long as the context lasts.
func (c *Conn) Pause(ctx context.Context, d time.Duration) error { return c.options.Sleep(ctx, d) }

// A Reply is the answer to a request.
type Reply struct {
	Status int           // 0 when no answer came
	Object *Object       // nil unless the answer contains one
	Wait   time.Duration // how long the server asks to wait, if it does
}

// Send makes one request. Its error is an [Error]; if the status is 0 or at least 500, nobody knows whether the request
// was carried out.
func (c *Conn) Send(ctx context.Context, method, path string, body []byte) (Reply, error) {
	if u, err := url.Parse(path); err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") {
		return Reply{}, fmt.Errorf("%q is not an API path", c.redact(path))
	}
	limited, cancel := context.WithTimeoutCause(ctx, c.options.Timeout, errTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(limited, method, strings.TrimSuffix(c.base.String(), "/")+path, bytes.NewReader(body))
	if err != nil {
		return Reply{}, c.fail(method, path, err)
	}
	started := c.options.Now()
	event := Event{Path: c.redact(r.URL.Path), Attempt: 1}
	reply, size, err := c.exchange(r)
	if err != nil && errors.Is(context.Cause(limited), errTimeout) {
		err = c.fail(method, path, fmt.Errorf("%w within %s", errTimeout, c.options.Timeout))
	}
	event.Status, event.Bytes, event.Took, event.Err = reply.Status, size, c.options.Now().Sub(started), err
	c.options.OnRequest(event)
	return reply, err
}

// exchange sends a request and reads its answer.
func (c *Conn) exchange(r *http.Request) (Reply, int64, error) {
	const most = 16 << 20
	answer, err := c.http.Do(r)
	var outer *url.Error // its text repeats the URL
	if errors.As(err, &outer) {
		err = outer.Err
	}
	if err != nil {
		return Reply{}, 0, c.fail(r.Method, r.URL.Path, networkFailure(err, true).err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	size := int64(len(body))
	reply := Reply{Status: answer.StatusCode, Wait: askedWait(answer.Header, c.options.Now())}
	if answer.StatusCode/100 != 2 {
		return reply, size, c.refused(r, answer, body)
	}
	if err != nil {
		return reply, size, c.fail(r.Method, r.URL.Path, err)
	}
	if isHTML(answer.Header, body) {
		return reply, size, c.fail(r.Method, r.URL.Path, ErrHTML)
	}
	if d, err := decodeOne(&parser{}, body); err == nil {
		reply.Object = d.rows[0]
	}
	return reply, size, nil
}

// refused is the error for an unsuccessful answer, with the server's full explanation.
func (c *Conn) refused(r *http.Request, answer *http.Response, body []byte) *Error {
	f := statusFailure(answer, body, c.options.Now())
	e := c.fail(r.Method, r.URL.Path, f.err)
	e.Status, e.Title, e.Detail = f.status, c.redact(f.title), c.redact(allDetails(body, f.detail))
	return e
}

// allDetails joins the details of all errors in an answer.
func allDetails(body []byte, otherwise string) string {
	var told struct {
		Errors []struct {
			Title  string `json:"title"`
			Detail string `json:"detail"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &told) != nil || len(told.Errors) < 2 {
		return otherwise
	}
	var parts []string
	for _, e := range told.Errors {
		if text := e.Detail; text != "" {
			parts = append(parts, text)
		} else if e.Title != "" {
			parts = append(parts, e.Title)
		}
	}
	return oneLine(strings.Join(parts, "; "))
}

// fail adds the request to the cause, and removes the token from both.
func (c *Conn) fail(method, path string, cause error) *Error {
	e := c.wrap(&url.URL{Path: path}, cause)
	e.Method = method
	return e
}
