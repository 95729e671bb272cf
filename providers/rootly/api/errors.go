package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Conditions that callers act upon; test with [errors.Is].
var (
	ErrUnauthorized = errors.New("unauthorised")             // 401
	ErrForbidden    = errors.New("forbidden")                // 403
	ErrNotFound     = errors.New("not found")                // 404
	ErrRateLimited  = errors.New("rate limited")             // 429, for longer than the budget allows
	ErrHTML         = errors.New("got HTML instead of JSON") // a web page where the API should be
	ErrPaging       = errors.New("paging goes amiss")        // next page elsewhere, repeated or without end
)

// errReadOnly is why nothing but GET leaves this client.
var errReadOnly = errors.New("this client only reads")

// Error is a request that failed. Its text holds neither the query nor the
// token.
type Error struct {
	Method string
	Path   string
	Status int    // 0 when no usable answer came
	Title  string // from the first JSON:API error, if any
	Detail string // likewise

	cause error
	hint  string
	tries int // attempts made, where more than one could help
	after int // pages of the list that were answered before
}

// Error returns one line: request, status, what the server says.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	for i, part := range []string{e.Title, e.Detail} {
		if part != "" && !(i == 0 && part == http.StatusText(e.Status)) {
			b.WriteString(": " + part)
		}
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	if e.tries > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.tries)
	}
	if e.after > 0 {
		fmt.Fprintf(&b, " (page %d of the list)", e.after+1)
	}
	return b.String()
}

// Hint says what to do about it. It may be empty.
func (e *Error) Hint() string {
	if e.hint != "" {
		return e.hint
	}
	switch {
	case e.Status >= 500:
		return "the server has trouble, or something in front of it; try again later"
	case errors.Is(e.cause, ErrHTML):
		return "is the URL right? it should be the API's, such as " + DefaultURL
	case errors.Is(e.cause, ErrPaging), errors.Is(e.cause, errShape), errors.Is(e.cause, errTorn):
		return "the server does not answer as Rootly's API does; is the URL right, and does a proxy in between change answers?"
	}
	return statusHints[e.Status]
}

// Is reports whether the status is the one that target stands for. That a list is not there, or not allowed, is
// only said by its first page.
func (e *Error) Is(target error) bool {
	if e.after > 0 && (target == ErrNotFound || target == ErrForbidden) {
		return false
	}
	return target != nil && statusErrors[e.Status] == target
}

// Unwrap returns the cause, where there is one beside the status.
func (e *Error) Unwrap() error { return e.cause }

var statusErrors = map[int]error{
	http.StatusUnauthorized:    ErrUnauthorized,
	http.StatusForbidden:       ErrForbidden,
	http.StatusNotFound:        ErrNotFound,
	http.StatusTooManyRequests: ErrRateLimited,
}

var statusHints = map[int]string{
	http.StatusUnauthorized:    "check the token: is it complete, unexpired, and an API key of this organisation (Organization Settings > API Keys)?",
	http.StatusForbidden:       "the API key's role or the organisation's plan does not allow this; a global API key reads most",
	http.StatusNotFound:        "is the URL right? endpoints that an organisation's plan does not include also answer 404",
	http.StatusTooManyRequests: "try again later, or set --max-requests-per-minute or --parallelism lower",
}
