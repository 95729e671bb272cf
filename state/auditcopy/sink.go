package auditcopy

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// Options say how a sink keeps events.
type Options struct {
	Format audit.Format // of lines, and of the column after the fields; default raw

	// Compress is "gzip" or "zstd" for the files of a directory. Default: not at all.
	Compress string

	// State is the folder for the queues of sinks that store nothing themselves: streams and endpoints. It is created
	// when needed.
	State string

	Stdout   io.Writer        // what "-" writes to
	Receiver Receiver         // accepts the events of an endpoint
	Name     string           // of an endpoint, if it is not the one that [Name] makes
	Now      func() time.Time // when events are queued

	// RetryRejected sends events again that an endpoint has rejected.
	RetryRejected bool

	Insecure bool // allows sending events and credentials to a database on another machine in clear text
}

// A Sink stores events, each id once. It is safe for one goroutine; several sinks, in several processes, may use one
// store.
type Sink struct {
	name  string
	store store
}

// A store is one way to store events.
type store interface {
	// identity changes when the store is created anew.
	identity() string

	// add makes the events durable that the store does not have yet, all or none, and counts them.
	add(ctx context.Context, events []audit.Event) (int, error)

	// newest is created_at of the newest event that the store was ever given, or zero.
	newest(ctx context.Context) (time.Time, error)

	// flush sends what waits, and reports what still does.
	flush(ctx context.Context) (Backlog, error)

	close() error
}

// Open opens or creates the sink that a text names:
//
//   - lines on standard output
//     sqlite://FILE          an SQLite database
//     postgres://HOST/DB     a table in PostgreSQL
//     SCHEME://…             an endpoint, with a receiver
//     FILE.csv               a table for spreadsheets
//     DIR                    a directory of daily NDJSON files
func Open(ctx context.Context, target string, o Options) (*Sink, error) {
	if o.Format == "" {
		o.Format = audit.FormatRaw
	}
	name := Name(target)
	if o.Name != "" {
		name = o.Name
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Unix(0, 0) }
	}
	s, err := openStore(ctx, target, o)
	if err != nil {
		return nil, keepErr("open", name, err)
	}
	return &Sink{name, s}, nil
}

// databaseName matches names of SQLite files. Without a scheme, such a path would become a directory.
var databaseName = regexp.MustCompile(`(?i)\.(db3?|sqlite3?)$`)

func openStore(ctx context.Context, target string, o Options) (store, error) {
	scheme, rest, _ := strings.Cut(target, ":")
	switch {
	case target == "":
		return nil, hint.With(fmt.Errorf("no sink is given"), "see --help for the sinks that --to accepts")
	case target == "-":
		return openStream(ctx, o)
	case scheme == "sqlite":
		return openSQLite(ctx, strings.TrimPrefix(rest, "//"), o.Format)
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, target, o)
	case o.Receiver != nil:
		key := fullName(target)
		if o.Name != "" {
			key = o.Name
		}
		return openQueue(ctx, key, o.Receiver, o)
	case IsRemote(target) || strings.Contains(target, "://"):
		return nil, hint.With(fmt.Errorf("%s:// is not a supported sink", scheme),
			"use sqlite://, postgres://, https://, splunk://, datadog://, sumo://, elastic://, a .csv file, a directory or -")
	case strings.EqualFold(filepath.Ext(target), ".csv"):
		return openSheet(ctx, target, o)
	case databaseName.MatchString(target):
		return nil, hint.With(errors.New("a path without sqlite:// is a directory"), "for a SQLite file, give sqlite://"+target+"; for a directory, choose another name")
	}
	return openDirectory(ctx, target, o)
}

// Name is the name of the sink in messages and in the cursor.
func (s *Sink) Name() string { return s.name }

// Add makes the events durable that the sink does not have yet, and counts them. Credentials are removed first.
func (s *Sink) Add(ctx context.Context, events []audit.Event) (int, error) {
	if len(events) == 0 {
		return 0, nil
	}
	clean := make([]audit.Event, len(events))
	for i, e := range events {
		clean[i] = audit.Redact(e)
	}
	n, err := s.store.add(ctx, clean)
	return n, keepErr("write", s.name, err)
}

// Flush sends what waits for a receiver, and reports what the receiver does not have. Nothing waits in sinks other than
// streams and endpoints.
func (s *Sink) Flush(ctx context.Context) (Backlog, error) {
	left, err := s.store.flush(ctx)
	return left, keepErr("deliver to", s.name, err)
}

// Rejections returns the events that a receiver has rejected since the last call.
func (s *Sink) Rejections(ctx context.Context) (Rejections, error) {
	q, ok := s.store.(interface {
		rejections(context.Context) (Rejections, error)
	})
	if !ok {
		return Rejections{}, nil
	}
	r, err := q.rejections(ctx)
	return r, keepErr("read the queue of", s.name, err)
}

// Close closes the sink.
func (s *Sink) Close() error { return keepErr("close", s.name, s.store.close()) }

// newIdentity names a new store.
func newIdentity() string { return rand.Text() }
