package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

var auditDay = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// A logServer is a Rootly with an audit log, which remembers what it was asked.
type logServer struct {
	http.Handler

	mu    sync.Mutex
	asked []*url.URL
}

func (s *logServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL)
	s.mu.Unlock()
	s.Handler.ServeHTTP(w, r)
}

// logOf serves events, n of them at each of some moments.
func logOf(t *testing.T, o sandbox.Options, moments, n int) (*logServer, *sandbox.Server) {
	t.Helper()
	server := sandbox.New(o)
	for i := range moments {
		for j := range n {
			server.Record(sandbox.Event{
				Event: "update", ItemType: "Group", ItemID: fmt.Sprint(j), At: auditDay.Add(time.Duration(i) * time.Minute),
				Changes: json.RawMessage(fmt.Sprintf(`{"name":["team %d","team %d"]}`, i, i+1)), Actor: sandbox.Actor{ID: 7, Name: "Bo", Source: "web", APIKeyID: "k1"},
			})
		}
	}
	return &logServer{Handler: server}, server
}

// runOn runs the program on a server.
func runOn(t *testing.T, h http.Handler, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	listening := httptest.NewServer(h)
	defer listening.Close()
	var out, complaints bytes.Buffer
	env := map[string]string{"ROOTLY_API_URL": listening.URL, "ROOTLY_API_TOKEN": "token", "GOGC": "100"}
	code = Main(world.World{
		In: strings.NewReader(""), Out: &out, Err: &complaints,
		Getenv: func(name string) string { return env[name] }, Environ: func() []string { return nil }, Now: today,
	}, args)
	return code, out.String(), complaints.String()
}

func TestAuditFiltersReachTheAPI(t *testing.T) {
	t.Parallel()
	log, _ := logOf(t, sandbox.Options{}, 1, 1)
	code, out, _ := runOn(t, log, "audit", "list", "--since", "2026-10-01T00:00:00Z", "--until", "2026-10-02T00:00:00Z", "--user", "7", "--source", "WEB",
		"--item-type", "team,severity", "--api-key", "k1", "--item-id", "0", "--action", "updated", "--output", "csv")
	want := url.Values{
		"filter[created_at][gte]": {"2026-10-01T00:00:00Z"}, "filter[created_at][lt]": {"2026-10-02T00:00:00Z"}, "filter[user_id]": {"7"},
		"filter[source]": {"web"}, "filter[item_type][in]": {"Group,Severity"}, "filter[api_key_id]": {"k1"}, "sort": {"-created_at"},
		"page[number]": {"1"}, "page[size]": {"100"},
	}
	if diff := cmp.Diff(want, log.asked[0].Query()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if rows := strings.Count(out, "\n"); code != exit.Done || rows != 2 || !strings.Contains(out, ",web,k1,") {
		t.Errorf("exit %d; what the API filters by is told of the event as well:\n%s", code, out)
	}
}

func TestAuditAsksForNoMoreThanItShows(t *testing.T) {
	t.Parallel()
	for limit, c := range map[string]struct{ rows, pages int }{"5": {5, 1}, "100": {100, 2}, "150": {150, 2}, "0": {1000, 10}} {
		log, _ := logOf(t, sandbox.Options{}, 5, 200)
		code, out, _ := runOn(t, log, "audit", "list", "--limit", limit, "--output", "ndjson")
		if rows := strings.Count(out, "\n"); code != exit.Done || rows != c.rows || len(log.asked) != c.pages {
			t.Errorf("--limit %s: exit %d, %d rows, %d requests; want %d and %d", limit, code, rows, len(log.asked), c.rows, c.pages)
		}
	}
}

// Events of one moment, a rate limit, errors and torn answers: each event comes once, the newest first.
func TestAuditIsCompleteUnderFaults(t *testing.T) {
	t.Parallel()
	log, _ := logOf(t, sandbox.Options{Faults: sandbox.Faults{LimitEvery: 3, RetryAfter: time.Second, ErrorEvery: 4, TearEvery: 5}}, 3, 250)
	code, out, complaints := runOn(t, log, "audit", "list", "--limit", "0", "--output", "json", "--format", "flat")
	var rows []struct {
		ID string    `json:"id"`
		At time.Time `json:"created_at"`
	}
	if err := json.Unmarshal([]byte(out), &rows); err != nil || code != exit.Done {
		t.Fatalf("exit %d: %v\n%s", code, err, complaints)
	}
	seen := map[string]bool{}
	for i, r := range rows {
		seen[r.ID] = true
		if i > 0 && r.At.After(rows[i-1].At) {
			t.Errorf("event %s is newer than the one before it", r.ID)
		}
	}
	if len(rows) != 750 || len(seen) != 750 {
		t.Errorf("%d rows of %d events, want 750", len(rows), len(seen))
	}
}

func TestAuditListTellsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"8","type":"audits","attributes":{"event":"create","created_at":"2026-10-01T00:00:00Z"}},
			{"id":"7","type":"audits","attributes":{"event":"create"}}],"links":{},"meta":{}}`)
	})
	code, out, complaints := runOn(t, broken, "audit", "list", "--output", "json")
	if code != exit.Partial || !strings.Contains(complaints, "audit event 7: it has no created_at") || !json.Valid([]byte(out)) {
		t.Errorf("exit %d\n%s\n%s", code, out, complaints)
	}
}

func TestAuditShowGivesUpInTime(t *testing.T) {
	t.Parallel()
	log, _ := logOf(t, sandbox.Options{}, 30, 100)
	code, out, _ := runOn(t, log, "audit", "show", "2950", "--output", "flat")
	if code != exit.Done || !strings.Contains(out, `"id":"2950"`) || len(log.asked) != 1 {
		t.Errorf("exit %d after %d requests: %s", code, len(log.asked), out)
	}
	log, _ = logOf(t, sandbox.Options{}, 30, 100)
	if code, _, complaints := runOn(t, log, "audit", "show", "99999"); code != exit.Failed || len(log.asked) > 12 {
		t.Errorf("exit %d after %d requests: %s", code, len(log.asked), complaints)
	}
	log, _ = logOf(t, sandbox.Options{}, 3, 1)
	if code, _, complaints := runOn(t, log, "audit", "show", "no-number"); code != exit.Failed || !strings.Contains(complaints, "no event has the id no-number") {
		t.Errorf("exit %d: %s", code, complaints)
	}
}

// The catalogue names no item type that the words for them do not know.
func TestAuditKindsKnowTheCatalogue(t *testing.T) {
	t.Parallel()
	plain := audit.NewKinds(nil)
	kinds := auditKinds()
	for _, row := range catalogue.Types() {
		if row.Audit == "" {
			continue
		}
		if name, err := plain.Find(row.Audit); err != nil || name != row.Audit {
			t.Errorf("%s: item type %s is not documented: %q %v", row.Name, row.Audit, name, err)
		}
		for _, word := range []string{row.Name, strings.TrimPrefix(row.Name, "rootly_")} {
			if name, err := kinds.Find(word); err != nil || name != row.Audit {
				t.Errorf("%s is taken for %q, not %s: %v", word, name, row.Audit, err)
			}
		}
	}
}
