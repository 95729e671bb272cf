package collector

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// ServeSettings say how [Serve] receives.
type ServeSettings struct {
	Sinks

	Address   string
	Path      string                   // at which the webhook comes in, with or without a slash at its end
	Secrets   func() ([][]byte, error) // any of them may sign; read again while the receiver runs
	Cert, Key string                   // files; empty: something else speaks TLS
	Proxies   Proxies
	Patience  time.Duration    // for how long a sink may fail while the receiver is healthy; zero: 5 minutes
	Reload    <-chan os.Signal // asks to read secrets and certificate at once; nil: nobody does
}

// Serve receives the events of Rootly's webhook until the context ends.
func Serve(ctx context.Context, w World, s ServeSettings) (err error) {
	sinks, done, err := s.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	secrets, err := s.Secrets()
	if err != nil {
		return err
	}
	e, err := s.listen(ctx)
	if err != nil {
		return err
	}
	rc := newReceiver(secrets, w.Now, w.Report.Note)
	rc.proxies = s.Proxies
	if s.Patience > 0 {
		rc.ends.patience = s.Patience
	}
	defer e.keys.follow(ctx, rc, s.Reload)()
	if e.tls == nil && !addressOf(e.Addr().String()).IsLoopback() {
		w.Report.Note("without --tls-cert, deliveries arrive unencrypted: put a proxy that speaks TLS in front")
	}
	w.Report.Line(fmt.Sprintf("receiving %s on %s", auditCreated, e.Addr()))
	return rc.serve(ctx, e, sinks)
}

// An endpoint is where the webhook comes in.
type endpoint struct {
	net.Listener
	tls  *tls.Config // nil: something else speaks TLS
	keys *keys
	path string
}

func (s *ServeSettings) listen(ctx context.Context) (endpoint, error) {
	e := endpoint{path: s.Path, keys: &keys{settings: s}}
	if s.Cert != "" {
		pair, err := s.readPair()
		if err != nil {
			return e, err
		}
		e.keys.pair.Store(pair)
		e.tls = &tls.Config{
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return e.keys.pair.Load(), nil },
			MinVersion:     tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		}
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Address)
	if err != nil {
		return e, hint.With(fmt.Errorf("listen on %s: %w", s.Address, err), "choose another address with --addr")
	}
	e.Listener = l
	return e, nil
}

const (
	requestTime = 10 * time.Second // for headers and body to arrive, and between requests
	answerTime  = time.Minute      // for the sinks
	endTime     = 20 * time.Second // for what is under way when the end comes
)

// serve receives until the context ends. What was taken by then is stored and answered.
func (rc *receiver) serve(ctx context.Context, e endpoint, sinks []*auditcopy.Sink) error {
	var l net.Listener = &door{e.Listener, rc}
	if e.tls != nil {
		l = tls.NewListener(l, e.tls)
	}
	server := &http.Server{
		Handler: rc.routes(e.path), ConnContext: withGuest, ReadHeaderTimeout: rc.requestTime / 2, ReadTimeout: rc.requestTime, WriteTimeout: answerTime,
		IdleTimeout: rc.requestTime, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // senders could fill the log
	}
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		rc.keep(context.WithoutCancel(ctx), sinks)
	}()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()

	var failed error
	select {
	case failed = <-served:
	case <-ctx.Done():
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
		defer cancel()
		if err := server.Shutdown(ending); err != nil {
			_ = server.Close()
		}
	}
	close(rc.ending)
	<-kept
	if failed != nil {
		return fmt.Errorf("serve on %s: %w", l.Addr(), failed)
	}
	return nil
}

// routes leads requests to the webhook and to the probes.
func (rc *receiver) routes(webhook string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guestOf(r).served.Store(true)
		probe := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch at := path.Clean("/" + r.URL.Path); {
		case at == "/healthz" && probe:
			rc.health(w)
		case at == "/metrics" && probe:
			rc.showMetrics(w)
		case at == "/healthz" || at == "/metrics":
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "ask with GET", http.StatusMethodNotAllowed)
		case at == path.Clean(webhook) || path.Clean(webhook) == "/":
			rc.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// health answers probes. During an attack the receiver is healthy: a restart would not help.
func (rc *receiver) health(w http.ResponseWriter) {
	if text := rc.ends.trouble(); text != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, text)
		return
	}
	fmt.Fprintln(w, "ok")
	if text := rc.alarm.status(); text != "" {
		fmt.Fprintln(w, text)
	}
}

// showMetrics writes what was seen, for Prometheus.
func (rc *receiver) showMetrics(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	for _, m := range append(backlogSamples(total(rc.ends.backlogs()), rc.now()), []sample{
		{"webhook_events_stored_total", "counter", "Events that every sink has, including known ones.", float64(rc.counts.stored.Load())},
		{"webhook_ignored_total", "counter", "Signed requests with another event.", float64(rc.counts.ignored.Load())},
		{"webhook_refused_total", "counter", "Requests refused, mostly for their signature.", float64(rc.counts.refused.Load())},
		{"webhook_overloaded_total", "counter", "Requests that Rootly was asked to send again, since there were too many.", float64(rc.counts.overloaded.Load())},
		{"webhook_failed_total", "counter", "Events that a sink did not take.", float64(rc.counts.failed.Load())},
		{"webhook_connections", "gauge", "Open connections.", float64(rc.slots.open())},
		{"webhook_dropped_total", "counter", "Connections closed to make room for others.", float64(rc.counts.dropped.Load())},
		{"webhook_slow_total", "counter", "Connections that did not finish a request in time.", float64(rc.counts.slow.Load())},
	}...) {
		m.write(w)
	}
}
