package collector

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// metrics are what a sync reports about itself. It writes Prometheus' text format by hand: the
// official client brings a dozen modules for these few numbers.
type metrics struct {
	now      func() time.Time
	started  time.Time
	patience time.Duration // after which no success is not healthy
	stats    func() api.Stats

	mu       sync.Mutex
	read     int
	added    int
	aside    int
	rounds   int
	failures int
	left     auditcopy.Backlog // of all receivers
	success  time.Time         // when the last round without an error ended
	complete time.Time         // when it began: what happened before is kept
	newest   time.Time
	trouble  string
}

// progress counts a batch.
func (m *metrics) progress(read, added int, _ time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read += read
	m.added += added
}

// round notes how a round ended.
func (m *metrics) round(began time.Time, r auditcopy.Round, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rounds++
	m.aside += r.Aside
	m.left = total(slices.Collect(maps.Values(r.Left)))
	if r.Newest.After(m.newest) {
		m.newest = r.Newest
	}
	if err != nil {
		m.failures++
		m.trouble = err.Error()
		return
	}
	m.success, m.complete, m.trouble = m.now(), began, ""
}

// lag is for how long the sinks may have missed something.
func (m *metrics) lag() time.Duration {
	if m.complete.IsZero() {
		return m.now().Sub(m.started)
	}
	return m.now().Sub(m.complete)
}

// A sample is one metric.
type sample struct {
	name, kind, help string
	value            float64
}

func (m *metrics) samples() []sample {
	m.mu.Lock()
	defer m.mu.Unlock()
	stats := m.stats()
	return append(backlogSamples(m.left, m.now()), []sample{
		{"lag_seconds", "gauge", "Time since every sink was complete.", m.lag().Seconds()},
		{"events_read_total", "counter", "Events read, including known ones.", float64(m.read)},
		{"events_added_total", "counter", "Events added to sinks, summed over the sinks.", float64(m.added)},
		{"events_unreadable_total", "counter", "Events that could not be read and were kept in a file.", float64(m.aside)},
		{"rounds_total", "counter", "Rounds of reading the audit log.", float64(m.rounds)},
		{"failed_rounds_total", "counter", "Rounds that ended with an error.", float64(m.failures)},
		{"requests_total", "counter", "Requests to the API, including retries.", float64(stats.Requests)},
		{"retries_total", "counter", "Requests to the API that were retries.", float64(stats.Retries)},
		{"last_success_timestamp_seconds", "gauge", "When the last round without an error ended; 0: never.", seconds(m.success)},
		{"newest_event_timestamp_seconds", "gauge", "created_at of the newest event; 0: none.", seconds(m.newest)},
	}...)
}

// total adds up what receivers do not have.
func total(all []auditcopy.Backlog) (sum auditcopy.Backlog) {
	for _, b := range all {
		sum.Waiting += b.Waiting
		sum.Rejected += b.Rejected
		if sum.Since.IsZero() || !b.Since.IsZero() && b.Since.Before(sum.Since) {
			sum.Since = b.Since
		}
	}
	return sum
}

// backlogSamples are the metrics of what receivers do not have.
func backlogSamples(b auditcopy.Backlog, now time.Time) []sample {
	age := 0.0
	if b.Waiting > 0 && !b.Since.IsZero() {
		age = max(now.Sub(b.Since).Seconds(), 0)
	}
	return []sample{
		{"events_waiting", "gauge", "Events that wait on disk for an endpoint.", float64(b.Waiting)},
		{"oldest_waiting_seconds", "gauge", "For how long the oldest of them waits.", age},
		{"events_rejected", "gauge", "Events that an endpoint rejected and that are set aside.", float64(b.Rejected)},
	}
}

func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// write prints the metrics.
func (m *metrics) write(out io.Writer) {
	for _, s := range m.samples() {
		s.write(out)
	}
}

func (s sample) write(out io.Writer) {
	name := "rootly_audit_" + s.name
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n%s %g\n", name, s.help, name, s.kind, name, s.value)
}

// health says whether all is well, and what is not.
func (m *metrics) health() (ok bool, why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := m.success
	if last.IsZero() {
		last = m.started
	}
	if since := m.now().Sub(last); since > m.patience {
		return false, fmt.Sprintf("no success for %s: %s", since.Round(time.Second), m.trouble)
	}
	return true, "ok"
}

// ServeHTTP answers probes.
func (m *metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/metrics":
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		m.write(w)
	case "/healthz":
		ok, why := m.health()
		if !ok {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		fmt.Fprintln(w, why)
	default:
		http.NotFound(w, r)
	}
}

// listen serves the metrics until the returned function is called.
func (m *metrics) listen(ctx context.Context, address string) (string, func(), error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return "", nil, hint.With(fmt.Errorf("listen on %s: %w", address, err), "choose another address with --metrics-addr")
	}
	server := &http.Server{Handler: m, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l) // returns when closed
	}()
	return l.Addr().String(), func() {
		_ = server.Close()
		<-ended
	}, nil
}
