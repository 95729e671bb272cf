package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// BenchmarkAuditAgainstPython copies the same events with the program ($BENCH_PROGRAM) and with the loop that a user would
// write, and compares the events per second of CPU time. The source is a process of its own.
func BenchmarkAuditAgainstPython(b *testing.B) {
	program := os.Getenv("BENCH_PROGRAM")
	python, err := exec.LookPath("python3")
	if program == "" || err != nil {
		b.Skip("it needs python3, and the program in $BENCH_PROGRAM")
	}
	n, err := strconv.Atoi(os.Getenv("BENCH_EVENTS"))
	if err != nil {
		n = 20_000
	}
	server := httptest.NewServer(loggedEvents(n))
	defer server.Close()
	for _, kind := range []string{"sqlite", "ndjson", "csv"} {
		b.Run(kind, func(b *testing.B) {
			dir := b.TempDir()
			target := filepath.Join(dir, "program."+kind)
			to := map[string]string{"sqlite": "sqlite://" + target, "ndjson": filepath.Join(dir, "days"), "csv": target}[kind]
			ours := spent(b, exec.CommandContext(b.Context(), program, "audit", "sync", "--url", server.URL, "--token", "token", "--to", to, "--cursor", filepath.Join(dir, "cursor"), "--backfill-from", "2000-01-01"))
			theirs := spent(b, exec.CommandContext(b.Context(), python, "../../../testdata/bench/audit_loop.py", server.URL, kind, filepath.Join(dir, "python."+kind)))
			perSecond := func(d time.Duration) float64 { return float64(n) / d.Seconds() }
			b.ReportMetric(perSecond(ours), "events/cpu-s")
			b.ReportMetric(perSecond(theirs), "python-events/cpu-s")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-python")
		})
	}
}

// spent runs a process and returns the CPU time that it took.
func spent(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// loggedEvents is a Rootly with so many audit events, of the size that events of workflows have.
func loggedEvents(n int) *sandbox.Server {
	begin := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	server := sandbox.New(sandbox.Options{Clock: func() time.Time { return begin.AddDate(0, 2, 0) }})
	for i := range n {
		object := fmt.Sprintf(`{"id":"item-%d","name":"Page the team %d","description":"Pages the secondary after five minutes, then the manager on duty.","enabled":true,`+
			`"position":%d,"trigger_params":{"triggers":["incident_created","severity_updated"],"condition":"ALL"},"webhook_token":"opaque-%d","time_zone":"Europe/Berlin","slug":"page-%d"}`, i, i, i, i, i)
		server.Record(sandbox.Event{
			Event: "update", ItemType: "GeniusWorkflow", ItemID: fmt.Sprintf("item-%d", i), Object: json.RawMessage(object),
			Changes: json.RawMessage(fmt.Sprintf(`{"name":["Page %d","Page the team %d"],"webhook_token":["old","opaque-%d"],"position":[%d,%d]}`, i, i, i, i, i+1)),
			Actor:   sandbox.Actor{ID: 1000 + i%50, Name: "Ada Novak", Email: "ada@example.com", Source: "web", IP: "198.51.100.7", UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"},
			At:      begin.Add(time.Duration(i) * time.Minute),
		})
	}
	return server
}
