package cli

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/intake/intaketest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// TestAuditSyncIntoVendorsSurvivesKills records while a process sends to imitations of the vendors' intakes, which lose
// requests and answers, and is killed and started again.
func TestAuditSyncIntoVendorsSurvivesKills(t *testing.T) {
	t.Parallel()
	s := lay(t)
	token := filepath.Join(s.dir, "token")
	if err := os.WriteFile(token, []byte("\ufeffsesame\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]*intaketest.Intake{
		"splunk":  intaketest.NewSplunk("sesame", "main", false),
		"ack":     intaketest.NewSplunk("sesame", "main", true),
		"datadog": intaketest.NewDatadog("sesame", today),
		"sumo":    intaketest.NewSumo("sesame"),
		"elastic": intaketest.NewElastic("ApiKey sesame"),
	}
	for name, in := range all {
		in.SetFaults(true)
		server := httptest.NewServer(in)
		t.Cleanup(server.Close)
		scheme, path := name, ""
		switch name {
		case "ack":
			scheme = "splunk"
		case "elastic":
			path = "/audit"
		}
		s.to = append(s.to, scheme+"://"+strings.TrimPrefix(server.URL, "http://")+path+"?tls=false&token_file="+token)
	}
	s.calm = func() {
		for _, in := range all {
			in.SetFaults(false)
		}
	}
	want := s.hold(auditEvents(t, 2000))
	for name, in := range all {
		hold(t, name, in.IDs(), want)
		if wrong := in.Wrongs(); len(wrong) > 0 {
			t.Errorf("%s: %d events are spoiled, such as %s", name, len(wrong), wrong[0])
		}
		for id, times := range in.Taken() {
			if name == "elastic" && times != 1 {
				t.Errorf("%s: %s is there %d times", name, id, times)
			}
		}
	}
}

// A smallEndpoint takes no body of more than a megabyte.
type smallEndpoint struct {
	mu    sync.Mutex
	lines []byte
}

// ServeHTTP implements [http.Handler].
func (e *smallEndpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2<<20))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lines = append(e.lines, body...)
}

// TestAuditSyncSetsAPoisonEventAside holds that an event of 10 MB that an endpoint rejects holds up no other, is reported
// with status 3 once, and can be sent again.
func TestAuditSyncSetsAPoisonEventAside(t *testing.T) {
	t.Parallel()
	server := sandbox.New(sandbox.Options{Token: scriptToken})
	api := httptest.NewServer(server)
	defer api.Close()
	e := &smallEndpoint{}
	taking := httptest.NewServer(e)
	defer taking.Close()
	at := today().Add(-time.Hour)
	var want []string
	record := func(size int) {
		at = at.Add(time.Second)
		changes, err := json.Marshal(map[string][]string{"name": {"a", strings.Repeat("x", size)}})
		if err != nil {
			t.Fatal(err)
		}
		id := server.Record(sandbox.Event{Event: "update", ItemType: "Group", ItemID: "g", At: at, Changes: changes, Actor: sandbox.Actor{ID: 1, Name: "Ada"}})
		if size < 1<<20 {
			want = append(want, id)
		}
	}
	dir := t.TempDir()
	run := func(code int, more ...string) string {
		t.Helper()
		cmd := self(t.Context(), t, append([]string{
			"audit", "sync", "--backfill-from", at.Add(-2 * time.Hour).Format(time.RFC3339), "--cursor", filepath.Join(dir, "c.json"), "--to", taking.URL + "/sesame", "--overlap", "0s",
		}, more...)...)
		cmd.Env = append(os.Environ(), "ROOTLY_API_URL="+api.URL, "ROOTLY_API_TOKEN="+scriptToken)
		out, err := cmd.CombinedOutput()
		got := 0
		if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
			got = failed.ExitCode()
		}
		if got != code || strings.Contains(string(out), "sesame") {
			t.Fatalf("status %d, want %d: %s", got, code, out)
		}
		return string(out)
	}
	for range 3 {
		record(10)
	}
	record(10 << 20)
	record(10)
	if out := run(exit.Partial); !strings.Contains(out, "; 1 rejected") || !strings.Contains(out, "rejected 1 of its events; the first, ") || !strings.Contains(out, "413") {
		t.Error(out)
	}
	record(10)
	if out := run(exit.Done); !strings.Contains(out, "; 1 rejected") || strings.Contains(out, "error:") {
		t.Error(out)
	}
	run(exit.Partial, "--retry-rejected")
	hold(t, "endpoint", copytest.LineIDs(t, e.lines), want)
}
