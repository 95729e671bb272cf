package cli

import (
	"context"
	"encoding/json"
	"fmt"
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

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// otelcol finds an OpenTelemetry Collector.
func otelcol(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"otelcol-contrib", "otelcol"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("SKIPPED: no otelcol-contrib and no otelcol on the PATH")
	return ""
}

// A logRecord is what matters of one in OTLP.
type logRecord struct {
	Time string `json:"timeUnixNano"`
	Body struct {
		Text string `json:"stringValue"`
	} `json:"body"`
	Attributes []struct {
		Key   string `json:"key"`
		Value struct {
			Text string `json:"stringValue"`
		} `json:"value"`
	} `json:"attributes"`
}

// logEnd is where a collector sends its records. While it is down it refuses them.
type logEnd struct {
	mu      sync.Mutex
	records []logRecord
	down    bool
	refused int
}

func (e *logEnd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var doc struct {
		Resources []struct {
			Scopes []struct {
				Records []logRecord `json:"logRecords"`
			} `json:"scopeLogs"`
		} `json:"resourceLogs"`
	}
	err := json.NewDecoder(r.Body).Decode(&doc)
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err != nil || r.URL.Path != "/v1/logs":
		http.Error(w, fmt.Sprint(r.URL.Path, err), http.StatusBadRequest)
		return
	case e.down:
		e.refused++
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	for _, resource := range doc.Resources {
		for _, scope := range resource.Scopes {
			e.records = append(e.records, scope.Records...)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, "{}")
}

func (e *logEnd) set(down bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = down
}

func (e *logEnd) until(t *testing.T, what string, enough func() bool) {
	t.Helper()
	ctx, done := context.WithTimeout(t.Context(), time.Minute)
	defer done()
	for ; ; time.Sleep(20 * time.Millisecond) {
		e.mu.Lock()
		ok, n, refused := enough(), len(e.records), e.refused
		e.mu.Unlock()
		if ok {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("waited for %s: %d records came, %d requests were refused", what, n, refused)
		}
	}
}

// An otelProcess is a collector with the configuration of the recipe. Tests read JSON more easily than
// protocol buffers, hence the two settings beside it.
type otelProcess struct {
	t    *testing.T
	path string
	env  []string
}

func (c *otelProcess) start() (stop func()) {
	c.t.Helper()
	config := filepath.Join("..", "..", "..", ".github", "recipes", "otelcol.yaml")
	cmd := exec.Command(c.path, "--config", config, "--set=exporters.otlphttp.encoding=json", "--set=exporters.otlphttp.compression=none")
	var said strings.Builder
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), c.env...), &said, &said
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			c.t.Errorf("%v: %s", err, said.String())
		}
	}
}

// TestCollectorRecipe runs a collector with the configuration of the recipe: before there are files,
// ended while more comes, and while the far end is down. Every line arrives once, at its time.
func TestCollectorRecipe(t *testing.T) {
	t.Parallel()
	path := otelcol(t)
	server := sandbox.New(sandbox.Options{Token: scriptToken})
	api := httptest.NewServer(server)
	defer api.Close()
	end := &logEnd{}
	taking := httptest.NewServer(end)
	defer taking.Close()
	dir := t.TempDir()
	days := filepath.Join(dir, "days")
	events := &recorder{server: server, random: rand.New(rand.NewPCG(1, 2)), at: today().Add(-40 * time.Hour)}
	copyMore := func(n int) {
		t.Helper()
		events.write(n)
		events.at = events.at.Add(6 * time.Hour)
		cmd := self(t.Context(), t, "audit", "sync", "--backfill-from", "3d", "--format", "flat", "--to", days)
		cmd.Env = append(os.Environ(), "ROOTLY_API_URL="+api.URL, "ROOTLY_API_TOKEN="+scriptToken)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	c := &otelProcess{t: t, path: path, env: []string{
		"ROOTLY_AUDIT_DIR=" + days, "ROOTLY_AUDIT_STATE=" + filepath.Join(dir, "state"), "OTLP_ENDPOINT=" + taking.URL,
	}}

	stop := c.start()
	copyMore(300)
	end.until(t, "the first", func() bool { return len(end.records) >= 300 })
	stop()
	copyMore(200)
	end.set(true)
	stop = c.start()
	end.until(t, "refusals", func() bool { return end.refused > 0 })
	copyMore(100)
	end.set(false)
	end.until(t, "the rest", func() bool { return len(end.records) >= 600 })
	stop()

	var want []string
	files, _ := filepath.Glob(filepath.Join(days, "audit-*.ndjson"))
	for _, name := range files {
		want = append(want, strings.Split(strings.TrimSuffix(string(copytest.Content(t, name)), "\n"), "\n")...)
	}
	var got []string
	for _, r := range end.records {
		got = append(got, r.Body.Text)
		holdRecord(t, r)
	}
	slices.Sort(want)
	slices.Sort(got)
	hold(t, "the far end", got, want)
	if len(want) != 600 || len(files) < 2 {
		t.Errorf("%d lines in %d files are no test", len(want), len(files))
	}
}

// holdRecord checks that a record has the time and the fields of its line.
func holdRecord(t *testing.T, r logRecord) {
	t.Helper()
	var line map[string]any
	if err := json.Unmarshal([]byte(r.Body.Text), &line); err != nil {
		t.Fatalf("%v: %s", err, r.Body.Text)
	}
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(line["created_at"]))
	if err != nil || strconv.FormatInt(at.UnixNano(), 10) != r.Time {
		t.Errorf("event %v of %v has the time %s: %v", line["id"], line["created_at"], r.Time, err)
	}
	fields := map[string]string{}
	for _, a := range r.Attributes {
		fields[a.Key] = a.Value.Text
	}
	for _, name := range []string{"id", "created_at", "action", "item_type", "item_id", "user_name"} {
		if said, _ := line[name].(string); said != fields[name] || said == "" {
			t.Errorf("event %v: %s is %q, the record has %q", line["id"], name, said, fields[name])
		}
	}
}
