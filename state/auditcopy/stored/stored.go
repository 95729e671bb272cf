// Package stored reads what audit sync has written, whatever the sink.
//
//	SQLite, PostgreSQL ──► queries by index ─┐
//	daily files, CSV   ──► scans             ├─► [Store], newest first
//
// Not here: writing, and filters that a person gives in words.
package stored

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// A Store is a copy of the audit log, opened for reading.
type Store interface {
	audit.Source

	// Find returns the event with an id.
	Find(ctx context.Context, id string) (e audit.Event, found bool, err error)

	// Users returns everybody who made a change.
	Users(ctx context.Context) ([]audit.User, error)

	Close() error
}

// Open opens a copy by the name of its sink, and never writes to it.
func Open(ctx context.Context, name string) (Store, error) {
	scheme, rest, isURL := strings.Cut(name, "://")
	switch {
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, name)
	case isURL && scheme != "sqlite":
		return nil, hint.With(fmt.Errorf("%s:// cannot be read back", scheme), "give a SQLite file, postgres://, a .csv file or a directory that audit sync wrote")
	case isURL:
		return auditcopy.OpenRecord(ctx, rest)
	}
	path := strings.TrimPrefix(name, "sqlite:")
	stat, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, hint.With(fmt.Errorf("open %s: %w", name, err), "audit sync --to sqlite://FILE creates such a file")
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", name, err)
	case stat.IsDir():
		return scan{directory{path}}, nil
	case strings.EqualFold(filepath.Ext(path), ".csv"):
		return openSheet(path)
	}
	return auditcopy.OpenRecord(ctx, path)
}

// pick turns users as a person names them into the form in which a store has them.
func pick(ctx context.Context, s Store, said string) (string, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return "", err
	}
	user, err := audit.PickUser(users, said)
	return user.Key(), err
}

// Users replaces the names in a filter by ids or emails, which the store can look up.
func Users(ctx context.Context, s Store, f *audit.Filter) error {
	for i, said := range f.Users {
		if strings.Contains(said, "@") || strings.Trim(said, "0123456789") == "" {
			continue
		}
		key, err := pick(ctx, s, said)
		if err != nil {
			return err
		}
		f.Users[i] = key
	}
	return nil
}

// newestFirst sorts events, and removes the duplicates that a killed run may have left.
func newestFirst(events []audit.Event) []audit.Event {
	slices.SortStableFunc(events, func(a, b audit.Event) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	return slices.CompactFunc(events, func(a, b audit.Event) bool { return a.ID == b.ID })
}
