package api

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// failure is one attempt without a document.
type failure struct {
	status        int // 0 without an answer
	title, detail string
	err           error         // nil if the status says everything
	again         bool          // another attempt may help
	after         time.Duration // how long the server asks to wait
	took          time.Duration
}

func (f *failure) reason() string {
	if f.err != nil {
		return f.err.Error()
	}
	return fmt.Sprintf("%d %s", f.status, http.StatusText(f.status))
}

// networkFailure judges an error without an answer. A host that never answered is treated as a wrong address, not as a
// temporary fault.
func networkFailure(err error, neverAnswered bool) *failure {
	var (
		lookup      *net.DNSError
		dial        *net.OpError
		certificate *tls.CertificateVerificationError
	)
	switch {
	case hint.Of(err) != "", errors.Is(err, errReadOnly):
		return &failure{err: err}
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return &failure{err: hint.With(fmt.Errorf("unknown host %s", lookup.Name), "check the URL, and that this machine is online")}
	case errors.As(err, &certificate):
		return &failure{err: hint.With(err, "the certificate of the server is not trusted; for a proxy in between, install its certificate authority on this machine")}
	case errors.Is(err, http.ErrSchemeMismatch):
		return &failure{err: hint.With(err, "the server speaks plain http; check the URL")}
	case neverAnswered && errors.As(err, &dial) && dial.Op == "dial" && !dial.Timeout():
		return &failure{err: hint.With(err, "nothing answers there; check the URL, and that this machine is online")}
	}
	return &failure{err: err, again: true}
}

// statusFailure judges an unsuccessful answer.
func statusFailure(answer *http.Response, body []byte, now time.Time) *failure {
	f := &failure{status: answer.StatusCode}
	f.title, f.detail = serverWords(body)
	switch {
	case f.status == http.StatusTooManyRequests:
		f.again = true
		f.after = askedWait(answer.Header, now)
	case f.status == http.StatusNotImplemented, f.status == http.StatusHTTPVersionNotSupported:
	case f.status >= 500:
		f.again = true
		f.after = retryAfter(answer.Header, now)
	case isHTML(answer.Header, body):
		f.err = ErrHTML
	}
	return f
}

func retryAfter(h http.Header, now time.Time) time.Duration {
	if at := parseMoment(h.Get("Retry-After"), serverClock(h, now), now); !at.IsZero() {
		return at.Sub(now)
	}
	return 0
}

func askedWait(h http.Header, now time.Time) time.Duration {
	if wait := retryAfter(h, now); wait > 0 {
		return wait
	}
	if at := announcedReset(h, now); !at.IsZero() {
		return at.Sub(now)
	}
	return 0
}

// serverWords finds the explanation in {"errors": [{"title", "detail"}]} or
// {"error": "text"}.
func serverWords(body []byte) (title, detail string) {
	var told struct {
		Errors []struct {
			Title  string `json:"title"`
			Detail string `json:"detail"`
		} `json:"errors"`
		Error string `json:"error"`
	}
	if len(body) > smallBody || json.Unmarshal(body, &told) != nil {
		return "", ""
	}
	if len(told.Errors) > 0 {
		return oneLine(told.Errors[0].Title), oneLine(told.Errors[0].Detail)
	}
	return oneLine(told.Error), ""
}

// oneLine makes foreign text safe for a terminal.
func oneLine(text string) string {
	const most = 300
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// explain turns the last failure into the caller's error.
func (c *Client) explain(u *url.URL, f *failure, t tries) *Error {
	e := c.wrap(u, f.err)
	e.Status, e.Title, e.Detail = f.status, c.redact(f.title), c.redact(f.detail)
	if f.again {
		e.tries = t.made()
	}
	return e
}

// wrap adds the request to the cause, and removes the token from both.
func (c *wire) wrap(u *url.URL, cause error) *Error {
	e := &Error{Method: http.MethodGet, Path: c.show(u), cause: cause, hint: hint.Of(cause)}
	if cause != nil {
		if text := c.redact(cause.Error()); text != cause.Error() {
			e.cause = censored{text, cause}
		}
	}
	return e
}

// show is a URL for people: no host, no query, no token.
func (c *wire) show(u *url.URL) string { return c.redact(u.Path) }

// censored keeps the type of an error, and hides its text.
type censored struct {
	text string
	err  error
}

func (c censored) Error() string        { return c.text }
func (c censored) Is(target error) bool { return errors.Is(c.err, target) }

// backoff doubles from a quarter of a second up to 30 s. Half of it is random, so that requests that failed together
// are not repeated together.
func backoff(failed int) time.Duration {
	full := min(250*time.Millisecond<<min(failed-1, 10), 30*time.Second)
	return full/2 + rand.N(full/2)
}
