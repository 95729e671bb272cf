package auditcopy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/lock"
)

// indexTables are the tables of an index: the ids that a sink has, the files that are being written, and the events
// that wait for a receiver.
func indexTables() schema {
	return schema{application: 0x526c4958, steps: []string{`
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE pending (file TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE waiting (seq INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL);`, `
ALTER TABLE waiting ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE waiting ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
CREATE TABLE rejected (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, line TEXT NOT NULL, since INTEGER NOT NULL,
  reason TEXT NOT NULL, reported INTEGER NOT NULL DEFAULT 0);`}}
}

// An index stores which ids a sink has, for sinks that cannot tell by themselves.
type index struct {
	db   *sql.DB
	path string
	self string
}

func openIndex(ctx context.Context, path string) (*index, error) {
	db, err := openDatabase(ctx, path, indexTables())
	if err != nil {
		return nil, err
	}
	self, err := identityOf(ctx, db)
	if err != nil {
		db.Close()
		return nil, readable(err, path)
	}
	return &index{db, path, self}, nil
}

// patience is how long a process waits for another one that writes to the same sink.
const patience = time.Minute

// alone runs a function while no other process works on the sink.
func (x *index) alone(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		held, err := lock.Acquire(x.path + ".lock")
		if err == nil {
			err = do()
			return errors.Join(err, held.Release())
		}
		if !errors.Is(err, lock.ErrLocked) {
			return onDisk(err, x.path)
		}
		select {
		case <-time.After(2 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("wait for another process that has %s: %w", x.path, context.Cause(ctx))
		}
	}
}

// news leaves out the events that the sink has.
func (x *index) news(ctx context.Context, events []audit.Event) ([]audit.Event, error) {
	known := make(map[string]bool, len(events))
	err := perChunk(events, func(marks string, ids []any) error {
		rows, err := x.db.QueryContext(ctx, "SELECT id FROM seen WHERE id IN (VALUES "+marks+")", ids...)
		if err != nil {
			return err
		}
		defer rows.Close()
		var id string
		for rows.Next() {
			if err := rows.Scan(&id); err != nil {
				return err
			}
			known[id] = true
		}
		return rows.Err()
	})
	if err != nil {
		return nil, readable(err, x.path)
	}
	var fresh []audit.Event
	for _, e := range events {
		if !known[e.ID] {
			known[e.ID] = true
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}

// perChunk calls a function with the ids of some hundred events at a time, and SQL placeholders for them.
func perChunk(events []audit.Event, do func(marks string, ids []any) error) error {
	const most = 500
	for chunk := range slices.Chunk(events, most) {
		ids := make([]any, len(chunk))
		for i, e := range chunk {
			ids[i] = e.ID
		}
		if err := do(strings.Repeat("(?),", len(ids)-1)+"(?)", ids); err != nil {
			return err
		}
	}
	return nil
}

// intend records the lengths of the files that are about to grow.
func (x *index) intend(ctx context.Context, sizes map[string]int64) error {
	return x.change(ctx, func(tx *sql.Tx) error {
		for file, size := range sizes {
			if _, err := tx.ExecContext(ctx, "INSERT INTO pending VALUES (?, ?)", file, size); err != nil {
				return err
			}
		}
		return nil
	})
}

// pending returns the files whose growth was not confirmed, with their sizes before it.
func (x *index) pending(ctx context.Context) (map[string]int64, error) {
	rows, err := x.db.QueryContext(ctx, "SELECT file, size FROM pending")
	if err != nil {
		return nil, readable(err, x.path)
	}
	defer rows.Close()
	sizes := map[string]int64{}
	for rows.Next() {
		var file string
		var size int64
		if err := rows.Scan(&file, &size); err != nil {
			return nil, err
		}
		sizes[file] = size
	}
	return sizes, readable(rows.Err(), x.path)
}

// confirm records that the files have the events; after a repair there are none.
func (x *index) confirm(ctx context.Context, events []audit.Event) error {
	return x.change(ctx, func(tx *sql.Tx) error {
		if err := see(ctx, tx, events); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM pending")
		return err
	})
}

// enqueue records events together with the lines that wait for a receiver.
func (x *index) enqueue(ctx context.Context, events []audit.Event, lines [][]byte, now time.Time) error {
	return x.change(ctx, func(tx *sql.Tx) error {
		if err := see(ctx, tx, events); err != nil {
			return err
		}
		put, err := tx.PrepareContext(ctx, "INSERT INTO waiting (line, id, since) VALUES (?, ?, ?)")
		if err != nil {
			return err
		}
		for i, line := range lines {
			if _, err := put.ExecContext(ctx, string(line), events[i].ID, now.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
}

func see(ctx context.Context, tx *sql.Tx, events []audit.Event) error {
	err := perChunk(events, func(marks string, ids []any) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO seen VALUES "+marks, ids...)
		return err
	})
	if err != nil {
		return err
	}
	var newest time.Time
	for _, e := range events {
		newest = later(newest, e.At)
	}
	if newest.IsZero() {
		return nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO meta VALUES ('newest', ?) ON CONFLICT (key)
DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))`, newest.UnixMicro())
	return err
}

// newest is created_at of the newest recorded event, or zero.
func (x *index) newest(ctx context.Context) (time.Time, error) {
	var at int64
	err := x.db.QueryRowContext(ctx, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'newest'").Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return time.UnixMicro(at), readable(err, x.path)
}

func (x *index) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return readable(err, x.path)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := do(tx); err != nil {
		return readable(err, x.path)
	}
	return readable(tx.Commit(), x.path)
}

func (x *index) close() error { return x.db.Close() }
