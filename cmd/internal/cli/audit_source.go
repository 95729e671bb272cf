package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/auditlog"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy/stored"
)

// An auditLog is the set of flags for the source of events.
type auditLog struct {
	connect.Connection

	from string // what audit sync wrote
	now  func() time.Time
}

func (l *auditLog) flags(cmd *cobra.Command) {
	connectionFlags(cmd, &l.Connection)
	cmd.Flags().StringVar(&l.from, "from", "", "read this `COPY` that audit sync wrote, instead of asking the API: a SQLite file, postgres://USER@HOST/DB, FILE.csv, or a directory")
	_ = cmd.MarkFlagFilename("from") // fails for unknown flags only
}

// An auditQuery is the flags of a command that reads the log.
type auditQuery struct {
	auditLog
	auditSelection
	auditView
}

// queryAt is a query without flags, at the time of the world.
func queryAt(w world.World) auditQuery { return auditQuery{auditLog: auditLog{now: w.Now}} }

// An openLog is the log with what the flags select of it.
type openLog struct {
	now    time.Time
	filter audit.Filter
	source audit.Source
	done   func() // releases the source
}

// open opens the log. With lazy, it requests only as many events as are read.
func (q *auditQuery) open(ctx context.Context, w world.World, lazy bool) (log openLog, err error) {
	log.now = q.now()
	if log.filter, err = q.filter(log.now.In(q.zone(log.now))); err != nil {
		return log, err
	}
	log.source, log.done, err = q.openLog(ctx, w, &log.filter, lazy)
	return log, err
}

// openLog opens the log. It translates words in the filter that only people use. With lazy, it requests only as many
// events as are read.
func (l *auditLog) openLog(ctx context.Context, w world.World, f *audit.Filter, lazy bool) (audit.Source, func(), error) {
	if l.from != "" {
		return l.openRecord(ctx, f)
	}
	client, done, err := l.client(w)
	if err != nil {
		return nil, nil, err
	}
	for i, user := range f.Users {
		if f.Users[i], err = auditlog.UserID(ctx, client, user); err != nil {
			done()
			return nil, nil, err
		}
	}
	return auditlog.Log{Client: client, Lazy: lazy, Doubt: w.Report().Note}, done, nil
}

// openRecord opens what audit sync wrote.
func (l *auditLog) openRecord(ctx context.Context, f *audit.Filter) (audit.Source, func(), error) {
	if l.Synthetic {
		return nil, nil, exit.Usage(errors.New("--from and --synthetic cannot be combined"), "give one of them")
	}
	record, err := stored.Open(ctx, l.from)
	if err == nil {
		err = stored.Users(ctx, record, f)
	}
	if err != nil {
		return nil, nil, err
	}
	return record, func() { _ = record.Close() }, nil
}

// client opens the API, or with --synthetic the built-in organisation with a month of changes.
func (l *auditLog) client(w world.World) (*api.Client, func(), error) {
	client, _, disconnect, err := l.Open(w, nil)
	return client, disconnect, err
}
