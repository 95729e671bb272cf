package auditcopy

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// A Record is a database of events that is read.
type Record struct {
	db   *sql.DB
	path string
}

var _ audit.Source = (*Record)(nil)

// OpenRecord opens a database that a sink has written, without ever writing to it: it may be on a
// medium, or in a folder, that takes no writes. The name may begin with sqlite://.
func OpenRecord(ctx context.Context, name string) (*Record, error) {
	if Path(name) == "" {
		return nil, hint.With(fmt.Errorf("open %s: only SQLite files can be read", Name(name)), "give a file that audit sync --to sqlite://FILE wrote")
	}
	path := Path(name)
	if _, err := os.Stat(path); err != nil {
		return nil, hint.With(fmt.Errorf("open %s: %w", name, err), "audit sync --to sqlite://FILE creates such a file")
	}
	db, err := openToRead(ctx, path, eventTables())
	if err != nil {
		return nil, keepErr("open", name, err)
	}
	return &Record{db, path}, nil
}

// Close lets go of the database.
func (r *Record) Close() error { return r.db.Close() }

// Span is when the first and the last of its events happened; zero: it has none.
func (r *Record) Span(ctx context.Context) (from, to time.Time, err error) {
	var first, last sql.NullInt64
	if err := r.db.QueryRowContext(ctx, "SELECT min(at), max(at) FROM events").Scan(&first, &last); err != nil {
		return from, to, fmt.Errorf("read %s: %w", r.path, readable(err, r.path))
	}
	if first.Valid {
		from, to = time.UnixMicro(first.Int64), time.UnixMicro(last.Int64)
	}
	return from, to, nil
}

// Events gives the events that the filter lets through, the newest first.
func (r *Record) Events(ctx context.Context, f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		if err := r.each(ctx, f, func(e audit.Event) bool { return yield(e, nil) }); err != nil {
			yield(audit.Event{}, fmt.Errorf("read %s: %w", r.path, err))
		}
	}
}

func (r *Record) each(ctx context.Context, f audit.Filter, yield func(audit.Event) bool) error {
	where, wanted, err := conditions(f)
	if err != nil {
		return err
	}
	rows, err := r.db.QueryContext(ctx, "SELECT raw FROM events "+where+" ORDER BY at DESC, id DESC", wanted)
	if err != nil {
		return readable(err, r.path)
	}
	defer rows.Close()
	var raw sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&raw); err != nil {
			return err
		}
		e, err := audit.Parse(json.RawMessage(raw))
		if err != nil {
			return err
		}
		if f.Match(e) && !yield(e) {
			return nil
		}
	}
	return readable(rows.Err(), r.path)
}

// wanted are the values that the conditions compare with. They reach SQLite as one JSON text, so
// that the conditions can be any number of fixed texts.
type wanted struct {
	Since     int64    `json:"since"`
	Until     int64    `json:"until"`
	User      string   `json:"user"`
	Source    string   `json:"source"`
	ItemTypes []string `json:"item_types"`
	ItemID    string   `json:"item_id"`
	Action    string   `json:"action"`
	APIKey    string   `json:"api_key"`
}

// conditions translates a filter. The text has nothing in it that a user gave.
func conditions(f audit.Filter) (where, values string, err error) {
	w := wanted{
		Since: micro(f.Since), Until: micro(f.Until), User: f.User, Source: f.Source,
		ItemTypes: f.ItemTypes, ItemID: f.ItemID, Action: f.Action, APIKey: f.APIKey,
	}
	all := []string{"?1 IS NOT NULL"}
	if !f.Since.IsZero() {
		all = append(all, "at >= (?1 ->> 'since')")
	}
	if !f.Until.IsZero() {
		all = append(all, "at <= (?1 ->> 'until')")
	}
	// The first of these leads to the fewest events. A plus keeps SQLite, which does not know that,
	// from choosing the index of another.
	byEmail := strings.Contains(f.User, "@")
	plus := ""
	for _, c := range []struct {
		given     bool
		condition string
	}{
		{f.ItemID != "", "item_id = (?1 ->> 'item_id')"},
		{f.APIKey != "", "api_key_id = (?1 ->> 'api_key')"},
		{f.User != "" && byEmail, "user_email = (?1 ->> 'user')"},
		{f.User != "" && !byEmail, "user_id = (?1 ->> 'user')"},
		{len(f.ItemTypes) > 0, "item_type IN (SELECT value FROM json_each(?1, '$.item_types'))"},
		{f.Action != "", "action = (?1 ->> 'action')"},
		{f.Source != "", "source = (?1 ->> 'source')"},
	} {
		if c.given {
			all = append(all, plus+c.condition)
			plus = "+"
		}
	}
	if f.APIKey != "" {
		all = append(all, "api_key_id <> ''") // the index has no others
	}
	text, err := json.Marshal(w)
	return "WHERE " + strings.Join(all, " AND "), string(text), err
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
