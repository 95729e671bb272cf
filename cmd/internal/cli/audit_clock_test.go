package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// TestSyncBeginsAtTheClockOfTheServer runs with a clock here that is ahead: what happens after the first run is not missed.
func TestSyncBeginsAtTheClockOfTheServer(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{700 * time.Second, -700 * time.Second} {
		now := today().Add(-ahead)
		server := sandbox.New(sandbox.Options{Clock: func() time.Time { return now }})
		record := func() {
			server.Record(sandbox.Event{Event: "update", ItemType: "Group", ItemID: "g", At: now, Changes: json.RawMessage(`{"name":["a","b"]}`)})
		}
		now = now.Add(-time.Hour)
		record() // before the first run
		now = now.Add(time.Hour)
		db := filepath.Join(t.TempDir(), "audit.db")
		if code, _, stderr := runOn(t, server, "audit", "sync", "--to", "sqlite://"+db); code != 0 || !strings.Contains(stderr, "starts now") {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		for range 3 {
			now = now.Add(time.Second)
			record()
		}
		if code, _, stderr := runOn(t, server, "audit", "sync", "--to", "sqlite://"+db); code != 0 {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		hold(t, "SQLite", copytest.SQLiteIDs(t, db), []string{"2", "3", "4"})
	}
}
