package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/auditview"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// auditSyncOptions are the flags of audit sync.
type auditSyncOptions struct {
	auditLog
	auditSinks

	backfill string
	overlap  time.Duration
	enrich   bool
	follow   bool
	interval time.Duration
	metrics  string
}

func newAuditSync(w world.World) *cobra.Command {
	o := &auditSyncOptions{auditLog: auditLog{now: w.Now}}
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Keep a complete copy of the audit log",
		Long: `Keep a complete copy of the audit log.

Each run reads new events and adds each of them once to every sink. When a run is
killed, the next one continues. Without --backfill-from, a new sink starts one minute
before the first run, and a sink whose cursor is lost continues after its newest
event.

Events can appear late, so the last part is read again in every run (--overlap).
Credentials are [REDACTED] before anything is written. When an endpoint is down, its
events wait on disk, next to the cursor, and are sent later. A batch whose
acknowledgement was lost is sent again with the same Idempotency-Key. Data that
cannot be read as an event is kept in a file next to the cursor, and the run ends
with status 3.

With --follow, the command runs until it is stopped. The address of --metrics-addr
serves /healthz for probes and /metrics for Prometheus.

` + sinksText + `

` + exit.Text,
		Example: `  $ terraformer-rootly audit sync --to sqlite://audit.db --backfill-from 90d
  $ terraformer-rootly audit sync --to ./audit --compress zstd --to postgres://audit@db/audit
  $ terraformer-rootly audit sync --to - --follow --metrics-addr :9090 | vector
  $ terraformer-rootly audit sync --synthetic --backfill-from 7d --to -`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuditSync(cmd.Context(), w, o) },
	}
	connectionFlags(cmd, &o.auditLog.Connection)
	o.auditSinks.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.backfill, "backfill-from", "", "start new sinks at this `TIME`: 2026-01-01, 2026-01-01T10:00:00Z, or a duration back such as 90d")
	f.DurationVar(&o.overlap, "overlap", 10*time.Minute, "how late events may appear: this much is read again in every run")
	f.BoolVar(&o.enrich, "enrich", false, "add source and API key, which answers do not have, by reading new events once more for each of them")
	f.BoolVar(&o.follow, "follow", false, "keep running until stopped")
	f.DurationVar(&o.interval, "interval", 30*time.Second, "time between two reads with --follow; longer while Rootly limits the rate")
	f.StringVar(&o.metrics, "metrics-addr", "", "`ADDRESS` to serve /healthz and /metrics on")
	return cmd
}

// check refuses flags that contradict each other, and reads the time of --backfill-from.
func (o *auditSyncOptions) check() (start time.Time, err error) {
	if err := o.auditSinks.check(); err != nil {
		return start, err
	}
	now := o.now()
	if o.backfill != "" {
		if start, err = audit.ParseTime(o.backfill, now, false); err != nil {
			return start, exit.Usage(fmt.Errorf("--backfill-from: %w", err), "write 2026-01-01, 2026-01-01T10:00:00Z, or a duration back such as 90d")
		}
	}
	switch {
	case start.After(now):
		return start, exit.Usage(fmt.Errorf("--backfill-from %s is in the future", o.backfill), "leave it out to start now")
	case o.overlap < 0:
		return start, exit.Usage(fmt.Errorf("--overlap %s is negative", o.overlap), "10m is usual")
	case o.follow && o.interval < time.Second:
		return start, exit.Usage(fmt.Errorf("--interval %s is too short", o.interval), "at least one second")
	case o.metrics != "" && !o.follow:
		return start, exit.Usage(errors.New("--metrics-addr needs --follow"), "without --follow, check the exit code")
	}
	return start, nil
}

func runAuditSync(ctx context.Context, w world.World, o *auditSyncOptions) error {
	start, err := o.check()
	if err != nil {
		return err
	}
	s := collector.SyncSettings{Start: start, Overlap: o.overlap, Follow: o.follow, Interval: o.interval, Metrics: o.metrics}
	if o.enrich {
		s.Enrich = auditview.AuditSources
	}
	if s.Sinks, err = o.auditSinks.settings(w); err != nil {
		return err
	}
	if w.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(syncGCPercent))
	}
	client, disconnect, err := o.client(w)
	if err != nil {
		return err
	}
	defer disconnect()
	err = collector.Sync(ctx, collecting(w), client, s)
	if errors.Is(err, collector.ErrPartial) {
		return exit.Status(exit.Partial)
	}
	return err
}
