package auditcopy

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy/pgtest"
)

// TestPostgres keeps events in a real server, whose connections get killed meanwhile.
func TestPostgres(t *testing.T) {
	t.Parallel()
	address := pgtest.Start(t)
	admin, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	random := rand.New(rand.NewPCG(9, 9))
	r := newRemote(t, 3000, 9)
	r.faults = 30
	cursor := filepath.Join(t.TempDir(), "cursor.json")
	run := func(kill bool) error {
		c, err := OpenCursor(cursor)
		if err != nil {
			return err
		}
		defer c.Close()
		s, err := Open(t.Context(), address, Options{Format: audit.FormatOCSF})
		if err != nil {
			return err
		}
		defer s.Close()
		sync := &Sync{
			Source: r.read, Sinks: []*Sink{s}, Cursor: c, Overlap: 10 * time.Minute, Start: day,
			Now: func() time.Time { return r.now },
		}
		sync.Progress = func(int, int, time.Time) {
			if kill && random.IntN(2) == 0 {
				_, err := admin.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'postgres'")
				if err != nil {
					t.Error(err)
				}
			}
		}
		_, err = sync.Once(t.Context())
		return err
	}
	broken := 0
	for r.now.Before(r.end()) {
		r.now = r.now.Add(time.Minute)
		if run(true) != nil {
			broken++
		}
	}
	r.faults, r.step = 0, 0
	if err := run(false); err != nil {
		t.Fatal(err)
	}
	if broken == 0 {
		t.Error("no run was broken")
	}
	sameIDs(t, "PostgreSQL", pgtest.IDs(t, address), r.ids())

	t.Run("fields", func(t *testing.T) { holdFields(t, admin) })
	t.Run("odd texts", func(t *testing.T) { holdOddTexts(t, address, admin) })
	t.Run("a later version", func(t *testing.T) { holdLaterVersion(t, address, admin) })
	t.Run("read-only", func(t *testing.T) { holdReadOnly(t, address) })
}

func holdFields(t *testing.T, admin *pgx.Conn) {
	var at time.Time
	var kind, name, class string
	err := admin.QueryRow(t.Context(), `SELECT created_at, item_type, changes -> 'name' ->> 1, formatted ->> 'class_uid' FROM rootly_audit_events WHERE id = '42'`).
		Scan(&at, &kind, &name, &class)
	if err != nil || kind != "Severity" || name != "Item 42" || class != "3004" || at.Before(day) {
		t.Error(at, kind, name, class, err)
	}
}

// holdOddTexts stores what PostgreSQL refuses unless it is made storable.
func holdOddTexts(t *testing.T, address string, admin *pgx.Conn) {
	s := open(t, address, Options{})
	defer s.Close()
	e, err := audit.Parse([]byte(`{"id":"odd","type":"audits","attributes":{"event":"update","item_type":"Group","item_id":"a\u0000b",` +
		`"user_name":"\ud800","created_at":"2026-11-20T10:00:00Z","object_changes":{"name":["\u0000",null]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Add(t.Context(), []audit.Event{e}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	var raw string
	if err := admin.QueryRow(t.Context(), "SELECT raw::text FROM rootly_audit_events WHERE id = 'odd'").Scan(&raw); err != nil || !strings.Contains(raw, `\u0000`) {
		t.Error(raw, err)
	}
}

func holdLaterVersion(t *testing.T, address string, admin *pgx.Conn) {
	if _, err := admin.Exec(t.Context(), "UPDATE rootly_audit_meta SET version = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), address, Options{}); !errors.Is(err, ErrSchema) {
		t.Error(err)
	}
	if _, err := admin.Exec(t.Context(), "UPDATE rootly_audit_meta SET version = 1"); err != nil {
		t.Fatal(err)
	}
}

func holdReadOnly(t *testing.T, address string) {
	s, err := Open(t.Context(), address+"?default_transaction_read_only=on", Options{})
	if err == nil {
		_, err = s.Add(t.Context(), []audit.Event{event(t, 99_999, day)})
		s.Close()
	}
	var hint interface{ Hint() string }
	if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "primary") {
		t.Error(err)
	}
}
