package auditcopy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// A Record is a database of events, opened for reading.
type Record struct {
	db   *sql.DB
	path string
}

var _ audit.Source = (*Record)(nil)

// OpenRecord opens a database that a sink has written, and never writes to it: the medium or the folder may be
// read-only. The name may begin with sqlite://.
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

// Close closes the database.
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

// Events returns the events that match the filter, the newest first.
func (r *Record) Events(ctx context.Context, f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		if err := r.each(ctx, f, func(e audit.Event) bool { return yield(e, nil) }); err != nil {
			yield(audit.Event{}, fmt.Errorf("read %s: %w", r.path, err))
		}
	}
}

// Find returns the event with an id.
func (r *Record) Find(ctx context.Context, id string) (e audit.Event, found bool, err error) {
	var raw []byte
	err = r.db.QueryRowContext(ctx, "SELECT raw FROM events WHERE id = ?", id).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	if err == nil {
		e, err = audit.Parse(raw)
	}
	if err != nil {
		return e, false, fmt.Errorf("read %s: %w", r.path, readable(err, r.path))
	}
	e.Redacted = true
	return e, true, nil
}

// Users returns everybody who made a change.
func (r *Record) Users(ctx context.Context) ([]audit.User, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT DISTINCT user_id, user_name, user_email FROM events")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", r.path, readable(err, r.path))
	}
	defer rows.Close()
	var all []audit.User
	for rows.Next() {
		var u audit.User
		if err := rows.Scan(&u.ID, &u.Name, &u.Email); err != nil {
			return nil, fmt.Errorf("read %s: %w", r.path, err)
		}
		all = append(all, u)
	}
	return all, readable(rows.Err(), r.path)
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
		e.Redacted = true // before it was stored
		if f.Match(e) && !yield(e) {
			return nil
		}
	}
	return readable(rows.Err(), r.path)
}

// conditions translates a filter. No value of a user enters the SQL text: SQLite receives all values as one JSON text.
func conditions(f audit.Filter) (where, values string, err error) {
	text, err := json.Marshal(struct {
		Since     int64    `json:"since"`
		Until     int64    `json:"until"`
		Users     []string `json:"users"`
		Sources   []string `json:"source"`
		ItemTypes []string `json:"item_type"`
		ItemIDs   []string `json:"item_id"`
		Actions   []string `json:"action"`
		APIKeys   []string `json:"api_key_id"`
	}{micro(f.Since), micro(f.Until), f.Users, f.Sources, f.ItemTypes, f.ItemIDs, f.Actions, f.APIKeys})
	all := []string{"?1 IS NOT NULL"}
	if !f.Since.IsZero() {
		all = append(all, "at >= (?1 ->> 'since')")
	}
	if !f.Until.IsZero() {
		all = append(all, "at <= (?1 ->> 'until')")
	}
	// The first of these matches the fewest events. The plus keeps SQLite, which does not know that, from choosing
	// another index.
	plus := ""
	for _, c := range []struct {
		column string
		values []string
	}{
		{"item_id", f.ItemIDs}, {"api_key_id", f.APIKeys}, {"users", f.Users}, {"item_type", f.ItemTypes}, {"action", f.Actions}, {"source", f.Sources},
	} {
		switch {
		case len(c.values) == 0:
			continue
		case c.column == "users":
			all = append(all, byUser(c.values, plus))
		default:
			all = append(all, oneOf(plus+c.column, c.column, len(c.values)))
		}
		plus = "+"
	}
	if len(f.APIKeys) > 0 {
		all = append(all, "api_key_id <> ''") // the index has no others
	}
	return "WHERE " + strings.Join(all, " AND "), string(text), err
}

// oneOf compares a column with the values of a list.
func oneOf(column, list string, n int) string {
	if n == 1 {
		return column + " = (?1 ->> '$." + list + "[0]')"
	}
	return column + " IN (SELECT value FROM json_each(?1, '$." + list + "'))"
}

// byUser compares with the columns for users of this form: an email has an @, an id is a number.
func byUser(users []string, plus string) string {
	columns := map[string]bool{}
	for _, user := range users {
		switch {
		case strings.Contains(user, "@"):
			columns["user_email"] = true
		case strings.Trim(user, "0123456789") == "":
			columns["user_id"] = true
		default:
			columns["user_id"], columns["user_name"] = true, true
		}
	}
	var ways []string
	for _, column := range slices.Sorted(maps.Keys(columns)) {
		name := plus + column
		if column == "user_name" {
			name += " COLLATE NOCASE"
		}
		ways = append(ways, oneOf(name, "users", len(users)))
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
