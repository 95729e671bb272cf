package auditcopy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

var errStopped = errors.New("stopped")

// A brittle disk stops the program at some write: what it was writing is there in part, and
// nothing works afterwards.
type brittle struct {
	random  *rand.Rand
	one     int // one write in so many stops it
	stopped bool
}

func (b *brittle) extend(path string, content []byte) error {
	if b.stopped {
		return errStopped
	}
	if b.random.IntN(b.one) == 0 {
		b.stopped = true
		_ = realMedium{}.extend(path, content[:b.random.IntN(len(content)+1)])
		return errStopped
	}
	return realMedium{}.extend(path, content)
}

func (b *brittle) cut(path string, size int64) error {
	if b.stopped || b.random.IntN(b.one) == 0 {
		b.stopped = true
		return errStopped
	}
	return realMedium{}.cut(path, size)
}

// A world is every kind of sink in one place, with a cursor.
type world struct {
	t        testing.TB
	dir      string
	random   *rand.Rand
	endpoint *endpoint
	stdout   bytes.Buffer
}

func newWorld(t testing.TB, seed uint64) *world {
	w := &world{t: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(seed, 2)), endpoint: newEndpoint()}
	w.endpoint.refuse = func() error {
		if w.random.IntN(4) == 0 {
			return errOutage
		}
		return nil
	}
	w.endpoint.lose = func() bool { return w.random.IntN(6) == 0 }
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// run is one run of the program, which may be stopped on the way.
func (w *world) run(r *remote, brittleness int) (Round, error) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	disk := &brittle{random: w.random, one: max(brittleness, 1)}
	var sinks []*Sink
	for _, to := range []struct {
		target string
		o      Options
	}{
		{"sqlite://" + w.path("audit.db"), Options{}},
		{w.path("plain"), Options{}},
		{w.path("gz"), Options{Compress: "gzip"}},
		{w.path("zst"), Options{Compress: "zstd"}},
		{w.path("audit.csv"), Options{}},
		{"-", Options{Stdout: &w.stdout}},
		{"https://endpoint.example/audit", Options{Receiver: w.endpoint}},
	} {
		to.o.State = w.path("queues")
		s := open(w.t, to.target, to.o)
		defer s.Close()
		if f, ok := s.store.(*files); ok && brittleness > 0 {
			f.medium = disk
		}
		sinks = append(sinks, s)
	}
	cursor, err := OpenCursor(w.path("cursor.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer cursor.Close()
	s := &Sync{
		Source: r.read, Sinks: sinks, Cursor: cursor, Overlap: 10 * time.Minute, Start: day,
		Now: func() time.Time { return r.now }, Stretch: 500,
	}
	if brittleness > 0 {
		s.Progress = func(int, int, time.Time) {
			if w.random.IntN(brittleness) == 0 {
				cancel()
			}
		}
	}
	return s.Once(ctx)
}

func (w *world) check(want []string) {
	w.t.Helper()
	sameIDs(w.t, "SQLite", idsInDatabase(w.t, w.path("audit.db")), want)
	sameIDs(w.t, "directory", idsInFolder(w.t, w.path("plain")), want)
	sameIDs(w.t, "directory of gzip", idsInFolder(w.t, w.path("gz")), want)
	sameIDs(w.t, "directory of zstd", idsInFolder(w.t, w.path("zst")), want)
	sameIDs(w.t, "CSV", idsInSheet(w.t, w.path("audit.csv")), want)
	sameIDs(w.t, "stdout", idsIn(w.t, bytes.NewReader(w.stdout.Bytes())), want)
	sameIDs(w.t, "endpoint", w.endpoint.ids(w.t), want)
}

// TestEverySinkHasEachEventOnce lets events come in bursts and late, breaks the reader, the disk,
// the endpoint and the run itself at random, and goes on until all is quiet.
func TestEverySinkHasEachEventOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			n := eventsWanted(t, 800)
			w, r := newWorld(t, seed), newSparse(t, n, seed, 6400*time.Second/time.Duration(n))
			r.faults = 12
			runs := 0
			for ; r.now.Before(r.end()); runs++ {
				r.now = r.now.Add(time.Duration(w.random.IntN(60)) * time.Second)
				_, _ = w.run(r, 9)
			}
			w.finish(r)
			if runs < 10 {
				t.Fatalf("only %d runs were broken", runs)
			}
			w.check(r.ids())
		})
	}
}

// eventsWanted is how many events the test has, by default or as a variable says.
func eventsWanted(t *testing.T, usual int) int {
	t.Helper()
	said := os.Getenv("ROOTLY_TEST_AUDIT_EVENTS")
	if said == "" {
		return usual
	}
	n, err := strconv.Atoi(said)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// finish lets a run have its way.
func (w *world) finish(r *remote) Round {
	w.t.Helper()
	r.faults, r.step = 0, 0
	w.endpoint.refuse, w.endpoint.lose = nil, nil
	round, err := w.run(r, 0)
	if err != nil || round.Undelivered != nil {
		w.t.Fatal(err, round.Undelivered)
	}
	return round
}

// TestARunThatTakesLong holds that what turns up late behind a long run is found by the next.
func TestARunThatTakesLong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	r := newSparse(t, 4000, 11, 2*time.Minute)
	r.now, r.step = day.Add(6*time.Minute), 5*time.Minute // in which as much comes as a page holds
	s, _ := one(t, "sqlite://"+path)
	s.Source, s.Now, s.Start, s.Stretch = r.read, func() time.Time { return r.now }, day, 300
	for r.now.Before(r.end()) {
		if _, err := s.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	sameIDs(t, path, idsInDatabase(t, path), r.ids())
}

// TestRecordsThatComeNewestFirst holds that nothing is lost where the order is not kept.
func TestRecordsThatComeNewestFirst(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, 7), newRemote(t, 600, 7)
	r.reversed, r.faults = true, 10
	for r.now.Before(r.end()) {
		r.now = r.now.Add(4 * time.Minute)
		_, _ = w.run(r, 12)
	}
	if round := w.finish(r); len(round.Notes) == 0 {
		t.Error("nothing tells that the order is not kept")
	}
	w.check(r.ids())
}

// one opens a sink and a cursor for runs that nothing breaks.
func one(t testing.TB, target string) (*Sync, *Sink) {
	t.Helper()
	s := open(t, target, Options{})
	t.Cleanup(func() { s.Close() })
	c, err := OpenCursor(filepath.Join(t.TempDir(), "cursor.json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &Sync{Sinks: []*Sink{s}, Cursor: c, Overlap: 10 * time.Minute}, s
}

func TestFirstRunBeginsNow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	r := newSparse(t, 300, 3, time.Minute)
	r.now = r.events[200].At
	s, sink := one(t, "sqlite://"+path)
	s.Source, s.Now = r.read, func() time.Time { return r.now }
	began := r.now
	round, err := s.Once(t.Context())
	if err != nil || len(round.New) != 1 || round.New[0] != sink.Name() {
		t.Fatalf("%v, new %q", err, round.New)
	}
	r.now = r.end()
	if round, err = s.Once(t.Context()); err != nil || len(round.New) != 0 {
		t.Fatalf("%v, new %q", err, round.New)
	}
	var want []string
	for _, e := range r.events {
		if !e.At.Before(began.Add(-clockSkew)) {
			want = append(want, e.ID)
		}
	}
	if got := idsInDatabase(t, path); len(got) != len(want) || len(want) == 0 || len(want) == len(r.events) {
		t.Errorf("%d events, want %d of %d", len(got), len(want), len(r.events))
	}

	// A backfill from before that fills in the rest, once.
	s.Start = day
	if _, err := s.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	sameIDs(t, "after the backfill", idsInDatabase(t, path), r.ids())
	if round, err = s.Once(t.Context()); err != nil || round.Read > 1200 || round.Added[sink.Name()] != 0 {
		t.Errorf("the backfill is done again: %v, %+v", err, round)
	}
}

func TestOneFailingSinkHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRemote(t, 1500, 5)
	r.now, r.step = r.end(), 0
	s, good := one(t, "sqlite://"+filepath.Join(dir, "a.db"))
	bad := open(t, filepath.Join(dir, "plain"), Options{})
	defer bad.Close()
	bad.store.(*files).medium = &brittle{stopped: true}
	s.Sinks = append(s.Sinks, bad)
	s.Source, s.Now, s.Start = r.read, func() time.Time { return r.now }, day
	round, err := s.Once(t.Context())
	if !errors.Is(err, errStopped) || round.Added[good.Name()] != len(r.events) || round.Added[bad.Name()] != 0 {
		t.Fatalf("%v, %+v", err, round)
	}
	bad.store.(*files).medium = realMedium{}
	if round, err = s.Once(t.Context()); err != nil || round.Added[bad.Name()] != len(r.events) || round.Added[good.Name()] != 0 {
		t.Fatalf("%v, %+v", err, round)
	}
	sameIDs(t, "the one that failed", idsInFolder(t, filepath.Join(dir, "plain")), r.ids())
}

// TestCredentialsAreTakenOut holds that no sink ever gets one.
func TestCredentialsAreTakenOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const key = "rootly_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	e, err := audit.Parse([]byte(`{"id":"1","type":"audits","attributes":{"event":"update","item_type":"Secret","created_at":"2026-11-20T10:00:00Z",` +
		`"object_changes":{"api_token":["` + key + `","x` + key + `"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"sqlite://" + filepath.Join(dir, "a.db"), filepath.Join(dir, "plain"), filepath.Join(dir, "a.csv")} {
		s := open(t, target, Options{})
		if n, err := s.Add(t.Context(), []audit.Event{e}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		s.Close()
	}
	holdNo(t, dir, key)
}
