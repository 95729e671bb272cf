package auditcopy

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// eventTables are the tables of a database of events. Times are text in UTC for people, and microseconds since 1970 for
// sorting. After its own column, each index has the columns by which people narrow down further, so that only matching
// events are read from the table.
func eventTables() schema {
	return schema{application: 0x526c4155, steps: []string{`
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
  id TEXT NOT NULL PRIMARY KEY, created_at TEXT NOT NULL, action TEXT NOT NULL, item_type TEXT NOT NULL, item_id TEXT NOT NULL,
  item_name TEXT NOT NULL, user_id TEXT NOT NULL, user_name TEXT NOT NULL, user_email TEXT NOT NULL COLLATE NOCASE,
  source TEXT NOT NULL COLLATE NOCASE, api_key_id TEXT NOT NULL, ip_address TEXT NOT NULL, user_agent TEXT NOT NULL,
  request_id TEXT NOT NULL, session_id TEXT NOT NULL, changed_fields TEXT NOT NULL, changes TEXT NOT NULL,
  at INTEGER NOT NULL, raw TEXT NOT NULL, formatted TEXT
);
CREATE INDEX events_at ON events (at, item_type, action, source, user_id);
CREATE INDEX events_item_type ON events (item_type, at, action, source, user_id);
CREATE INDEX events_item_id ON events (item_id, at);
CREATE INDEX events_user_id ON events (user_id, at, item_type, action, source);
CREATE INDEX events_user_email ON events (user_email, at, item_type, action, source);
CREATE INDEX events_api_key_id ON events (api_key_id, at, item_type, action) WHERE api_key_id <> '';
CREATE INDEX events_source ON events (source, at, item_type, action, user_id);
CREATE INDEX events_action ON events (action, at, item_type, source, user_id);`}}
}

// sqlite keeps events in a database.
type sqlite struct {
	db     *sql.DB
	path   string
	self   string
	format audit.Format
}

var _ store = (*sqlite)(nil)

func openSQLite(ctx context.Context, path string, format audit.Format) (store, error) {
	db, err := openDatabase(ctx, path, eventTables())
	if err != nil {
		return nil, err
	}
	self, err := identityOf(ctx, db)
	if err != nil {
		db.Close()
		return nil, readable(err, path)
	}
	return &sqlite{db, path, self, format}, nil
}

func (s *sqlite) identity() string { return s.self }

func (s *sqlite) newest(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := s.db.QueryRowContext(ctx, "SELECT max(at) FROM events").Scan(&at)
	if err != nil || !at.Valid {
		return time.Time{}, readable(err, s.path)
	}
	return time.UnixMicro(at.Int64), nil
}

func (s *sqlite) add(ctx context.Context, events []audit.Event) (int, error) {
	n, err := s.insert(ctx, events)
	return n, readable(err, s.path)
}

func (s *sqlite) insert(ctx context.Context, events []audit.Event) (int, error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	added := 0
	for rows := range slices.Chunk(events, rowsAtOnce) {
		n, err := s.insertRows(ctx, tx, rows)
		if err != nil {
			return 0, fmt.Errorf("events %s to %s: %w", rows[0].ID, rows[len(rows)-1].ID, err)
		}
		added += n
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	return added, nil
}

// rowsAtOnce is how many events one statement inserts: that costs less than a statement for each.
const rowsAtOnce = 200

const row = "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"

// insertRows inserts a few events, and returns how many of them are new.
func (s *sqlite) insertRows(ctx context.Context, tx *sql.Tx, events []audit.Event) (int, error) {
	var values []any
	for _, e := range events {
		formatted, err := beside(s.format, e)
		if err != nil {
			return 0, err
		}
		for _, field := range audit.Flat(e) {
			values = append(values, field)
		}
		values = append(values, e.At.UnixMicro(), string(e.Raw), formatted)
	}
	done, err := tx.ExecContext(ctx, "INSERT INTO events VALUES "+row+strings.Repeat(","+row, len(events)-1)+" ON CONFLICT (id) DO NOTHING", values...)
	if err != nil {
		return 0, err
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// beside returns the extra column after the fields and the received event: nothing, unless another format was chosen.
func beside(format audit.Format, e audit.Event) (sql.NullString, error) {
	if format != audit.FormatOCSF {
		return sql.NullString{}, nil
	}
	line, err := format.Encode(e)
	return sql.NullString{String: string(line), Valid: true}, err
}

func (s *sqlite) flush(context.Context) (Backlog, error) { return Backlog{}, nil }

func (s *sqlite) close() error { return s.db.Close() }
