package cli

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
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/state/journal"
)

// auditServeOptions are the flags of audit serve.
type auditServeOptions struct {
	auditSinks

	address    string
	path       string
	secretFile string
	cert, key  string
	proxies    []string
	now        func() time.Time
}

// webhookSecret is the variable with the secret of the webhook.
const webhookSecret = "ROOTLY_WEBHOOK_SECRET"

func newAuditServe(w World) *cobra.Command {
	o := &auditServeOptions{now: w.Now}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Receive the audit log from Rootly's webhook",
		Long: `Receive the audit log from Rootly's webhook.

In Rootly, make a webhook for audit_log.created with the address of this endpoint, and
give its secret in $` + webhookSecret + ` or in a file: one secret per line, so that the old and
the new one work while it is being replaced. Lines that begin with # are comments.

An event is answered with 200 when every sink has it. Requests without a right
signature of the last 5 minutes are refused; other events are ignored. The sinks are
those of audit sync, and both may fill the same one: each event is in it once. Run
audit sync now and then beside it, since webhooks get lost while this is down.

Connections are limited for each client address, and a request has to arrive within
seconds. When all connections are in use, those of senders without a verified delivery
are closed first. Behind a proxy, all senders have its address, unless --trusted-proxy
names it.

GET /healthz and GET /metrics are answered at the same address, and show attacks.

` + exitText,
		Example: `  $ terraformer-rootly audit serve --addr :8443 --tls-cert cert.pem --tls-key key.pem --to sqlite://audit.db
  $ ROOTLY_WEBHOOK_SECRET=… terraformer-rootly audit serve --addr 127.0.0.1:8090 --to ./audit`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuditServe(cmd.Context(), w, o) },
	}
	o.auditSinks.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.address, "addr", "127.0.0.1:8090", "`ADDRESS` to listen on")
	f.StringVar(&o.path, "path", "/", "`PATH` at which the webhook comes in")
	f.StringVar(&o.secretFile, "secret-file", "", "`FILE` with the webhook's secret, one per line (default $"+webhookSecret+")")
	f.StringVar(&o.cert, "tls-cert", "", "`FILE` with the certificate chain; without it, something else has to speak TLS")
	f.StringVar(&o.key, "tls-key", "", "`FILE` with the certificate's key")
	f.StringSliceVar(&o.proxies, "trusted-proxy", nil, "`ADDRESS` or network of a proxy whose X-Forwarded-For names the sender; can be repeated")
	return cmd
}

// secrets reads the secret, or several on lines of their own.
func (o *auditServeOptions) secrets(getenv func(string) string) ([][]byte, error) {
	if o.secretFile == "" {
		return parseSecrets(getenv(webhookSecret), "$"+webhookSecret)
	}
	content, err := os.ReadFile(o.secretFile)
	if err != nil {
		return nil, advised(fmt.Errorf("read the secret: %w", err), "--secret-file names a file with one secret per line")
	}
	return parseSecrets(string(content), o.secretFile)
}

// shortestSecret is how many bytes a secret must have.
const shortestSecret = 16

// parseSecrets reads one secret per line, aside from comments and blank lines.
func parseSecrets(text, source string) ([][]byte, error) {
	text, err := plainText(text)
	if err != nil {
		return nil, usage(fmt.Errorf("%s: %w", source, err), "save it as plain text in UTF-8, one secret per line")
	}
	var secrets [][]byte
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		where := fmt.Sprintf("%s, line %d", source, i+1)
		switch {
		case line == "" || line[0] == '#':
			continue
		case strings.ContainsFunc(line, unicode.IsSpace):
			return nil, usage(fmt.Errorf("%s: white space in a secret", where), "write one secret per line; a comment has its own line, which begins with #")
		case len(line) < shortestSecret:
			return nil, usage(fmt.Errorf("%s: a secret of %d characters", where, len(line)),
				fmt.Sprintf("a secret has at least %d characters; copy it again from Rootly's page of the webhook", shortestSecret))
		}
		secrets = append(secrets, []byte(line))
	}
	if len(secrets) == 0 {
		return nil, usage(fmt.Errorf("no secret in %s, so no delivery could be verified", source),
			"copy it from Rootly's page of the webhook into $"+webhookSecret+" or into the file of --secret-file")
	}
	return secrets, nil
}

// check refuses flags that make no sense together.
func (o *auditServeOptions) check() error {
	switch {
	case (o.cert == "") != (o.key == ""):
		return usage(errors.New("--tls-cert and --tls-key go together"), "give both, or neither behind a proxy that speaks TLS")
	case !strings.HasPrefix(o.path, "/") || o.path == "/healthz" || o.path == "/metrics":
		return usage(fmt.Errorf("--path %q cannot be", o.path), "it begins with a slash, and is neither /healthz nor /metrics")
	}
	return o.auditSinks.check()
}

func runAuditServe(ctx context.Context, w World, o *auditServeOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	secrets, err := o.secrets(w.Getenv)
	if err != nil {
		return err
	}
	trusted, err := parseProxies(o.proxies)
	if err != nil {
		return err
	}
	sinks, done, err := o.auditSinks.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	e, err := o.listen(ctx)
	if err != nil {
		return err
	}
	rc := newReceiver(secrets, o.now, func(text string) { report.Note(w.Err, text) })
	rc.proxies = trusted
	if e.tls == nil && !addressOf(e.Addr().String()).IsLoopback() {
		report.Note(w.Err, "without --tls-cert, deliveries arrive unencrypted: put a proxy that speaks TLS in front")
	}
	fmt.Fprintf(w.Err, "receiving %s on %s\n", auditCreated, e.Addr())
	return rc.serve(ctx, e, sinks)
}

// An endpoint is where the webhook comes in.
type endpoint struct {
	net.Listener
	tls  *tls.Config // nil: something else speaks TLS
	path string
}

func (o *auditServeOptions) listen(ctx context.Context) (endpoint, error) {
	e := endpoint{path: o.path}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return e, advised(fmt.Errorf("read the certificate: %w", err), "both files are PEM; the certificate comes first in its chain")
		}
		e.tls = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.address)
	if err != nil {
		return e, advised(fmt.Errorf("listen on %s: %w", o.address, err), "choose another address with --addr")
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
func (rc *receiver) serve(ctx context.Context, e endpoint, sinks []*journal.Sink) error {
	var l net.Listener = &door{e.Listener, rc}
	if e.tls != nil {
		l = tls.NewListener(l, e.tls)
	}
	server := &http.Server{
		Handler: rc.routes(e.path), ConnContext: withGuest, ReadHeaderTimeout: rc.requestTime / 2, ReadTimeout: rc.requestTime, WriteTimeout: answerTime,
		IdleTimeout: rc.requestTime, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // it would let strangers fill the log
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

func (rc *receiver) routes(path string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(path, rc)
	mux.HandleFunc("GET /healthz", rc.health)
	mux.HandleFunc("GET /metrics", rc.metrics)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guestOf(r).served.Store(true)
		mux.ServeHTTP(w, r)
	})
}

// health answers probes. During an attack the receiver is healthy: a restart would not help.
func (rc *receiver) health(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "ok")
	if text := rc.alarm.status(); text != "" {
		fmt.Fprintln(w, text)
	}
}

// metrics tells what was seen, for Prometheus.
func (rc *receiver) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	for _, m := range []sample{
		{"webhook_events_stored_total", "counter", "Events that every sink has, with those that were known.", float64(rc.counts.stored.Load())},
		{"webhook_ignored_total", "counter", "Signed requests with another event.", float64(rc.counts.ignored.Load())},
		{"webhook_refused_total", "counter", "Requests refused, mostly for their signature.", float64(rc.counts.refused.Load())},
		{"webhook_overloaded_total", "counter", "Requests asked to come again, there being too many.", float64(rc.counts.overloaded.Load())},
		{"webhook_failed_total", "counter", "Events that a sink did not take.", float64(rc.counts.failed.Load())},
		{"webhook_connections", "gauge", "Open connections.", float64(rc.slots.open())},
		{"webhook_dropped_total", "counter", "Connections closed to make room for others.", float64(rc.counts.dropped.Load())},
		{"webhook_slow_total", "counter", "Connections that did not finish a request in time.", float64(rc.counts.slow.Load())},
	} {
		m.write(w)
	}
}
