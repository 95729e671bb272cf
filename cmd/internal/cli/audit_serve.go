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
	"sync"
	"time"

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
give its secret in $` + webhookSecret + ` or in a file. While a secret is being replaced, the
file may have the old and the new one on two lines.

An event is answered with 200 when every sink has it. Requests without a right
signature of the last 5 minutes are refused; other events are ignored. The sinks are
those of audit sync, and both may fill the same one: each event is in it once. Run
audit sync now and then beside it, since webhooks get lost while this is down.

GET /healthz and GET /metrics are answered at the same address.

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
	f.StringVar(&o.secretFile, "secret-file", "", "`FILE` with the secret of the webhook (default $"+webhookSecret+")")
	f.StringVar(&o.cert, "tls-cert", "", "`FILE` with the certificate chain; without it, something else has to speak TLS")
	f.StringVar(&o.key, "tls-key", "", "`FILE` with the certificate's key")
	return cmd
}

// secrets reads the secret, or several on lines of their own.
func (o *auditServeOptions) secrets(getenv func(string) string) ([][]byte, error) {
	text := getenv(webhookSecret)
	if o.secretFile != "" {
		content, err := os.ReadFile(o.secretFile)
		if err != nil {
			return nil, advised(fmt.Errorf("read the secret: %w", err), "--secret-file names a file with nothing but the secret")
		}
		text = string(content)
	}
	var secrets [][]byte
	for _, line := range strings.Fields(text) {
		secrets = append(secrets, []byte(line))
	}
	if len(secrets) == 0 {
		return nil, usage(errors.New("no secret is given, so nobody could be told from Rootly"),
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
	sinks, done, err := o.auditSinks.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	l, err := o.listen(ctx)
	if err != nil {
		return err
	}
	rc := newReceiver(secrets, o.now, func(text string) { report.Note(w.Err, text) })
	fmt.Fprintf(w.Err, "receiving %s on %s\n", auditCreated, l.Addr())
	return rc.serve(ctx, l, o.path, sinks)
}

func (o *auditServeOptions) listen(ctx context.Context) (net.Listener, error) {
	var config *tls.Config
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return nil, advised(fmt.Errorf("read the certificate: %w", err), "both files are PEM; the certificate comes first in its chain")
		}
		config = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.address)
	if err != nil {
		return nil, advised(fmt.Errorf("listen on %s: %w", o.address, err), "choose another address with --addr")
	}
	l = &limited{Listener: l, places: make(chan struct{}, connections)}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	return l, nil
}

const (
	// connections is how many there may be at once; others wait in the system's queue.
	connections = 1024

	requestTime = 10 * time.Second // for headers and body to arrive, and between requests
	answerTime  = time.Minute      // for the sinks
	endTime     = 20 * time.Second // for what is under way when the end comes
)

// serve receives until the context ends. What was taken by then is stored and answered.
func (rc *receiver) serve(ctx context.Context, l net.Listener, path string, sinks []*journal.Sink) error {
	mux := http.NewServeMux()
	mux.Handle(path, rc)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /metrics", rc.metrics)
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: rc.requestTime / 2, ReadTimeout: rc.requestTime, WriteTimeout: answerTime,
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

// metrics tells what was seen, for Prometheus.
func (rc *receiver) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	for _, m := range []sample{
		{"webhook_events_stored_total", "counter", "Events that every sink has, with those that were known.", float64(rc.counts.stored.Load())},
		{"webhook_ignored_total", "counter", "Signed requests with another event.", float64(rc.counts.ignored.Load())},
		{"webhook_refused_total", "counter", "Requests refused, mostly for their signature.", float64(rc.counts.refused.Load())},
		{"webhook_overloaded_total", "counter", "Requests asked to come again, there being too many.", float64(rc.counts.overloaded.Load())},
		{"webhook_failed_total", "counter", "Events that a sink did not take.", float64(rc.counts.failed.Load())},
	} {
		m.write(w)
	}
}

// limited is a listener with a bound on the connections that are open.
type limited struct {
	net.Listener
	places chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	l.places <- struct{}{}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &counted{Conn: conn, left: l.places}, nil
}

// counted gives its place back when it is closed.
type counted struct {
	net.Conn
	left chan struct{}
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { <-c.left })
	return c.Conn.Close()
}
