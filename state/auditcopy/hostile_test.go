package auditcopy

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// poison runs a statement on a database as somebody else would.
func poison(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", fileName(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// filled is a sink with an event, closed again, next to a file that nobody may touch.
func filled(t *testing.T, name string) (target, outside string) {
	t.Helper()
	target = filepath.Join(t.TempDir(), name)
	s := open(t, target, Options{})
	if _, err := s.Add(t.Context(), []audit.Event{event(t, 1, day)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	outside = filepath.Join(filepath.Dir(target), "outside.txt")
	if err := os.WriteFile(outside, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	return target, outside
}

// wantRefused holds that a sink takes no event any more and that the file outside is as it was.
func wantRefused(t *testing.T, target, outside, complaint string) {
	t.Helper()
	s, err := Open(t.Context(), target, Options{})
	if err == nil {
		defer s.Close()
		_, err = s.Add(context.WithoutCancel(t.Context()), []audit.Event{event(t, 2, day)})
	}
	var hint interface{ Hint() string }
	if err == nil || !strings.Contains(err.Error(), complaint) || !errors.As(err, &hint) || hint.Hint() == "" {
		t.Errorf("%v, want %q with a hint", err, complaint)
	}
	if text, err := os.ReadFile(outside); err != nil || string(text) != "mine" {
		t.Errorf("outside: %q, %v", text, err)
	}
}

func TestAnIndexThatNamesOtherFilesCutsNone(t *testing.T) {
	t.Parallel()
	for target, names := range map[string][]string{
		"plain":      {"../outside.txt", "/etc/passwd", "..", "", ".index.db", "audit-2026-11-20.ndjson/../../outside.txt", "audit-x.ndjson"},
		"events.csv": {"outside.txt", "../outside.txt", "events.csv.index.db"},
	} {
		for _, name := range names {
			path, outside := filled(t, target)
			index := filepath.Join(path, indexName)
			if strings.HasSuffix(path, ".csv") {
				index = path + indexName
			}
			poison(t, index, "INSERT INTO pending VALUES ('"+name+"', 0)")
			wantRefused(t, path, outside, "lists a file that no run writes")
		}
	}
	path, outside := filled(t, "plain")
	poison(t, filepath.Join(path, indexName), "INSERT INTO pending VALUES ('audit-2026-11-20.ndjson', -1)")
	wantRefused(t, path, outside, "lists a file that no run writes")
}

func TestADatabaseThatActsByItself(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{
		"CREATE TRIGGER t AFTER INSERT ON seen BEGIN DELETE FROM seen; END",
		"CREATE VIEW v AS SELECT 1",
	} {
		path, outside := filled(t, "plain")
		poison(t, filepath.Join(path, indexName), statement)
		wantRefused(t, path, outside, "triggers or views")
	}
}

// SQLite follows links to the files next to a database, and deletes the file that a journal names.
func TestWhatStandsNextToADatabase(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		path, outside := filled(t, "plain")
		next := filepath.Join(path, indexName+suffix)
		if err := os.RemoveAll(next); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("../outside.txt", next); err != nil {
			t.Skip(err)
		}
		wantRefused(t, path, outside, "is a symbolic link")
	}
	path, outside := filled(t, "plain")
	journal := append([]byte(outside), superEnd...)
	if err := os.WriteFile(filepath.Join(path, indexName+"-journal"), journal, 0o600); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, path, outside, "leads to another file")
}

func TestDailyFilesAreNoLinks(t *testing.T) {
	t.Parallel()
	path, outside := filled(t, "plain")
	file := filepath.Join(path, "audit-2026-11-20.ndjson")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../outside.txt", file); err != nil {
		t.Skip(err)
	}
	wantRefused(t, path, outside, "is a symbolic link")
}

func FuzzCursor(f *testing.F) {
	for _, text := range []string{
		`{"version":1,"sinks":{}}`, `{"version":1,"sinks":{"a":null}}`, `{"version":1,"version":1,"sinks":{}}`, `{"version":1e99}`, `[]`, `null`, `{"sinks":[]}`,
		`{"version":1,"sinks":{"a":{"at":"9999-99-99T00:00:00Z"}}}`, strings.Repeat("[", 9999),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "cursor.json")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if file, err := readCursor(path); err == nil && (file.Version != cursorVersion || file.Sinks == nil) {
			t.Errorf("%q was read as %+v", content, file)
		}
	})
}
