package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// TestAuditSyncFollows holds that a process that follows takes what turns up, tells about itself,
// lives through an outage and ends well when it is asked to.
func TestAuditSyncFollows(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	server := sandbox.New(sandbox.Options{Token: scriptToken})
	rootly := httptest.NewServer(server)
	defer rootly.Close()
	path := filepath.Join(t.TempDir(), "audit.db")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := self(ctx, t, "audit", "sync", "--follow", "--interval", "1s", "--retries", "0", "--metrics-addr", "127.0.0.1:0",
		"--backfill-from", "1d", "--to", "sqlite://"+path)
	cmd.Env = append(os.Environ(), "ROOTLY_API_URL="+rootly.URL, "ROOTLY_API_TOKEN="+scriptToken)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	address := ""
	for address == "" && lines.Scan() {
		if _, after, ok := strings.Cut(lines.Text(), " on http://"); ok {
			address = after
		}
	}
	said := make(chan string, 1)
	go func() {
		rest, _ := io.ReadAll(out)
		said <- string(rest)
	}()
	if got := copytest.Get(t, "http://"+address+"/healthz"); got != "ok\n" {
		t.Errorf("health: %q", got)
	}
	events := &recorder{server: server, random: rand.New(rand.NewPCG(1, 1)), at: today().Add(-time.Hour)}
	events.write(150)
	awaitMetric(ctx, t, address, `rootly_audit_events_added_total 150\b`)
	server.SetFaults(sandbox.Faults{ErrorEvery: 1})
	awaitMetric(ctx, t, address, `rootly_audit_failed_rounds_total [1-9]`)
	events.write(50)
	server.SetFaults(sandbox.Faults{})
	awaitMetric(ctx, t, address, `rootly_audit_events_added_total 200\b`)
	metrics := copytest.Get(t, "http://"+address+"/metrics")
	rounds := 0
	if _, err := fmt.Sscanf(regexp.MustCompile(`rootly_audit_rounds_total [0-9]+`).FindString(metrics), "rootly_audit_rounds_total %d", &rounds); err != nil {
		t.Fatal(err)
	}
	awaitMetric(ctx, t, address, fmt.Sprintf(`rootly_audit_rounds_total %d\b`, rounds+1)) // so that one has ended since
	for _, want := range []string{`lag_seconds [0-9.]+\n`, `last_success_timestamp_seconds 2\.[0-9]+e\+09`, `# TYPE rootly_audit_retries_total counter`} {
		if !regexp.MustCompile(want).MatchString(metrics) {
			t.Errorf("no %s in %s", want, metrics)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	text := <-said
	if err := cmd.Wait(); err != nil {
		t.Errorf("the end: %v: %s", err, text)
	}
	if !strings.Contains(text, "trying again in") || strings.Count(text, "recovered: every sink is complete") == 0 {
		t.Errorf("the outage is not told: %s", text)
	}
	hold(t, "SQLite", copytest.SQLiteIDs(t, path), slices.Sorted(slices.Values(events.ids)))
}

func awaitMetric(ctx context.Context, t *testing.T, address, pattern string) {
	t.Helper()
	for {
		text := copytest.Get(t, "http://"+address+"/metrics")
		if regexp.MustCompile(pattern).MatchString(text) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("never %s: %s", pattern, text)
		}
		pause(ctx, 50*time.Millisecond)
	}
}
