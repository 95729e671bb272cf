package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// counters are what was asked of a server.
type counters struct {
	mu       sync.Mutex
	requests map[string]int
	leaks    []string
}

const unknownPath = "(unknown)"

func (c *counters) add(r *http.Request, rt *route, token string) {
	template := unknownPath
	if rt != nil {
		template = rt.template
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.requests == nil {
		c.requests = make(map[string]int)
	}
	c.requests[r.Method+" "+template]++
	if token != "" {
		c.leaks = append(c.leaks, leaks(r, token)...)
	}
}

// leaks says where a request carries the token besides its Authorization header.
func leaks(r *http.Request, token string) []string {
	var found []string
	if raw, err := url.PathUnescape(r.URL.RequestURI()); err != nil || strings.Contains(raw, token) {
		found = append(found, "in the URL of a "+r.Method)
	}
	for name, values := range r.Header {
		if name != "Authorization" && strings.Contains(strings.Join(values, "\n"), token) {
			found = append(found, "in the header "+name)
		}
	}
	slices.Sort(found)
	return found
}

// Requests counts the requests so far by method and path, such as "GET /v1/workflows/{id}".
func (s *Server) Requests() map[string]int {
	s.count.mu.Lock()
	defer s.count.mu.Unlock()
	return maps.Clone(s.count.requests)
}

// Leaks tells where Options.Token was seen other than in an Authorization header.
func (s *Server) Leaks() []string {
	s.count.mu.Lock()
	defer s.count.mu.Unlock()
	return slices.Clone(s.count.leaks)
}
