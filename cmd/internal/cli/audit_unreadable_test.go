package cli

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// brokenLog is a server with nine good events and three that cannot be kept: two without a
// time, which only a list without bounds has, and one without an id, which has a credential.
func brokenLog(t *testing.T) *sandbox.Server {
	t.Helper()
	now := today()
	var objects []sandbox.Object
	for i, body := range []string{
		`{"id":"901","type":"audits","attributes":{"event":"update","item_type":"Group"}}`,
		`{"id":"902","type":"audits","attributes":{"event":"update","item_type":"Group","created_at":"yesterday"}}`,
		`{"id":"","type":"audits","attributes":{"event":"update","created_at":"` + now.Add(-time.Minute).Format(time.RFC3339Nano) + `",` +
			`"object_changes":{"api_token":["hunter2-of-may","hunter2-of-june"]}}}`,
	} {
		objects = append(objects, sandbox.Object{API: "audits", ID: []string{"901", "902", ""}[i], Body: json.RawMessage(body)})
	}
	server := sandbox.New(sandbox.Options{Objects: objects})
	for i := range 9 {
		server.Record(sandbox.Event{Event: "update", ItemType: "Group", ItemID: "g", At: now.Add(time.Duration(i-20) * time.Minute), Changes: json.RawMessage(`{"name":["a","b"]}`)})
	}
	return server
}

// TestEventsThatCannotBeRead holds that they hold up nothing, are kept, and are told of once.
func TestEventsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	server := brokenLog(t)
	dir := t.TempDir()
	db := filepath.Join(dir, "audit.db")
	args := []string{"audit", "sync", "--backfill-from", "2000-01-01", "--to", "sqlite://" + db}
	code, _, stderr := runOn(t, server, args...)
	if code != exit.Partial || !strings.Contains(stderr, "9 new") || !strings.Contains(stderr, "error: ") || !strings.Contains(stderr, ".unreadable.ndjson") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	want := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}
	hold(t, "SQLite", copytest.SQLiteIDs(t, db), want)
	aside := string(copytest.Content(t, db+".cursor.json.unreadable.ndjson"))
	if strings.Count(aside, "\n") != 1 || strings.Contains(aside, "hunter2") || !strings.Contains(aside, "[REDACTED]") || !strings.HasSuffix(aside, "}\n") {
		t.Errorf("set aside: %s", aside)
	}

	// What is known is not told again, and half a line of a crash does no harm.
	if code, _, stderr = runOn(t, server, args...); code != 0 || strings.Contains(stderr, "error:") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if again := string(copytest.Content(t, db+".cursor.json.unreadable.ndjson")); again != aside {
		t.Errorf("set aside twice: %s", again)
	}

	code, stdout, stderr := runOn(t, server, "audit", "list", "--output", "ndjson", "--limit", "0")
	ids := copytest.LineIDs(t, []byte(stdout))
	if slices.Sort(ids); code != exit.Partial || !slices.Equal(ids, want) || !strings.Contains(stderr, "3 events could not be read") {
		t.Errorf("exit %d, %q: %s", code, ids, stderr)
	}
	if code, stdout, stderr = runOn(t, server, "audit", "show", "3"); code != 0 || !strings.Contains(stdout, "Group") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}
