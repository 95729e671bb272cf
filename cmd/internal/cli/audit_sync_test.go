package cli

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// eventsVariable asks for more events than an ordinary test has.
const eventsVariable = "ROOTLY_TEST_AUDIT_EVENTS"

func auditEvents(t *testing.T, usual int) int {
	t.Helper()
	said := os.Getenv(eventsVariable)
	if said == "" {
		return usual
	}
	n, err := strconv.Atoi(said)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// self makes a command that runs this program as a process of its own.
func self(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path)
	cmd.Args = append([]string{program}, args...)
	return cmd
}

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

// TestAuditSyncSurvivesKills records while a process copies, is killed and started again.
func TestAuditSyncSurvivesKills(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 5))
	server := sandbox.New(sandbox.Options{
		Token: scriptToken, Faults: sandbox.Faults{ErrorEvery: 31, ResetEvery: 43, TearEvery: 37},
	})
	api := httptest.NewServer(server)
	defer api.Close()
	endpoint := &takingEndpoint{random: rand.New(rand.NewPCG(6, 6)), batch: map[string]string{}, broken: true}
	taking := httptest.NewServer(endpoint)
	defer taking.Close()

	dir := t.TempDir()
	n := auditEvents(t, 5000)
	start := time.Now().Add(-3 * time.Hour * time.Duration(1+n/5000))
	events := &recorder{server: server, random: rand.New(rand.NewPCG(7, 7)), at: start}

	stdout, err := os.Create(filepath.Join(dir, "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	var said bytes.Buffer
	run := func(ctx context.Context) error {
		cmd := self(ctx, t, "audit", "sync", "--backfill-from", start.Add(-time.Hour).Format(time.RFC3339),
			"--cursor", filepath.Join(dir, "cursor.json"), "--to", "sqlite://"+filepath.Join(dir, "audit.db"),
			"--to", filepath.Join(dir, "plain"), "--to", filepath.Join(dir, "audit.csv"), "--to", taking.URL+"/in", "--to", "-")
		cmd.Env = append(os.Environ(), "ROOTLY_API_URL="+api.URL, "ROOTLY_API_TOKEN="+scriptToken, sinkToken+"=sesame")
		said.Reset()
		cmd.Stdout, cmd.Stderr = stdout, &said
		return cmd.Run()
	}
	// Most of each part is there when a run begins, the rest turns up while it reads.
	parts := 12 + n/1000
	meanwhile := n / parts / 2
	kills := 0
	for range parts {
		events.write(n/parts - meanwhile)
		written := make(chan struct{})
		go func() {
			defer close(written)
			for range 10 {
				events.write(meanwhile / 10)
				time.Sleep(20 * time.Millisecond) // spreads them over the run; nothing depends on it
			}
		}()
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(100+random.IntN(900))*time.Millisecond)
		if err := run(ctx); ctx.Err() != nil && err != nil {
			kills++
		}
		cancel()
		<-written
	}
	events.write(n - len(events.ids))
	want := slices.Sorted(slices.Values(events.ids))
	if kills < parts/4 {
		t.Fatalf("only %d runs were killed: %s", kills, said.String())
	}
	server.SetFaults(sandbox.Faults{})
	endpoint.mu.Lock()
	endpoint.broken = false
	endpoint.mu.Unlock()
	if err := run(t.Context()); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	t.Logf("%d events, %d kills", len(want), kills)

	hold(t, "SQLite", sqliteIDs(t, filepath.Join(dir, "audit.db")), want)
	hold(t, "CSV", csvIDs(t, filepath.Join(dir, "audit.csv")), want)
	var lines []byte
	files, _ := filepath.Glob(filepath.Join(dir, "plain", "*.ndjson"))
	for _, name := range files {
		lines = append(lines, contentOf(t, name)...)
	}
	hold(t, "directory", lineIDs(t, lines), want)
	var batches strings.Builder
	for _, body := range endpoint.batch {
		batches.WriteString(body)
	}
	hold(t, "endpoint", lineIDs(t, []byte(batches.String())), want)

	// What a killed run has printed last may come again, and half of a line may be lost in between.
	hold(t, "stdout", slices.Compact(wholeLineIDs(contentOf(t, stdout.Name()))), want)
}

func contentOf(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func hold(t *testing.T, where string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s has %d ids, %d of them distinct; want %d", where, len(got), len(slices.Compact(slices.Clone(got))), len(want))
	}
}

func lineIDs(t *testing.T, text []byte) []string {
	t.Helper()
	var ids []string
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		e, err := audit.Parse(lines.Bytes())
		if err != nil {
			t.Fatalf("%v: %.100s", err, lines.Text())
		}
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return ids
}

func wholeLineIDs(text []byte) []string {
	var ids []string
	for line := range bytes.Lines(text) {
		if e, err := audit.Parse(bytes.TrimSpace(line)); err == nil {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func sqliteIDs(t *testing.T, path string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT id FROM events")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	return ids
}

func csvIDs(t *testing.T, path string) []string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(contentOf(t, path))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, row := range rows[1:] {
		ids = append(ids, row[0])
	}
	slices.Sort(ids)
	return ids
}
