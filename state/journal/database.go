package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite", without C
)

// A schema is the tables of one kind of database.
type schema struct {
	application int      // tells our databases from those of other programs
	steps       []string // how each version is made of the one before
}

// openDatabase opens an SQLite database, made or brought up to date as needed.
func openDatabase(ctx context.Context, path string, s schema) (*sql.DB, error) {
	if path == "" {
		return nil, advised(errors.New("no file is named"), "write sqlite://FILE")
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, onDisk(err, path)
	}
	if err := makePrivate(path); err != nil {
		return nil, onDisk(err, path)
	}
	// Whole names, also those with a question mark; writers wait for each other instead of failing.
	name := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() +
		"?_txlock=immediate&_pragma=busy_timeout(30000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-32000)&_pragma=wal_autocheckpoint(4000)"
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db, s); err != nil {
		db.Close()
		return nil, readable(err, path)
	}
	return db, nil
}

// makePrivate creates a file that is missing, for its owner only: SQLite gives the same rights to
// the files that it puts beside it.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, private)
	if err != nil {
		return err
	}
	return f.Close()
}

// migrate brings the tables up to date, in one transaction.
func migrate(ctx context.Context, db *sql.DB, s schema) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back

	var application, version, tables int
	for query, to := range map[string]*int{
		"PRAGMA application_id":              &application,
		"PRAGMA user_version":                &version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := tx.QueryRowContext(ctx, query).Scan(to); err != nil {
			return err
		}
	}
	switch {
	case application != s.application && (application != 0 || tables > 0):
		return advised(fmt.Errorf("the database belongs to another program: %w", ErrSchema), "choose a file that does not exist yet")
	case version > len(s.steps):
		return advised(fmt.Errorf("the database has schema version %d, this program knows %d: %w", version, len(s.steps), ErrSchema),
			"use the newer version of this program that wrote it")
	case version == len(s.steps):
		return nil
	}
	for _, step := range s.steps[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("bring the schema up to date: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", s.application, len(s.steps))); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO meta VALUES ('identity', ?)", newIdentity()); err != nil {
		return err
	}
	return tx.Commit()
}

// identityOf reads what tells a database from another one at the same place.
func identityOf(ctx context.Context, db *sql.DB) (identity string, err error) {
	err = db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'identity'").Scan(&identity)
	return identity, err
}

// readable adds advice to the errors of SQLite, which hides those of the disk behind numbers.
func readable(err error, path string) error {
	var code interface{ Code() int }
	if !errors.As(err, &code) {
		return onDisk(err, path)
	}
	const readOnly, busy, full, cannotOpen, corrupt, notADatabase = 8, 5, 13, 14, 11, 26
	switch code.Code() & 0xff {
	case full:
		return advised(err, "free some space for "+path+" and run the command again: it goes on where it stopped")
	case readOnly:
		return advised(err, "make "+path+" and its folder writable for this user, or choose another place with --to")
	case cannotOpen:
		return advised(fmt.Errorf("%w: %w", err, fs.ErrNotExist), "the folder of "+path+" must exist and be writable; a volume may not be mounted")
	case busy:
		return advised(err, "another program holds "+path+"; end it, and run the command again")
	case corrupt, notADatabase:
		return advised(err, path+" is no sound SQLite database: put a backup in its place, or move it away and fill a new one with --backfill-from")
	}
	return err
}
