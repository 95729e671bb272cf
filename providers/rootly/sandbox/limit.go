package sandbox

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A limiter counts requests in windows of a minute.
type limiter struct {
	mu    sync.Mutex
	until time.Time
	used  int
}

const window = time.Minute

// limit counts a request, sets the headers that tell of it and reports whether it is let in.
func (s *Server) limit(w http.ResponseWriter) bool {
	limit := s.opts.RateLimit
	if limit <= 0 {
		return true
	}
	s.rate.mu.Lock()
	now := s.opts.Clock()
	if !now.Before(s.rate.until) {
		s.rate.until, s.rate.used = now.Add(window), 0
	}
	s.rate.used++
	used, until := s.rate.used, s.rate.until
	s.rate.mu.Unlock()

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
