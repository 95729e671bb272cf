package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/state/journal"
)

// auditSyncOptions are the flags of audit sync.
type auditSyncOptions struct {
	auditLog
	auditSinks

	backfill string
	overlap  time.Duration
	follow   bool
	interval time.Duration
	metrics  string
}

func newAuditSync(w World) *cobra.Command {
	o := &auditSyncOptions{auditLog: auditLog{now: w.Now}}
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Keep a complete copy of the audit log",
		Long: `Keep a complete copy of the audit log.

Each run reads what is new and adds it to every sink, each event once. A run that is
killed at any moment is continued by the next one. Without --backfill-from, a sink
that is new begins a minute before the first run, and one whose cursor is lost with
the newest event that it has.

Events can turn up late, so the last stretch is read again each time (--overlap).
Credentials are [REDACTED] before anything is written. An endpoint that is down gets
its events later: they wait on disk, beside the cursor. A batch whose acknowledgement
was lost is sent again under the same Idempotency-Key. What cannot be read as an event
is set aside, in a file beside the cursor, and the run ends with status 3.

With --follow it runs until it is told to end. The endpoint of --metrics-addr has
/healthz for probes and /metrics for Prometheus.

` + exitText,
		Example: `  $ terraformer-rootly audit sync --to sqlite://audit.db --backfill-from 90d
  $ terraformer-rootly audit sync --to ./audit --compress zstd --to postgres://audit@db/audit
  $ terraformer-rootly audit sync --to - --follow --metrics-addr :9090 | vector
  $ terraformer-rootly audit sync --synthetic --backfill-from 7d --to -`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAuditSync(cmd.Context(), w, o) },
	}
	o.auditLog.connection.flags(cmd)
	o.auditSinks.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.backfill, "backfill-from", "", "begin new sinks at this `TIME`: 2026-01-01, 2026-01-01T10:00:00Z, or a duration back such as 90d")
	f.DurationVar(&o.overlap, "overlap", 10*time.Minute, "how long events may take to turn up: as much is read again each time")
	f.BoolVar(&o.follow, "follow", false, "go on until told to end")
	f.DurationVar(&o.interval, "interval", 30*time.Second, "pause between two looks with --follow; longer while Rootly limits the rate")
	f.StringVar(&o.metrics, "metrics-addr", "", "`ADDRESS` to serve /healthz and /metrics on")
	return cmd
}

// check refuses flags that make no sense together, and reads the time of --backfill-from.
func (o *auditSyncOptions) check() (start time.Time, err error) {
	if err := o.auditSinks.check(); err != nil {
		return start, err
	}
	now := o.now()
	if o.backfill != "" {
		if start, err = audit.ParseTime(o.backfill, now, false); err != nil {
			return start, usage(fmt.Errorf("--backfill-from: %w", err), "write 2026-01-01, 2026-01-01T10:00:00Z, or a duration back such as 90d")
		}
	}
	switch {
	case start.After(now):
		return start, usage(fmt.Errorf("--backfill-from %s is in the future", o.backfill), "leave it out to begin now")
	case o.overlap < 0:
		return start, usage(fmt.Errorf("--overlap %s is negative", o.overlap), "10m is usual")
	case o.follow && o.interval < time.Second:
		return start, usage(fmt.Errorf("--interval %s is too short", o.interval), "a second at least")
	case o.metrics != "" && !o.follow:
		return start, usage(errors.New("--metrics-addr is for --follow"), "without it, look at the exit code")
	}
	return start, nil
}

func runAuditSync(ctx context.Context, w World, o *auditSyncOptions) (err error) {
	start, err := o.check()
	if err != nil {
		return err
	}
	client, disconnect, err := o.client(w)
	if err != nil {
		return err
	}
	defer disconnect()
	sinks, done, err := o.auditSinks.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	cursor, err := journal.OpenCursor(o.cursorPath())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cursor.Close()) }()
	if text := cursor.Repaired(); text != "" {
		report.Note(w.Err, text)
	}
	sync := &journal.Sync{
		Source: auditReader(client), Sinks: sinks, Cursor: cursor, Overlap: o.overlap, Start: start, Now: o.now,
	}
	if o.follow {
		return o.followOn(ctx, w, sync, client)
	}
	return syncOnce(ctx, w, sync)
}

// syncOnce runs one round and tells about it.
func syncOnce(ctx context.Context, w World, sync *journal.Sync) error {
	round, err := sync.Once(ctx)
	tellRound(w, round)
	if err == nil {
		tellNothing(w, round)
	}
	switch {
	case ctx.Err() != nil:
		return advised(errors.New("interrupted"), "what was read is kept; the next run goes on from there")
	case err == nil && (round.Undelivered != nil || round.Aside > 0):
		for _, problem := range []error{aside(round, sync.Cursor), round.Undelivered} {
			if problem != nil {
				report.Problem(w.Err, problem, hintOf(problem))
			}
		}
		return outcome(exitPartial)
	}
	return errors.Join(err, aside(round, sync.Cursor), round.Undelivered)
}

// aside says what a round set aside, if anything.
func aside(round journal.Round, cursor *journal.Cursor) error {
	if round.Aside == 0 {
		return nil
	}
	return advised(fmt.Errorf("%d of what came is no event that could be kept; the first: %w", round.Aside, round.Unreadable),
		"it lies in "+cursor.Aside()+" as it came, without credentials, and in no sink; show it to Rootly's support")
}

// tellNothing says why a backfill may have found nothing.
func tellNothing(w World, round journal.Round) {
	if len(round.Filled) > 0 && round.Read == 0 {
		report.Note(w.Err, "no events since the time of --backfill-from; usual reasons: nothing was changed since; the role of the API key may not "+
			"see them (permission Audits - read); or Rootly did not record such changes")
	}
}

// tellRound says what a round did.
func tellRound(w World, round journal.Round) {
	for _, name := range round.New {
		report.Note(w.Err, fmt.Sprintf("%s is new and begins now; --backfill-from TIME would fill in what was before", name))
	}
	for _, text := range round.Notes {
		report.Note(w.Err, text)
	}
	for _, name := range slices.Sorted(maps.Keys(round.Added)) {
		text := fmt.Sprintf("%s: %d events read, %d new", name, round.Read, round.Added[name])
		if n := round.Waiting[name]; n > 0 {
			text += fmt.Sprintf("; %d wait for the receiver", n)
		}
		fmt.Fprintln(w.Err, text)
	}
}

// auditReader reads the audit log in the order of time.
func auditReader(client *api.Client) journal.Reader {
	return func(ctx context.Context, from, to time.Time) iter.Seq2[journal.Batch, error] {
		return func(yield func(journal.Batch, error) bool) {
			filter := audit.Filter{Since: from, Until: to}
			for page, err := range client.Pages(ctx, auditRequest(filter.Query())) {
				if err != nil {
					yield(journal.Batch{}, auditAdvice(err))
					return
				}
				batch := journal.Batch{Incomplete: page.Incomplete}
				for _, row := range page.Objects {
					e, err := liveEvent(row, audit.Filter{})
					var unreadable *audit.Unreadable
					switch {
					case errors.As(err, &unreadable):
						batch.Unreadable = append(batch.Unreadable, unreadable)
					case err != nil:
						yield(journal.Batch{}, err)
						return
					default:
						batch.Events = append(batch.Events, e)
					}
				}
				if !yield(batch, nil) {
					return
				}
			}
		}
	}
}

func auditRequest(query url.Values) api.Request {
	query.Set("sort", "created_at")
	return api.Request{Path: auditsPath, Query: query}
}
