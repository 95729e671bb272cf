package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Conditions for callers; test with [errors.Is].
var (
	ErrUnauthorized = errors.New("unauthorised")             // 401
	ErrForbidden    = errors.New("forbidden")                // 403
	ErrNotFound     = errors.New("not found")                // 404
	ErrRateLimited  = errors.New("rate limited")             // 429, for longer than the budget allows
	ErrHTML         = errors.New("got HTML instead of JSON") // a web page where the API should be
	ErrPaging       = errors.New("paging failed")            // next page elsewhere, repeated or without end
	ErrUnusable     = errors.New("unusable answer")          // not JSON, not JSON:API, or too large
)

// errReadOnly is why nothing but GET leaves this client.
var errReadOnly = errors.New("this client only reads")

// Error is a failed request. Its text contains neither the query nor the token.
type Error struct {
	Method string
	Path   string
	Status int    // 0 when no usable answer came
	Title  string // from the first JSON:API error, if any
	Detail string // likewise

	cause error
	hint  string
	tries int // number of attempts, if more than one could help
	after int // pages of the list that were read before
}

// Error returns one line: request, status and the server's explanation.
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

// Decided reports whether the API refused the request itself, so that asking again gives the same answer.
func (e *Error) Decided() bool {
	return e.cause == nil && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests
}

// Hint is the hint for the error. It may be empty.
func (e *Error) Hint() string {
	if e.hint != "" {
		return e.hint
	}
	switch {
	case e.Status >= 500:
		return "the server, or a proxy in front of it, reports a failure; try again later"
	case errors.Is(e.cause, ErrHTML):
		return "check the URL: it should be the base URL of the API, such as " + DefaultURL
	case errors.Is(e.cause, ErrPaging), errors.Is(e.cause, errShape), errors.Is(e.cause, errTorn):
		return "the answer is not one of Rootly's API: check the URL, and whether a proxy in between changes answers"
	}
	return statusHints[e.Status]
}

// Is reports whether the status is the one of target. Only the first page can say that a list does not exist or is not
// allowed.
func (e *Error) Is(target error) bool {
	if e.after > 0 && (target == ErrNotFound || target == ErrForbidden) {
		return false
	}
	if target == ErrUnusable {
		return isTooLarge(e.cause) || errors.Is(e.cause, errShape) || errors.Is(e.cause, errTorn)
	}
	return target != nil && statusErrors[e.Status] == target
}

// Unwrap returns the cause, if there is one besides the status.
func (e *Error) Unwrap() error { return e.cause }

var statusErrors = map[int]error{
	http.StatusUnauthorized:    ErrUnauthorized,
	http.StatusForbidden:       ErrForbidden,
	http.StatusNotFound:        ErrNotFound,
	http.StatusTooManyRequests: ErrRateLimited,
}

var statusHints = map[int]string{
	http.StatusUnauthorized:    "check that the token is complete, not expired or revoked, and belongs to this organisation and URL; create one under Organization Settings > API Keys",
	http.StatusForbidden:       "the role of the API key or the organisation's plan does not allow this; a global API key can read most objects",
	http.StatusNotFound:        "check the URL; endpoints that the organisation's plan does not include also answer 404",
	http.StatusTooManyRequests: "try again later, or lower --max-requests-per-minute or --parallelism",
}
