package cli

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
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
