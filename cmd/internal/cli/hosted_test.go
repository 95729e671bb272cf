package cli

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/history"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

// TestWaysOfTheHostedAPIChangeNothing runs commands for the built-in organisation against a Rootly with each of the
// ways in which the hosted API is known to answer, and compares what they write with what they write without it.
func TestWaysOfTheHostedAPIChangeNothing(t *testing.T) {
	t.Parallel()
	objects := organisation.New(organisation.Options{Seed: 1})
	events := history.Events(history.Options{Objects: objects, Until: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Seed: 1})
	run := func(t *testing.T, f sandbox.Faults) map[string]string {
		t.Helper()
		server := sandbox.New(sandbox.Options{Objects: objects, Seed: 1})
		for _, e := range events {
			server.Record(e)
		}
		server.SetFaults(f)
		return filesAndOutputs(t, server)
	}
	if len(events) <= 50 {
		t.Fatalf("%d events are not more than two pages of 25", len(events))
	}
	want := run(t, sandbox.Faults{})
	for name, f := range map[string]sandbox.Faults{
		"the recorded 404":  {Hosted: sandbox.Hosted{Terse404: true}},
		"the media type":    {Hosted: sandbox.Hosted{MediaType: true}},
		"blank filters":     {Hosted: sandbox.Hosted{BlankFilters: true}},
		"Pacific times":     {Hosted: sandbox.Hosted{Pacific: true}},
		"unfiltered counts": {Hosted: sandbox.Hosted{CountsAll: true}},
		"deep pages":        {PageCap: 25, Hosted: sandbox.Hosted{DeepestPage: 2}},
		"a gateway's links": {PageCap: 30, ForeignNext: "https://api.rootly.com"},
		"all of them together": {
			PageCap: 30, ForeignNext: "https://api.rootly.com",
			Hosted: sandbox.Hosted{Terse404: true, MediaType: true, BlankFilters: true, Pacific: true, CountsAll: true, DeepestPage: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, run(t, f)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// filesAndOutputs is what commands that make no plan write about a Rootly, by file, and what they print.
func filesAndOutputs(t *testing.T, server http.Handler) map[string]string {
	t.Helper()
	dir := t.TempDir()
	export := filepath.Join(dir, "export")
	all := map[string]string{}
	run := func(name string, args ...string) {
		code, out, errs := runOn(t, server, args...)
		if code != exit.Done {
			t.Fatalf("%v: exit code %d: %s", args, code, errs)
		}
		all[name] = strings.ReplaceAll(lasting.ReplaceAllString(out, ""), dir, "DIR")
	}
	for name, args := range map[string][]string{
		"import": {"import", "-o", filepath.Join(dir, "import"), "--no-verify", "-q"},
		"types":  {"types", "--count"},
		"list":   {"audit", "list", "--limit", "0", "--output", "ndjson", "--format", "flat"},
		"sync":   {"audit", "sync", "--to", filepath.Join(dir, "audit"), "--format", "flat", "--backfill-from", "2026-01-01"},
		"export": {"export", "-o", export, "-q"},
	} {
		run(name, args...)
	}
	run("diff", "diff", export, "live", "-q")
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "manifest.json" {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, path))
		all[path] = inUTC(address.ReplaceAllString(string(content), "URL"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// address is that of a server on this machine.
var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// lasting is what a run prints of its own time.
var lasting = regexp.MustCompile(` in \d+\.\ds`)

// inUTC writes times in one way: those that are settings are in the code as Rootly answers them.
func inUTC(text string) string {
	return moment.ReplaceAllStringFunc(text, func(said string) string {
		at, err := time.Parse(time.RFC3339Nano, said)
		if err != nil {
			return said
		}
		return at.UTC().Format(time.RFC3339Nano)
	})
}

var moment = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)

// TestAuditGoesOnBehindDeepPages reads logs whose last pages are refused.
func TestAuditGoesOnBehindDeepPages(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]sandbox.Hosted{
		"deep pages": {DeepestPage: 4}, "with counts of everything and times of elsewhere": {DeepestPage: 4, CountsAll: true, Pacific: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, server := logOf(t, sandbox.Options{}, 20, 100)
			server.SetFaults(sandbox.Faults{Hosted: f})
			code, out, errs := runOn(t, log, "audit", "list", "--limit", "0", "--output", "ndjson")
			if n := strings.Count(out, "\n"); code != exit.Done || n != 2000 {
				t.Errorf("list: exit code %d, %d events: %s", code, n, errs)
			}
			dir := t.TempDir()
			code, _, errs = runOn(t, log, "audit", "sync", "--to", filepath.Join(dir, "all.csv"), "--backfill-from", auditDay.Format(time.DateOnly))
			if n := strings.Count(string(copytest.Content(t, filepath.Join(dir, "all.csv"))), "\n"); code != exit.Done || n != 2001 {
				t.Errorf("sync: exit code %d, %d lines: %s", code, n, errs)
			}
			if !strings.Contains(errs, "2000 events read, 2000 new") {
				t.Errorf("sync: %s", errs)
			}
		})
	}
}
