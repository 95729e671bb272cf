package auditcopy

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"

	_ "modernc.org/sqlite" // the driver "sqlite", without C

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A schema is the tables of one kind of database.
type schema struct {
	application int      // marks a database as ours
	steps       []string // how each version is made from the previous one
}

// openDatabase opens an SQLite database, and creates or upgrades it as needed.
func openDatabase(ctx context.Context, path string, s schema) (*sql.DB, error) {
	if path == "" {
		return nil, hint.With(errors.New("no file is given"), "write sqlite://FILE")
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, onDisk(err, path)
	}
	if err := makePrivate(path); err != nil {
		return nil, onDisk(err, path)
	}
	// Writers wait for each other instead of failing.
	name := fileName(path) + "?_txlock=immediate&_pragma=trusted_schema(0)&_pragma=busy_timeout(30000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-32000)&_pragma=wal_autocheckpoint(4000)"
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

// fileName is a path in the form that SQLite takes: absolute, and with question marks escaped.
func fileName(path string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
}

// openToRead opens an SQLite database that others may be writing to, and changes nothing in it. SQLite shares memory
// with writers through a file next to the database, and removes that file only if it may write. If it cannot create the
// file and nothing waits to be merged, there is no writer; SQLite is then told that the database does not change.
func openToRead(ctx context.Context, path string, s schema) (*sql.DB, error) {
	if err := alone(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", fileName(path)+"?mode=rw&_pragma=trusted_schema(0)&_pragma=query_only(1)&_pragma=busy_timeout(30000)&_pragma=cache_size(-32000)")
	if err != nil {
		return nil, err
	}
	err = isOurs(ctx, db, s)
	if size, failed := sizeOf(path + "-wal"); takesNoWrites(err) && failed == nil && size == 0 {
		db.Close()
		if db, err = sql.Open("sqlite", fileName(path)+"?mode=ro&immutable=1&_pragma=trusted_schema(0)&_pragma=cache_size(-32000)"); err != nil {
			return nil, err
		}
		err = isOurs(ctx, db, s)
	}
	if err != nil {
		db.Close()
		return nil, readable(err, path)
	}
	return db, nil
}

// takesNoWrites reports whether SQLite could not create a file, or could not write to one.
func takesNoWrites(err error) bool {
	const readOnly, cannotOpen = 8, 14
	var code interface{ Code() int }
	return errors.As(err, &code) && (code.Code()&0xff == readOnly || code.Code()&0xff == cannotOpen)
}

// isOurs refuses a database that does not have the tables of this schema version.
func isOurs(ctx context.Context, db *sql.DB, s schema) error {
	var application, version int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case application != s.application:
		return hint.With(fmt.Errorf("the database belongs to another program: %w", ErrSchema), "audit sync --to sqlite://FILE creates one")
	case version > len(s.steps):
		return laterVersion(version, len(s.steps))
	case version < len(s.steps):
		return hint.With(fmt.Errorf("the database has schema version %d, but this program reads %d: %w", version, len(s.steps), ErrSchema),
			"audit sync --to with this database upgrades it")
	}
	return plainTables(db.QueryRowContext(ctx, activeParts))
}

func laterVersion(has, known int) error {
	return hint.With(fmt.Errorf("the database has schema version %d, but this program supports %d: %w", has, known, ErrSchema),
		"use the newer version of this program that wrote it")
}

// makePrivate creates a missing file with access for its owner only: SQLite gives the same rights to the files that it
// creates next to it.
func makePrivate(path string) error {
	if err := alone(path); err != nil {
		return err
	}
	dir, name := disk.Of(path)
	f, err := dir.Open(name, os.O_RDWR|os.O_CREATE, private)
	if err != nil {
		return err
	}
	return f.Close()
}

// superEnd ends an SQLite journal that names another file, which SQLite deletes together with the journal.
var superEnd = []byte{0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7}

// alone refuses a database with links next to it, or with a journal that names another file: SQLite follows both.
// Databases of this program never have them.
func alone(path string) error {
	dir, name := disk.Of(path)
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := dir.Free(name + suffix); err != nil {
			return err
		}
	}
	journal, err := dir.Read(name+"-journal", disk.MostCode)
	if err == nil && bytes.HasSuffix(journal, superEnd) {
		return hint.With(fmt.Errorf("%s-journal leads to another file", path), "delete "+path+"-journal; this program never leaves such a file")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// activeParts counts triggers and views, which act by themselves when a table is read or written.
const activeParts = "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')"

// plainTables refuses a database that does more than store what is written to it.
func plainTables(row *sql.Row) error {
	n := 0
	if err := row.Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return hint.With(fmt.Errorf("the database has triggers or views, which this program does not create: %w", ErrSchema), "choose a file that does not exist yet")
	}
	return nil
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
		return hint.With(fmt.Errorf("the database belongs to another program: %w", ErrSchema), "choose a file that does not exist yet")
	case version > len(s.steps):
		return laterVersion(version, len(s.steps))
	case version == len(s.steps):
		return plainTables(tx.QueryRowContext(ctx, activeParts))
	}
	if err := plainTables(tx.QueryRowContext(ctx, activeParts)); err != nil {
		return err
	}
	for _, step := range s.steps[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("upgrade the schema: %w", err)
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

// identityOf reads the text that distinguishes a database from another one at the same path.
func identityOf(ctx context.Context, db *sql.DB) (identity string, err error) {
	err = db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'identity'").Scan(&identity)
	return identity, err
}

// readable adds a hint to the errors of SQLite, which hides disk errors behind numbers.
func readable(err error, path string) error {
	var code interface{ Code() int }
	if !errors.As(err, &code) {
		return onDisk(err, path)
	}
	const readOnly, busy, full, cannotOpen, corrupt, notADatabase = 8, 5, 13, 14, 11, 26
	switch code.Code() & 0xff {
	case full:
		return hint.With(err, "free some space for "+path+" and run the command again: it continues where it stopped")
	case readOnly:
		return hint.With(err, "make "+path+" and its folder writable for this user, or choose another place with --to")
	case cannotOpen:
		return hint.With(fmt.Errorf("%w: %w", err, fs.ErrNotExist), "the folder of "+path+" must exist and be writable; a volume may not be mounted")
	case busy:
		return hint.With(err, "another program has locked "+path+"; end it, and run the command again")
	case corrupt, notADatabase:
		return hint.With(err, path+" is damaged or not an SQLite database: restore a backup, or move it away and fill a new one with --backfill-from")
	}
	return err
}
