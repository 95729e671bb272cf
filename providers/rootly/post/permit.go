package post

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
)

// errNotPermitted is why a request never left.
var errNotPermitted = errors.New("this client only writes pulses and incidents")

// permitted are the requests that may leave. Rootly documents PUT for changes, and no PATCH.
var permitted = []struct {
	method string
	path   *regexp.Regexp
}{
	{http.MethodPost, regexp.MustCompile(`^/v1/pulses$`)},
	{http.MethodPut, regexp.MustCompile(`^/v1/pulses/[A-Za-z0-9_-]+$`)},
	{http.MethodPost, regexp.MustCompile(`^/v1/incidents$`)},
	{http.MethodPut, regexp.MustCompile(`^/v1/incidents/[A-Za-z0-9_-]+$`)},
	{http.MethodPost, regexp.MustCompile(`^/v1/incidents/[A-Za-z0-9_-]+/events$`)},
}

// permit lets a request through if it is one of them. A proxy may serve the API below a prefix.
func permit(prefix string) func(*http.Request) error {
	return func(r *http.Request) error {
		path := r.URL.EscapedPath()
		if len(path) >= len(prefix) && path[:len(prefix)] == prefix {
			for _, p := range permitted {
				if r.Method == p.method && p.path.MatchString(path[len(prefix):]) && r.URL.RawQuery == "" {
					return nil
				}
			}
		}
		return fmt.Errorf("%w: %s %s", errNotPermitted, r.Method, r.URL.Path)
	}
}
