package stored

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// A postgres is a table of a PostgreSQL database.
type postgres struct {
	conn *pgx.Conn
	name string
}

func openPostgres(ctx context.Context, target string) (Store, error) {
	name := auditcopy.Name(target)
	config, err := auditcopy.PostgresConfig(target, false)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	config.RuntimeParams["default_transaction_read_only"] = "on"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, hint.With(fmt.Errorf("open %s: %w", name, err), "check URL, user and password, and that the server accepts connections from this machine")
	}
	p := &postgres{conn, name}
	there := false
	if err := conn.QueryRow(ctx, "SELECT to_regclass('rootly_audit_events') IS NOT NULL").Scan(&there); err != nil || !there {
		_ = p.Close()
		return nil, hint.With(errors.Join(fmt.Errorf("open %s: it has no table of audit events", name), err), "audit sync --to with this database creates it")
	}
	return p, nil
}

// Close ends the connection.
func (p *postgres) Close() error { return p.conn.Close(context.Background()) }

// Events returns the events that match the filter, the newest first.
func (p *postgres) Events(ctx context.Context, f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		where, values := conditions(f)
		err := p.each(ctx, where+" ORDER BY created_at DESC, id DESC", values, func(e audit.Event) bool { return !f.Match(e) || yield(e, nil) })
		if err != nil {
			yield(audit.Event{}, err)
		}
	}
}

// Find returns the event with an id.
func (p *postgres) Find(ctx context.Context, id string) (e audit.Event, found bool, err error) {
	err = p.each(ctx, "WHERE id = @id", pgx.NamedArgs{"id": id}, func(one audit.Event) bool {
		e, found = one, true
		return false
	})
	return e, found, err
}

// Users returns everybody who made a change.
func (p *postgres) Users(ctx context.Context) ([]audit.User, error) {
	rows, err := p.conn.Query(ctx, "SELECT DISTINCT user_id, user_name, user_email FROM rootly_audit_events")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p.name, err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[audit.User])
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p.name, err)
	}
	return all, nil
}

func (p *postgres) each(ctx context.Context, where string, values pgx.NamedArgs, yield func(audit.Event) bool) error {
	ctx, cancel := context.WithCancel(ctx) // ends the query if the caller stops early
	defer cancel()
	rows, err := p.conn.Query(ctx, "SELECT raw::text FROM rootly_audit_events "+where, values)
	if err != nil {
		return fmt.Errorf("read %s: %w", p.name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var raw string
		if err := rows.Scan(&raw); err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		e, err := audit.ParseStored([]byte(raw))
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		if !yield(e) {
			return nil
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", p.name, err)
	}
	return nil
}

// conditions translates a filter. No value of a user enters the SQL text.
func conditions(f audit.Filter) (where string, values pgx.NamedArgs) {
	all := []string{"true"}
	values = pgx.NamedArgs{}
	add := func(condition, name string, given []string) {
		if len(given) > 0 {
			all = append(all, condition)
			values[name] = given
		}
	}
	if !f.Since.IsZero() {
		all, values["since"] = append(all, "created_at >= @since"), f.Since
	}
	if !f.Until.IsZero() {
		all, values["until"] = append(all, "created_at < @until"), f.Until
	}
	add("item_id = ANY(@items)", "items", f.ItemIDs)
	add("api_key_id = ANY(@keys)", "keys", f.APIKeys)
	add("item_type = ANY(@types)", "types", f.ItemTypes)
	add("action = ANY(@actions)", "actions", f.Actions)
	add("source = ANY(@sources)", "sources", lower(f.Sources))
	var ids, others []string
	for _, user := range f.Users {
		if strings.Trim(user, "0123456789") == "" {
			ids = append(ids, user)
		} else {
			others = append(others, strings.ToLower(user))
		}
	}
	switch {
	case len(others) == 0:
		add("user_id = ANY(@ids)", "ids", ids)
	default:
		values["ids"] = f.Users
		add("(user_id = ANY(@ids) OR lower(user_email) = ANY(@users) OR lower(user_name) = ANY(@users))", "users", others)
	}
	return "WHERE " + strings.Join(all, " AND "), values
}

func lower(list []string) []string {
	var all []string
	for _, text := range list {
		all = append(all, strings.ToLower(text))
	}
	return all
}
