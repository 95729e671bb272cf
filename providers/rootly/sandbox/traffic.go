package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// trouble is a set of faults with its own count of requests.
type trouble struct {
	Faults
	seen atomic.Int64
}

// SetFaults replaces the faults, also while requests are being served.
func (s *Server) SetFaults(f Faults) { s.faults.Store(&trouble{Faults: f}) }

// meet lets the faults act on a request. It returns where to answer, or nil when a fault has
// answered.
func (t *trouble) meet(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	n := int(t.seen.Add(1))
	if t.Latency > 0 && !pause(r, t.Latency) {
		return nil
	}
	if t.Hook != nil && t.Hook(w, r) {
		return nil
	}
	switch {
	case every(n, t.ResetEvery):
		reset(w)
	case inBurst(n, t.ErrorEvery, t.ErrorBurst):
		failf(http.StatusInternalServerError, "Something went wrong").write(w)
	case every(n, t.LimitEvery):
		tooMany(w, t.RetryAfter)
	case every(n, t.HTMLEvery):
		page := []byte("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		_, _ = w.Write(page)
	case every(n, t.TearEvery):
		return &torn{w, t.TearQuietly}
	default:
		return w
	}
	return nil
}

func every(n, of int) bool { return of > 0 && n%of == 0 }

// inBurst reports whether request n is among the length ones from every of-th on.
func inBurst(n, of, length int) bool {
	return of > 0 && n >= of && n%of < max(1, length)
}

// pause waits and reports whether the client is still there.
func pause(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// reset breaks the connection. Where it cannot be had, as in HTTP/2, a byte is promised and never
// sent, which ends the same way for the client.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.Header().Set("Content-Length", "1")
		w.WriteHeader(http.StatusOK)
		return
	}
	_ = conn.Close()
}

// torn writes half of a body. The length is announced whole, so that net/http breaks the
// connection for the broken promise, or not at all, so that only the JSON is broken.
type torn struct {
	http.ResponseWriter
	quiet bool
}

func (t *torn) WriteHeader(status int) {
	if t.quiet {
		t.Header().Del("Content-Length")
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *torn) Write(b []byte) (int, error) {
	if _, err := t.ResponseWriter.Write(b[:len(b)/2]); err != nil {
		return 0, err
	}
	return len(b), nil
}

// A limiter counts requests in windows of a minute.
type limiter struct {
	mu    sync.Mutex
	until time.Time
	used  int
}

const window = time.Minute

// admit counts a request, sets the rate limit headers and reports whether the request is accepted.
func (l *limiter) admit(w http.ResponseWriter, limit int, now time.Time) bool {
	if limit <= 0 {
		return true
	}
	l.mu.Lock()
	if !now.Before(l.until) {
		l.until, l.used = now.Add(window), 0
	}
	l.used++
	used, until := l.used, l.until
	l.mu.Unlock()

	h := w.Header()
	n := strconv.Itoa(limit)
	h.Set("X-RateLimit-Limit", n+", "+n+";window="+strconv.Itoa(int(window.Seconds())))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, limit-used)))
	h.Set("X-RateLimit-Used", strconv.Itoa(min(used, limit)))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(roundUp(until).Unix(), 10))
	if used <= limit {
		return true
	}
	tooMany(w, until.Sub(now))
	return false
}

// roundUp gives the first whole second at which t has passed.
func roundUp(t time.Time) time.Time { return t.Add(time.Second - 1).Truncate(time.Second) }

// tooMany answers 429 as Rootly does, which is not as JSON:API would.
func tooMany(w http.ResponseWriter, wait time.Duration) {
	seconds := max(1, int((wait+time.Second-1)/time.Second))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	answer(w, http.StatusTooManyRequests, []byte(`{"error":"Rate limit exceeded. Try again later."}`))
}

// counters count the requests to a server.
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
	raw := r.URL.RequestURI()
	if plain, err := url.PathUnescape(raw); err == nil {
		raw = plain
	}
	if strings.Contains(raw, token) {
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

// Leaks reports where Options.Token was seen other than in an Authorization header.
func (s *Server) Leaks() []string {
	s.count.mu.Lock()
	defer s.count.mu.Unlock()
	return slices.Clone(s.count.leaks)
}
