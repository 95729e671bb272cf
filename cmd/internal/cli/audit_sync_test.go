package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
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
	cmd.Args = append([]string{world.Program}, args...)
	return cmd
}

func hold(t *testing.T, where string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s has %d ids, %d of them distinct; want %d", where, len(got), len(slices.Compact(slices.Clone(got))), len(want))
	}
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

func csvIDs(t *testing.T, path string) []string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(copytest.Content(t, path))).ReadAll()
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

// TestPermissionLostBetweenPages holds that a run that may read only the first pages says which
// permission is missing and that the next one, which may read all, misses nothing.
func TestPermissionLostBetweenPages(t *testing.T) {
	t.Parallel()
	server := sandbox.New(sandbox.Options{})
	(&recorder{server: server, random: rand.New(rand.NewPCG(1, 1)), at: today().Add(-time.Hour)}).write(2500)
	var pages atomic.Int64
	for _, allowed := range []int64{1, 13, 1 << 20} {
		pages.Store(0)
		log := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pages.Add(1) > allowed {
				w.Header().Set("Content-Type", "application/vnd.api+json")
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprint(w, `{"errors":[{"title":"Forbidden","status":"403"}]}`)
				return
			}
			server.ServeHTTP(w, r)
		})
		dir := filepath.Join(t.TempDir(), "days")
		for run, h := range []http.Handler{log, server} {
			code, _, stderr := runOn(t, h, "audit", "sync", "--backfill-from", "1d", "--to", dir)
			if refused := run == 0 && allowed < 1<<20; refused != (code == exit.Failed) || refused != strings.Contains(stderr, "hint: the role of this API key lacks the permission Audits - read") {
				t.Errorf("after %d pages: exit %d: %s", allowed, code, stderr)
			}
		}
		var lines []byte
		files, _ := filepath.Glob(filepath.Join(dir, "*.ndjson"))
		for _, name := range files {
			lines = append(lines, copytest.Content(t, name)...)
		}
		if ids := copytest.LineIDs(t, lines); len(ids) != 2500 || len(slices.Compact(ids)) != 2500 {
			t.Errorf("after %d pages: %d events", allowed, len(ids))
		}
	}
}
