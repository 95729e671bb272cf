package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy/pgtest"
)

// A recorder writes events in bursts that share a moment; some turn up to nine minutes late.
type recorder struct {
	server *sandbox.Server
	random *rand.Rand
	at     time.Time
	ids    []string
}

func (h *recorder) write(n int) {
	for end := len(h.ids) + n; len(h.ids) < end; {
		h.at = h.at.Add(time.Duration(h.random.IntN(2000)) * time.Millisecond)
		for range min(1+h.random.IntN(80), end-len(h.ids)) {
			when := h.at
			if h.random.IntN(10) == 0 {
				when = when.Add(-time.Duration(h.random.IntN(540)) * time.Second)
			}
			h.ids = append(h.ids, h.server.Record(sandbox.Event{
				Event: "update", ItemType: "Group", ItemID: fmt.Sprint("group-", len(h.ids)%50), At: when,
				Changes: json.RawMessage(`{"name":["a","b"]}`), Actor: sandbox.Actor{ID: 1 + len(h.ids)%20, Name: "Ada"},
			}))
		}
	}
}

// A takingEndpoint keeps batches by their key. One request in five fails, before or after the batch
// was taken.
type takingEndpoint struct {
	mu     sync.Mutex
	random *rand.Rand
	batch  map[string]string
	broken bool
}

func (e *takingEndpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	e.mu.Lock()
	defer e.mu.Unlock()
	luck := e.random.IntN(10)
	key := r.Header.Get("Idempotency-Key")
	known, again := e.batch[key]
	switch {
	case err != nil || r.Header.Get("Authorization") != "Bearer sesame":
		w.WriteHeader(http.StatusUnauthorized)
	case again && known != string(body):
		w.WriteHeader(http.StatusConflict)
	case e.broken && luck == 0:
		w.WriteHeader(http.StatusBadGateway)
	default:
		e.batch[key] = string(body)
		if e.broken && luck == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}
}

// A siege is a process that copies while events are recorded, and that is killed and started again.
type siege struct {
	t      *testing.T
	server *sandbox.Server
	api    string // address of the server
	events *recorder
	dir    string
	stdout *os.File
	stderr bytes.Buffer // of the last run
	to     []string     // the sinks
	calm   func()       // ends the faults of the sinks
}

// lay starts a server whose answers fail now and then.
func lay(t *testing.T) *siege {
	t.Helper()
	server := sandbox.New(sandbox.Options{
		Token: scriptToken, Faults: sandbox.Faults{ErrorEvery: 31, ResetEvery: 43, TearEvery: 37},
	})
	api := httptest.NewServer(server)
	t.Cleanup(api.Close)
	s := &siege{t: t, server: server, api: api.URL, dir: t.TempDir(), calm: func() {}}
	stdout, err := os.Create(filepath.Join(s.dir, "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdout.Close() })
	s.stdout = stdout
	return s
}

// run is one run of the process, killed when the context ends.
func (s *siege) run(ctx context.Context, from time.Time) error {
	args := []string{"audit", "sync", "--backfill-from", from.Format(time.RFC3339), "--cursor", filepath.Join(s.dir, "cursor.json")}
	for _, to := range s.to {
		args = append(args, "--to", to)
	}
	cmd := self(ctx, s.t, args...)
	cmd.Env = append(os.Environ(), "ROOTLY_API_URL="+s.api, "ROOTLY_API_TOKEN="+scriptToken, sinkToken+"=sesame")
	s.stderr.Reset()
	cmd.Stdout, cmd.Stderr = s.stdout, &s.stderr
	return cmd.Run()
}

// hold records n events, lets the process be killed all the while, gives it peace in the end, and
// returns the ids that every sink must have.
func (s *siege) hold(n int) []string {
	s.t.Helper()
	random := rand.New(rand.NewPCG(5, 5))
	start := today().Add(-3 * time.Hour * time.Duration(1+n/5000))
	s.events = &recorder{server: s.server, random: rand.New(rand.NewPCG(7, 7)), at: start}
	parts, kills := 12+n/1000, 0
	for range parts {
		ctx, cancel := context.WithTimeout(s.t.Context(), time.Duration(50+random.IntN(500))*time.Millisecond)
		if err := s.part(ctx, n/parts, start.Add(-time.Hour)); ctx.Err() != nil && err != nil {
			kills++
		}
		cancel()
	}
	s.events.write(n - len(s.events.ids))
	if kills < parts/4 {
		s.t.Fatalf("only %d runs were killed: %s", kills, s.stderr.String())
	}
	s.server.SetFaults(sandbox.Faults{})
	s.calm()
	if err := s.run(s.t.Context(), start.Add(-time.Hour)); err != nil {
		s.t.Fatalf("%v: %s", err, s.stderr.String())
	}
	s.t.Logf("%d events, %d kills", n, kills)
	return slices.Sorted(slices.Values(s.events.ids))
}

// part is a run: half of its events are there when it begins, the rest turns up while it reads.
func (s *siege) part(ctx context.Context, n int, from time.Time) error {
	const pieces = 10
	meanwhile := n / 2 / pieces
	s.events.write(n - pieces*meanwhile)
	written := make(chan struct{})
	go func() {
		defer close(written)
		for range pieces {
			s.events.write(meanwhile)
			time.Sleep(20 * time.Millisecond) // spreads them over the run; nothing depends on it
		}
	}()
	defer func() { <-written }()
	return s.run(ctx, from)
}

// TestAuditSyncSurvivesKills records while a process copies, is killed and started again.
func TestAuditSyncSurvivesKills(t *testing.T) {
	t.Parallel()
	endpoint := &takingEndpoint{random: rand.New(rand.NewPCG(6, 6)), batch: map[string]string{}, broken: true}
	taking := httptest.NewServer(endpoint)
	defer taking.Close()
	s := lay(t)
	at := func(name string) string { return filepath.Join(s.dir, name) }
	s.to = []string{"sqlite://" + at("audit.db"), at("plain"), at("audit.csv"), taking.URL + "/in", "-"}
	s.calm = func() {
		endpoint.mu.Lock()
		defer endpoint.mu.Unlock()
		endpoint.broken = false
	}
	want := s.hold(auditEvents(t, 5000))

	hold(t, "SQLite", copytest.SQLiteIDs(t, at("audit.db")), want)
	hold(t, "CSV", csvIDs(t, at("audit.csv")), want)
	var lines []byte
	files, _ := filepath.Glob(at("plain/*.ndjson"))
	for _, name := range files {
		lines = append(lines, copytest.Content(t, name)...)
	}
	hold(t, "directory", copytest.LineIDs(t, lines), want)
	var batches strings.Builder
	for _, body := range endpoint.batch {
		batches.WriteString(body)
	}
	hold(t, "endpoint", copytest.LineIDs(t, []byte(batches.String())), want)

	// What a killed run has printed last may come again, and half of a line may be lost in between.
	hold(t, "stdout", slices.Compact(wholeLineIDs(copytest.Content(t, s.stdout.Name()))), want)
}

// TestAuditSyncIntoPostgresSurvivesKills does the same with a server that is a process too.
func TestAuditSyncIntoPostgresSurvivesKills(t *testing.T) {
	t.Parallel()
	address := pgtest.Start(t)
	s := lay(t)
	s.to = []string{address}
	want := s.hold(auditEvents(t, 2000))
	hold(t, "PostgreSQL", pgtest.IDs(t, address), want)
}
