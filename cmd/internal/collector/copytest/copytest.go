// Package copytest reads what a collector has stored, for tests.
//
//	files, databases, metrics ──► ids of events, text
//
// Not here: collecting, or what the events say.
package copytest

import (
	"bufio"
	"bytes"
	"database/sql"
	"io"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// Content reads a file.
func Content(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// LineIDs are the ids of events in JSON lines, sorted.
func LineIDs(t *testing.T, text []byte) []string {
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

// SQLiteIDs are the ids of events in a database, sorted.
func SQLiteIDs(t *testing.T, path string) []string {
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

// Get returns the body of an answer.
func Get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url) //nolint:noctx // the test has its own end
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
