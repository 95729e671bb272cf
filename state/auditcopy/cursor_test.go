package auditcopy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

func TestCursorRemembers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cursor.json")
	c, err := OpenCursor(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCursor(path); err == nil || hintOf(err) == "" {
		t.Errorf("a second process gets it: %v", err)
	}
	want := place{Identity: "x", Start: day, At: day.Add(time.Hour)}
	if err := c.set("sink", want); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err = OpenCursor(path); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.file.Sinks["sink"]; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestABrokenCursor holds that the one of the run before is taken, and that nothing is guessed
// without it.
func TestABrokenCursor(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `{"version":1}`, "null", `{"version":1,"sinks":{"a":{"at":"yesterday"}}}`} {
		path := filepath.Join(t.TempDir(), "cursor.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCursor(path); err == nil || !strings.Contains(hintOf(err), "continues after its newest") {
			t.Errorf("%q: %v", text, err)
		}
		if err := os.WriteFile(path+previousSuffix, []byte(`{"version":1,"sinks":{"a":{"at":"2026-11-20T22:00:00Z"}}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := OpenCursor(path)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if c.Repaired() == "" || !c.file.Sinks["a"].At.Equal(day) {
			t.Errorf("%q: %+v", text, c.file)
		}
		c.Close()
	}
}

func TestACursorOfALaterVersion(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cursor.json")
	if err := os.WriteFile(path, []byte(`{"version":2,"sinks":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCursor(path); !errors.Is(err, ErrSchema) {
		t.Error(err)
	}
}

// TestASinkThatWasReplaced holds that an empty sink is not taken for the one that the cursor knows.
func TestASinkThatWasReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plain")
	r := newRemote(t, 200, 1)
	r.now, r.step = r.end(), 0
	s, sink := one(t, path)
	s.Source, s.Now, s.Start = r.read, func() time.Time { return r.now }, day
	if _, err := s.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sink.Close(), os.RemoveAll(path)); err != nil {
		t.Fatal(err)
	}
	s.Sinks[0] = open(t, path, Options{})
	defer s.Sinks[0].Close()
	s.Start = time.Time{}
	if _, err := s.Once(t.Context()); !errors.Is(err, ErrReplaced) || hintOf(err) == "" {
		t.Error(err)
	}
	s.Start = day
	if _, err := s.Once(t.Context()); err != nil {
		t.Error(err)
	}
	sameIDs(t, "the new one", idsInFolder(t, path), r.ids())
}

// TestHalfALineAside holds that what a crash has left of a line is cut off and written whole.
func TestHalfALineAside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cursor.json")
	for round, want := range []string{"{\"a\":1}\n", "{\"a\":1}\n{\"b\":[2]}\n", "{\"a\":1}\n{\"b\":[2]}\n"} {
		c, err := OpenCursor(path)
		if err != nil {
			t.Fatal(err)
		}
		if round == 1 {
			if err := (realMedium{}).extend(c.Aside(), []byte(`{"b":`)); err != nil {
				t.Fatal(err)
			}
		}
		for i, raw := range []string{"{\"a\": 1}", "{\n\"b\": [2]}"}[:min(round+1, 2)] {
			fresh, err := c.setAside([]byte(raw))
			if err != nil || fresh != (round == 0 || round == 1 && i == 1) {
				t.Errorf("round %d: %s: %t, %v", round, raw, fresh, err)
			}
		}
		if got, err := os.ReadFile(c.Aside()); err != nil || string(got) != want {
			t.Errorf("round %d: %q, want %q: %v", round, got, want, err)
		}
		c.Close()
	}
}
