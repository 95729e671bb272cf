package cli

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/collector/copytest"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/history"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy/pgtest"
)

var sqlFences = regexp.MustCompile("(?ms)^```sql\n-- ([^\n]*)\n(.*?)^```$")

// recipeSQL are the statements of the audit log's recipes whose title begins with a text, by title.
func recipeSQL(t *testing.T, begins string) (titles []string, statements map[string]string) {
	t.Helper()
	statements = map[string]string{}
	text := copytest.Content(t, filepath.Join("..", "..", "..", ".github", "recipes", "audit.md"))
	for _, m := range sqlFences.FindAllStringSubmatch(string(text), -1) {
		if strings.HasPrefix(m[1], begins) {
			titles = append(titles, m[1])
			statements[m[1]] = m[2]
		}
	}
	if len(titles) == 0 {
		t.Fatalf("no statement is of %q", begins)
	}
	return titles, statements
}

// twoMonths serves an organisation in which two months of changes were made, so that there are some
// in the month that has ended.
func twoMonths(t *testing.T) (server *sandbox.Server, address string) {
	t.Helper()
	server = sandbox.New(sandbox.Options{Token: scriptToken})
	objects := organisation.New(organisation.Options{Seed: 1})
	for seed, until := range []time.Time{time.Now().AddDate(0, 0, -31), time.Now()} {
		for _, e := range history.Events(history.Options{Objects: objects, Until: until, Seed: uint64(seed)}) {
			server.Record(e)
		}
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return server, web.URL
}

// copyInto runs audit sync over all that there is.
func copyInto(t *testing.T, api, cursor, to string) {
	t.Helper()
	cmd := self(t.Context(), t, "audit", "sync", "--backfill-from", "70d", "--cursor", cursor, "--to", to)
	cmd.Env = append(os.Environ(), "ROOTLY_API_URL="+api, "ROOTLY_API_TOKEN="+scriptToken,
		clockVariable+"=") // the databases have the time of the computer
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestSQLiteRecipes(t *testing.T) {
	t.Parallel()
	_, api := twoMonths(t)
	path := filepath.Join(t.TempDir(), "audit.db")
	copyInto(t, api, path+".cursor", "sqlite://"+path)
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	titles, statements := recipeSQL(t, "SQLite")
	for _, title := range titles {
		rows, err := db.QueryContext(t.Context(), statements[title])
		if err != nil {
			t.Errorf("%s: %v", title, err)
			continue
		}
		n := through(rows)
		if err := errors.Join(rows.Err(), rows.Close()); err != nil || n == 0 {
			t.Errorf("%s: %d rows: %v", title, n, err)
		}
	}
}

// TestPostgresRecipes makes the users as the recipes say, copies as one of them, and asks as the other.
func TestPostgresRecipes(t *testing.T) {
	t.Parallel()
	address := pgtest.Start(t)
	server, api := twoMonths(t)
	as := func(user string) string {
		return strings.Replace(address, "postgres://audit@", "postgres://"+user+"@", 1)
	}
	connect := func(user string) *pgx.Conn {
		conn, err := pgx.Connect(t.Context(), as(user))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close(context.Background()) })
		return conn
	}
	admin := connect("audit")
	cursor := filepath.Join(t.TempDir(), "cursor.json")
	execute := func(begins string) {
		titles, statements := recipeSQL(t, begins)
		for _, title := range titles {
			if _, err := admin.Exec(t.Context(), statements[title]); err != nil {
				t.Fatalf("%s: %v", title, err)
			}
		}
	}
	execute("PostgreSQL, before")
	copyInto(t, api, cursor, as("rootly_audit"))
	execute("PostgreSQL, after")

	// The user of the program goes on adding, and can do nothing else.
	events := &recorder{server: server, random: rand.New(rand.NewPCG(3, 3)), at: time.Now().Add(-time.Minute)}
	before := countOf(t, admin)
	events.write(30)
	copyInto(t, api, cursor, as("rootly_audit"))
	if n := countOf(t, admin); n != before+30 {
		t.Errorf("%d events, want %d", n, before+30)
	}
	for user, statement := range map[string]string{
		"rootly_audit": "DELETE FROM rootly_audit_events",
		"auditor":      "INSERT INTO rootly_audit_events SELECT * FROM rootly_audit_events LIMIT 1",
	} {
		_, err := connect(user).Exec(t.Context(), statement)
		var told *pgconn.PgError
		if !errors.As(err, &told) || told.Code != "42501" {
			t.Errorf("%s: %s: %v", user, statement, err)
		}
	}

	auditor := connect("auditor")
	titles, statements := recipeSQL(t, "PostgreSQL:")
	for _, title := range titles {
		rows, err := auditor.Query(t.Context(), statements[title])
		if err != nil {
			t.Errorf("%s: %v", title, err)
			continue
		}
		n := through(rows)
		if rows.Err() != nil || n == 0 {
			t.Errorf("%s: %d rows: %v", title, n, rows.Err())
		}
	}
}

func countOf(t *testing.T, conn *pgx.Conn) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM rootly_audit_events").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// through reads rows of either database to their end, and counts them.
func through(rows interface{ Next() bool }) (n int) {
	for rows.Next() {
		n++
	}
	return n
}
