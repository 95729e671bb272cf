package auditcopy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy/pgtest"
)

// A losing sync has sinks whose cursor is deleted between runs.
type losing struct {
	t      *testing.T
	dir    string
	remote *remote
}

// run copies into sinks, from where the cursor or they themselves say.
func (l *losing) run(start time.Time, targets ...string) Round {
	l.t.Helper()
	c, err := OpenCursor(filepath.Join(l.dir, "cursor.json"))
	if err != nil {
		l.t.Fatal(err)
	}
	defer c.Close()
	var sinks []*Sink
	for _, to := range targets {
		s := open(l.t, to, Options{State: filepath.Join(l.dir, "queues"), Receiver: newEndpoint(), Stdout: &strings.Builder{}})
		defer s.Close()
		sinks = append(sinks, s)
	}
	round, err := (&Sync{
		Source: l.remote.read, Sinks: sinks, Cursor: c, Overlap: 10 * time.Minute, Start: start,
		Now: func() time.Time { return l.remote.now },
	}).Once(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return round
}

// TestLostCursor holds that what has events is continued without a cursor, each sink from its own
// newest event, and that nothing is missed however late it turned up.
func TestLostCursor(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]func(dir string) string{
		"sqlite":    func(dir string) string { return "sqlite://" + filepath.Join(dir, "a.db") },
		"directory": func(dir string) string { return filepath.Join(dir, "plain") },
		"csv":       func(dir string) string { return filepath.Join(dir, "a.csv") },
		"endpoint":  func(string) string { return "https://endpoint.example/audit" },
		"stdout":    func(string) string { return "-" },
		"postgres":  nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			ahead, behind := "sqlite://"+filepath.Join(dir, "other.db"), ""
			if target == nil {
				behind = pgtest.Start(t)
			} else {
				behind = target(dir)
			}
			l := &losing{t: t, dir: dir, remote: newSparse(t, 3000, 8, time.Minute)}
			l.remote.step = 0
			l.remote.now = l.remote.events[1000].At
			first := l.run(day, behind, ahead)
			l.remote.now = l.remote.events[2000].At
			l.run(time.Time{}, ahead)

			if err := os.Remove(filepath.Join(dir, "cursor.json")); err != nil {
				t.Fatal(err)
			}
			l.remote.now = l.remote.end()
			round := l.run(time.Time{}, behind, ahead)
			if len(round.New) != 0 || !slices.ContainsFunc(round.Notes, func(text string) bool {
				return strings.Contains(text, Name(behind)) && strings.Contains(text, "--backfill-from") && strings.Contains(text, first.Newest.UTC().Format(time.RFC3339))
			}) {
				t.Errorf("new %q, notes %q", round.New, round.Notes)
			}
			if got := first.Added[Name(behind)] + round.Added[Name(behind)]; got != len(l.remote.events) {
				t.Errorf("%s has %d events, want %d", behind, got, len(l.remote.events))
			}
			if round.Read > 2500 {
				t.Errorf("%d events were read, as if the sinks had none", round.Read)
			}
			sameIDs(t, "the one ahead", idsInDatabase(t, filepath.Join(dir, "other.db")), l.remote.ids())
		})
	}
}

// TestCursorThatNeverWas holds that events of the future, as of a webhook whose clock is wrong,
// lead nobody beyond the present.
func TestCursorThatNeverWas(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	r := newRemote(t, 300, 3)
	r.now, r.step = r.events[200].At, 0
	s, sink := one(t, "sqlite://"+path)
	s.Source, s.Now = r.read, func() time.Time { return r.now }
	if _, err := sink.Add(t.Context(), []audit.Event{event(t, 900_000, r.end().AddDate(1, 0, 0))}); err != nil {
		t.Fatal(err)
	}
	began := r.now
	if round, err := s.Once(t.Context()); err != nil || len(round.New) != 0 {
		t.Fatal(round, err)
	}
	r.now = r.end()
	if _, err := s.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := idsInDatabase(t, path)
	for _, e := range r.events {
		if _, found := slices.BinarySearch(got, e.ID); !found && e.At.After(began.Add(-10*time.Minute)) {
			t.Errorf("event %s of %s is missing", e.ID, e.At)
		}
	}
}

// TestAClockThatIsAhead holds that what happens after the first run is copied although it is in the
// past by the clock here.
func TestAClockThatIsAhead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	r := newSparse(t, 300, 3, time.Minute)
	r.now, r.step = r.events[200].At, 0
	ahead := func() time.Time { return r.now.Add(clockSkew) }
	s, _ := one(t, "sqlite://"+path)
	s.Source, s.Now = r.read, ahead
	began := r.now
	for _, now := range []time.Time{began, r.events[250].At, r.end()} {
		r.now = now
		if _, err := s.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for _, e := range r.events {
		if !e.At.Before(began) {
			want = append(want, e.ID)
		}
	}
	slices.Sort(want)
	sameIDs(t, path, idsInDatabase(t, path), want)
}
