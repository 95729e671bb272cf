package sandbox

import (
	"net/http"
	"strconv"
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
