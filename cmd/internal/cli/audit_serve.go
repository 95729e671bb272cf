package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// auditServeOptions are the flags of audit serve.
type auditServeOptions struct {
	auditSinks

	address    string
	path       string
	secretFile string
	cert, key  string
	proxies    []string
	patience   time.Duration
}

// webhookSecret is the variable with the secret of the webhook.
const webhookSecret = "ROOTLY_WEBHOOK_SECRET"

func newAuditServe(w world.World) *cobra.Command {
	o := &auditServeOptions{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Receive the audit log from Rootly's webhook",
		Long: `Receive the audit log from Rootly's webhook.

In Rootly, make a webhook for audit_log.created with the URL of this endpoint. Give
its secret in $` + webhookSecret + ` or in a file with one secret per line, so that the old
and the new one both work while it is replaced. Lines that begin with # are comments.

A request is answered with 200 when every sink has its event. Requests without a valid
signature of the last 5 minutes are refused; other events are ignored. The sinks are
those of audit sync, and both commands may fill the same one, which gets each event
once. Also run audit sync from time to time, since webhooks are lost while this
command is down.

The number of connections per client address is limited, and a request must arrive
within seconds. When all connections are in use, those of senders without a verified
delivery are closed first. Behind a proxy, all senders have the proxy's address,
unless --trusted-proxy names it.

The same address answers GET /healthz and GET /metrics, which also show attacks.
/healthz answers 503 when a sink has been failing for longer than --unhealthy-after.
The secret file and the certificate are read again when they change, and on SIGHUP.

` + exit.Text,
		Example: `  $ terraformer-rootly audit serve --addr :8443 --tls-cert cert.pem --tls-key key.pem --to sqlite://audit.db
  $ ROOTLY_WEBHOOK_SECRET=… terraformer-rootly audit serve --addr 127.0.0.1:8090 --to ./audit`,
		Args:        noArgs,
		Annotations: map[string]string{reloads: "on SIGHUP"},
		RunE:        func(cmd *cobra.Command, _ []string) error { return runAuditServe(cmd.Context(), w, o) },
	}
	o.auditSinks.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.address, "addr", "127.0.0.1:8090", "`ADDRESS` to listen on")
	f.StringVar(&o.path, "path", "/", "`PATH` of the webhook")
	f.StringVar(&o.secretFile, "secret-file", "", "`FILE` with the webhook's secret, one per line (default $"+webhookSecret+")")
	f.StringVar(&o.cert, "tls-cert", "", "`FILE` with the certificate chain; without it, put a proxy that speaks TLS in front")
	f.StringVar(&o.key, "tls-key", "", "`FILE` with the certificate's key")
	f.StringSliceVar(&o.proxies, "trusted-proxy", nil, "`ADDRESS` or network of a proxy whose X-Forwarded-For names the sender; can be repeated")
	f.DurationVar(&o.patience, "unhealthy-after", 5*time.Minute, "how long a sink may fail before /healthz answers 503")
	return cmd
}

// secrets reads the webhook's secrets.
func (o *auditServeOptions) secrets(getenv func(string) string) ([][]byte, error) {
	text, source := getenv(webhookSecret), "$"+webhookSecret
	if o.secretFile != "" {
		content, err := os.ReadFile(o.secretFile)
		if err != nil {
			return nil, exit.WithHint(fmt.Errorf("read the secret: %w", err), "--secret-file takes a file with one secret per line")
		}
		text, source = string(content), o.secretFile
	}
	secrets, err := collector.ParseSecrets(text, source)
	if err != nil {
		return nil, exit.Usage(err, exit.HintOf(err))
	}
	return secrets, nil
}

// check refuses flags that contradict each other.
func (o *auditServeOptions) check() error {
	switch {
	case (o.cert == "") != (o.key == ""):
		return exit.Usage(errors.New("--tls-cert and --tls-key go together"), "give both, or give neither and put a proxy that speaks TLS in front")
	case o.patience <= 0:
		return exit.Usage(fmt.Errorf("--unhealthy-after %s is too short", o.patience), "5m is usual")
	case !strings.HasPrefix(o.path, "/") || path.Clean(o.path) == "/healthz" || path.Clean(o.path) == "/metrics":
		return exit.Usage(fmt.Errorf("--path %q is not allowed", o.path), "give a path that begins with a slash and is neither /healthz nor /metrics")
	}
	return o.auditSinks.check()
}

// settings reads the flags.
func (o *auditServeOptions) settings(w world.World) (s collector.ServeSettings, err error) {
	if err := o.check(); err != nil {
		return s, err
	}
	s = collector.ServeSettings{Address: o.address, Path: o.path, Cert: o.cert, Key: o.key, Patience: o.patience}
	secrets, err := o.secrets(w.Getenv)
	if err != nil {
		return s, err
	}
	s.Secrets = func() ([][]byte, error) {
		if o.secretFile == "" || !collector.Rereadable(o.secretFile) {
			return secrets, nil
		}
		return o.secrets(w.Getenv)
	}
	if s.Proxies, err = collector.ParseProxies(o.proxies); err != nil {
		return s, exit.Usage(fmt.Errorf("--trusted-proxy %w", err), exit.HintOf(err))
	}
	s.Sinks, err = o.auditSinks.settings(w)
	return s, err
}

func runAuditServe(ctx context.Context, w world.World, o *auditServeOptions) error {
	s, err := o.settings(w)
	if err != nil {
		return err
	}
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	s.Reload = reload
	return collector.Serve(ctx, collecting(w), s)
}
