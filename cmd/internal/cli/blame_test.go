package cli

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/git"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// blamingOn asks a server of events, the kinds of which are given.
func blamingOn(t *testing.T, server *sandbox.Server, kinds ...string) (*authors.Blaming, *strings.Builder) {
	t.Helper()
	for i, kind := range kinds {
		server.Record(sandbox.Event{Event: "destroy", ItemType: kind, ItemID: "id", At: auditDay.Add(time.Duration(i) * time.Second),
			Actor: sandbox.Actor{Name: "Bo", Source: "api", APIKeyID: "k2"}})
	}
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	client, err := api.New(api.Options{URL: listening.URL, Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	said := &strings.Builder{}
	return &authors.Blaming{Client: client, Since: auditDay, Say: func(text string) { said.WriteString(text + "\n") }}, said
}

// Who sees on-call changes only is told that authors of others stay unknown, and nobody else is.
func TestOnCallRole(t *testing.T) {
	t.Parallel()
	about := func(types ...string) (questions []drift.Question) {
		for _, typ := range types {
			questions = append(questions, drift.Question{Kind: drift.Removed, Item: drift.Item{Type: typ, ID: "id"}})
		}
		return questions
	}
	for name, c := range map[string]struct {
		questions []drift.Question
		events    []string
		told      bool
	}{
		"only on-call kinds are seen":      {about("Schedule", "Group"), []string{"Schedule"}, true},
		"others are seen":                  {about("Schedule", "Group"), []string{"Schedule", "Group"}, false},
		"only on-call kinds are asked for": {about("Schedule"), []string{"Schedule"}, false},
		"nothing is seen":                  {about("Schedule", "Group"), nil, false},
	} {
		b, said := blamingOn(t, sandbox.New(sandbox.Options{}), c.events...)
		if _, err := b.Events(context.Background(), c.questions); err != nil || strings.Contains(said.String(), "on-call permission") != c.told {
			t.Errorf("%s: %q %v", name, said, err)
		}
	}
}

// The way and the key of an event are found by asking for each, and stay unknown where that is refused.
func TestTracing(t *testing.T) {
	t.Parallel()
	keys := []sandbox.Object{
		{API: "api_keys", ID: "k1", Body: []byte(`{"id":"k1","type":"api_keys","attributes":{"name":"old","last_used_at":"2026-01-01T00:00:00Z"}}`)},
		{API: "api_keys", ID: "k2", Body: []byte(`{"id":"k2","type":"api_keys","attributes":{"name":"terraform","last_used_at":"2026-10-01T00:00:00Z"}}`)},
	}
	for name, c := range map[string]struct {
		o      sandbox.Options
		want   string
		audits int
	}{
		"all is told":            {sandbox.Options{Objects: keys}, "Bo at 2026-10-01 12:00:00Z from api, API key terraform", 1 + 2 + 1},
		"keys may not be listed": {sandbox.Options{Objects: keys, Forbidden: []string{"api_keys"}}, "Bo at 2026-10-01 12:00:00Z from api", 1 + 2},
		"another key":            {sandbox.Options{Objects: keys[:1]}, "Bo at 2026-10-01 12:00:00Z from api", 1 + 2 + 1},
	} {
		server := sandbox.New(c.o)
		b, said := blamingOn(t, server, "Group")
		var told report.Changes
		told.Changes = make([]report.ObjectChange, 1)
		d := &drift.Diff{Changes: []drift.Change{{Kind: drift.Removed, Before: drift.Object{Type: "rootly_team", ID: "id"}}}}
		if _, err := b.Blame(context.Background(), d, &told); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(told.Changes[0].Authors, "; ")
		if got, _, _ = strings.Cut(got, ", request "); got != c.want {
			t.Errorf("%s: %s, want %s; said %s", name, got, c.want, said)
		}
		if n := server.Requests()["GET /v1/audits"]; n != c.audits {
			t.Errorf("%s: %d requests for audits, want %d", name, n, c.audits)
		}
	}
}

// Whoever is the author of a commit is so by the address of the account.
func TestOnePerson(t *testing.T) {
	t.Parallel()
	ada, ann := audit.Event{UserName: "Ada", UserEmail: "ada@example.com"}, audit.Event{UserName: "Ann", UserEmail: "ADA@example.com"}
	for name, c := range map[string]struct {
		events []audit.Event
		want   git.Person
		said   bool
	}{
		"one":                     {[]audit.Event{ada, ada}, git.Person{Name: "Ada", Email: "ada@example.com"}, false},
		"one under another name":  {[]audit.Event{ada, ann}, git.Person{Name: "Ada", Email: "ada@example.com"}, false},
		"two of one name":         {[]audit.Event{ada, {UserName: "Ada", UserEmail: "eve@example.com"}}, git.Person{}, false},
		"nobody named":            {[]audit.Event{ada, {UserName: "Ada"}}, git.Person{}, false},
		"no name":                 {[]audit.Event{{UserName: "\u202e<>", UserEmail: "ada@example.com"}}, git.Person{Name: "ada@example.com", Email: "ada@example.com"}, false},
		"an odd address":          {[]audit.Event{{UserName: "B", UserEmail: "o'brien+x@sub.example.com"}}, git.Person{Name: "B", Email: "o'brien+x@sub.example.com"}, false},
		"an address of two":       {[]audit.Event{{UserName: "B", UserEmail: "b@x> <head@example.com"}}, git.Person{}, true},
		"an address with a line":  {[]audit.Event{{UserName: "B", UserEmail: "b@example.com\nx"}}, git.Person{}, true},
		"an address with a mark":  {[]audit.Event{{UserName: "B", UserEmail: "b@ex\u202eample.com"}}, git.Person{}, true},
		"an address without host": {[]audit.Event{{UserName: "B", UserEmail: "b@"}}, git.Person{}, true},
		"an endless address":      {[]audit.Event{{UserName: "B", UserEmail: "b@" + strings.Repeat("x", 300)}}, git.Person{}, true},
	} {
		said := ""
		got := authors.OnePerson([]drift.Answer{{Confidence: drift.Exact, Events: c.events}}, func(text string) { said += text })
		if got != c.want || (said != "") != c.said {
			t.Errorf("%s: %+v, said %q", name, got, said)
		}
	}
}

// A fresh checkout has times of its own: what was written is as old as its commit, or older.
func TestWrittenAt(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir := t.TempDir()
	if _, known := git.WrittenAt(t.Context(), dir, importer.ProofName); known {
		t.Error("a file that is not there was written")
	}
	if err := os.WriteFile(filepath.Join(dir, importer.ProofName), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	written := time.Date(2026, time.May, 4, 8, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, importer.ProofName), written, written); err != nil {
		t.Fatal(err)
	}
	if at, known := git.WrittenAt(t.Context(), dir, importer.ProofName); !known || !at.Equal(written) {
		t.Errorf("without git: %s %v", at, known)
	}
	for _, args := range [][]string{
		{"init", "--quiet"}, {"add", importer.ProofName},
		{"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "m"},
	} {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GIT_COMMITTER_DATE=2026-01-31T12:00:00Z", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if at, known := git.WrittenAt(t.Context(), dir, importer.ProofName); !known || !at.Equal(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("with git: %s %v", at, known)
	}
}
