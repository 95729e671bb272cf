package auditcopy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// postgresSteps make the tables; each step is one version.
func postgresSteps() []string {
	return []string{`
CREATE TABLE rootly_audit_events (
  id text PRIMARY KEY, created_at timestamptz NOT NULL, action text NOT NULL, item_type text NOT NULL, item_id text NOT NULL,
  item_name text NOT NULL, user_id text NOT NULL, user_name text NOT NULL, user_email text NOT NULL,
  source text NOT NULL, api_key_id text NOT NULL, ip_address text NOT NULL, user_agent text NOT NULL,
  request_id text NOT NULL, session_id text NOT NULL, changed_fields text NOT NULL, changes json NOT NULL,
  raw json NOT NULL, formatted json
);
CREATE INDEX rootly_audit_events_created_at ON rootly_audit_events (created_at);
CREATE INDEX rootly_audit_events_item ON rootly_audit_events (item_type, item_id, created_at);
CREATE INDEX rootly_audit_events_user ON rootly_audit_events (user_id, created_at);`, `
CREATE INDEX rootly_audit_events_item_id ON rootly_audit_events (item_id, created_at);
CREATE INDEX rootly_audit_events_action ON rootly_audit_events (action, created_at);
CREATE INDEX rootly_audit_events_source ON rootly_audit_events (source, created_at);
CREATE INDEX rootly_audit_events_api_key ON rootly_audit_events (api_key_id, created_at) WHERE api_key_id <> '';
CREATE INDEX rootly_audit_events_email ON rootly_audit_events (lower(user_email), created_at);`}
}

// postgres keeps events in a table of a PostgreSQL database.
type postgres struct {
	config *pgx.ConnConfig
	conn   *pgx.Conn // replaced when it broke
	self   string
	format audit.Format
}

var _ store = (*postgres)(nil)

// PostgresConfig reads the URL of a database. Unless insecure is set, options that would reach another machine
// unencrypted are removed.
func PostgresConfig(target string, insecure bool) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(target)
	if err != nil {
		return nil, hint.With(errors.New("this is not a PostgreSQL URL"), "write postgres://USER@HOST:PORT/DATABASE; the password can be in $PGPASSWORD or ~/.pgpass")
	}
	if insecure {
		return config, nil
	}
	return config, encryptedPostgres(config)
}

func openPostgres(ctx context.Context, target string, o Options) (store, error) {
	config, err := PostgresConfig(target, o.Insecure)
	if err != nil {
		return nil, err
	}
	p := &postgres{config: config, format: o.Format}
	if err := p.connect(ctx); err != nil {
		return nil, err
	}
	if err := p.migrate(ctx); err != nil {
		_ = p.close()
		return nil, inPostgres(err)
	}
	return p, nil
}

// connect makes a connection if there is no working one.
func (p *postgres) connect(ctx context.Context) error {
	if p.conn != nil && !p.conn.IsClosed() {
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, p.config)
	if about := (*pgconn.ConnectError)(nil); errors.As(err, &about) {
		err = about.Unwrap() // without the user and the database
	}
	if err != nil {
		return hint.With(err, "check URL, user and password, and that the server accepts connections from this machine, with TLS if it is another machine (or --insecure)")
	}
	p.conn = conn
	return nil
}

// migrate creates or upgrades the tables, under a lock.
func (p *postgres) migrate(ctx context.Context) error {
	tx, err := p.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // after a commit there is nothing to roll back
	const lock = 0x526c4155
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", lock); err != nil {
		return err
	}
	there := false
	if err := tx.QueryRow(ctx, "SELECT to_regclass('rootly_audit_meta') IS NOT NULL").Scan(&there); err != nil {
		return err
	}
	if !there {
		_, err := tx.Exec(ctx, "CREATE TABLE rootly_audit_meta (version int NOT NULL, identity text NOT NULL)")
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO rootly_audit_meta VALUES (0, $1)", newIdentity()); err != nil {
			return err
		}
	}
	version := 0
	if err := tx.QueryRow(ctx, "SELECT version, identity FROM rootly_audit_meta").Scan(&version, &p.self); err != nil {
		return err
	}
	steps := postgresSteps()
	if version > len(steps) {
		return hint.With(fmt.Errorf("the table has schema version %d, but this program supports %d: %w", version, len(steps), ErrSchema),
			"use the newer version of this program that wrote it")
	}
	for _, step := range steps[version:] {
		if _, err := tx.Exec(ctx, step); err != nil {
			return fmt.Errorf("upgrade the schema: %w", err)
		}
	}
	if version < len(steps) {
		if _, err := tx.Exec(ctx, "UPDATE rootly_audit_meta SET version = $1", len(steps)); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

func (p *postgres) identity() string { return p.self }

func (p *postgres) newest(ctx context.Context) (time.Time, error) {
	if err := p.connect(ctx); err != nil {
		return time.Time{}, err
	}
	var at *time.Time
	err := p.conn.QueryRow(ctx, "SELECT max(created_at) FROM rootly_audit_events").Scan(&at)
	if err != nil || at == nil {
		return time.Time{}, inPostgres(err)
	}
	return *at, nil
}

const postgresInsert = `INSERT INTO rootly_audit_events
SELECT u.id, u.created_at::timestamptz, u.action, u.item_type, u.item_id, u.item_name, u.user_id, u.user_name, u.user_email, u.source, u.api_key_id,
  u.ip_address, u.user_agent, u.request_id, u.session_id, u.changed_fields, u.changes::json, u.raw::json, u.formatted::json
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
  $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[])
  AS u (id, created_at, action, item_type, item_id, item_name, user_id, user_name, user_email, source, api_key_id,
  ip_address, user_agent, request_id, session_id, changed_fields, changes, raw, formatted)
ON CONFLICT (id) DO NOTHING`

// add inserts all events with one statement, which is a transaction.
func (p *postgres) add(ctx context.Context, events []audit.Event) (int, error) {
	if err := p.connect(ctx); err != nil {
		return 0, err
	}
	c := make([][]string, len(audit.Columns())+1)
	formatted := make([]*string, len(events))
	for i, e := range events {
		for n, cell := range append(audit.Flat(e), string(e.Raw)) {
			c[n] = append(c[n], storable(cell))
		}
		text, err := beside(p.format, e)
		if err != nil {
			return 0, err
		}
		if text.Valid {
			line := storable(text.String)
			formatted[i] = &line
		}
	}
	done, err := p.conn.Exec(ctx, postgresInsert, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12],
		c[13], c[14], c[15], c[16], c[17], formatted)
	return int(done.RowsAffected()), inPostgres(err)
}

// storable turns a text into what PostgreSQL accepts: valid UTF-8 without zero bytes.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func (p *postgres) flush(context.Context) (Backlog, error) { return Backlog{}, nil }

func (p *postgres) close() error {
	if p.conn == nil {
		return nil
	}
	return p.conn.Close(context.Background())
}

// inPostgres adds a hint to the errors of the server.
func inPostgres(err error) error {
	var told *pgconn.PgError
	if !errors.As(err, &told) {
		return err
	}
	switch told.Code {
	case "53100":
		return hint.With(err, "free some space on the server and run the command again: it continues where it stopped")
	case "25006":
		return hint.With(err, "the server accepts no writes: it may be a replica; give the primary")
	case "42501":
		return hint.With(err, "the user needs the right to create tables in the first run, and to insert and select in later ones")
	case "42P01", "42703":
		return hint.With(fmt.Errorf("%w: %w", ErrSchema, err), "the tables were changed from outside; restore them, or give another database")
	}
	return err
}
