package auditcopy

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// holdNo holds that no file below a directory has a text in it.
func holdNo(t *testing.T, dir, text string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			t.Errorf("%s has it", path)
		}
		n++
		return err
	})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
}

// A cutting disk writes so many bytes and then stops the program.
type cutting struct{ bytes int }

func (c *cutting) extend(path string, content []byte) error {
	part := content[:min(c.bytes, len(content))]
	c.bytes -= len(part)
	if err := (realMedium{}).extend(path, part); err != nil {
		return err
	}
	if len(part) < len(content) || c.bytes == 0 {
		return errStopped
	}
	return nil
}

func (c *cutting) cut(string, int64) error { return errStopped }

// TestHalfWrittenFilesAreRepaired stops a write at every byte.
func TestHalfWrittenFilesAreRepaired(t *testing.T) {
	t.Parallel()
	first := []audit.Event{event(t, 1, day), event(t, 2, day.Add(3*time.Hour))}
	second := []audit.Event{event(t, 2, day.Add(3*time.Hour)), event(t, 3, day), event(t, 4, day.Add(3*time.Hour))}
	want := []string{"1", "2", "3", "4"}
	for _, kind := range []struct {
		name string
		o    Options
		step int
		ids  func(testing.TB, string) []string
	}{
		{"plain", Options{}, 97, idsInFolder},
		{"packed", Options{Compress: "gzip"}, 41, idsInFolder},
		{"sheet.csv", Options{}, 97, idsInSheet},
	} {
		for at := 0; ; at += kind.step {
			path := filepath.Join(t.TempDir(), kind.name)
			s := open(t, path, kind.o)
			if _, err := s.Add(t.Context(), first); err != nil {
				t.Fatal(err)
			}
			s.store.(*files).medium = &cutting{at}
			_, err := s.Add(t.Context(), second)
			s.Close()
			if err == nil {
				break // all of it was written
			}
			if !errors.Is(err, errStopped) {
				t.Fatal(err)
			}
			s = open(t, path, kind.o)
			if n, err := s.Add(t.Context(), second); n != 2 || err != nil {
				t.Fatalf("%s, stopped at byte %d: %d, %v", kind.name, at, n, err)
			}
			s.Close()
			sameIDs(t, kind.name, kind.ids(t, path), want)
		}
	}
}

func TestFilesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for target, want := range map[string]string{
		filepath.Dir(write("old/audit-2026-11-01.ndjson", "{}\n")):      "has events",
		write("sheet.csv", "id\n1\n"):                                   "has lines but no",
		"sqlite://" + write("text.db", strings.Repeat("not a db", 100)): "not a database",
		write("file", "text"):                                           "is a file",
		"sqlite://" + filepath.Join(dir, "no", "such", "a.db"):          "no such file",
		filepath.Join(dir, "no", "such", "dir"):                         "no such file",
		"ftp://example.com/x":                                           "not a supported sink",
	} {
		s, err := Open(t.Context(), target, Options{})
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", target)
			continue
		}
		var hint interface{ Hint() string }
		if !strings.Contains(err.Error(), want) || !errors.As(err, &hint) || hint.Hint() == "" {
			t.Errorf("%s: %v", target, err)
		}
	}
}

func TestHalfALineThatShouldBeWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plain")
	s := open(t, path, Options{})
	defer s.Close()
	if _, err := s.Add(t.Context(), []audit.Event{event(t, 1, day)}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(path, "audit-2026-11-20.ndjson")
	size, err := sizeOf(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, size-5); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add(t.Context(), []audit.Event{event(t, 2, day)}); err == nil || !strings.Contains(err.Error(), "half a line") {
		t.Errorf("%v", err)
	}
}

// full is a medium without space.
type full struct{ realMedium }

func (full) extend(path string, _ []byte) error {
	return &os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
}

func TestAFullDisk(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "plain"), Options{})
	defer s.Close()
	s.store.(*files).medium = full{}
	_, err := s.Add(t.Context(), []audit.Event{event(t, 1, day)})
	var hint interface{ Hint() string }
	if !errors.As(err, &hint) || !strings.Contains(hint.Hint(), "free some space") {
		t.Errorf("%v", err)
	}
}
