package sandbox

import (
	"net/http"
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

// trouble lets the faults act on a request and reports whether one has answered it.
func (s *Server) trouble(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, bool) {
	f := s.faults.Load()
	n := int(f.seen.Add(1))
	if f.Latency > 0 && !pause(r, f.Latency) {
		return w, true
	}
	if f.Hook != nil && f.Hook(w, r) {
		return w, true
	}
	_ = n
	return w, false
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
