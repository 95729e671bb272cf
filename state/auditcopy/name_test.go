package auditcopy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNamesHaveNoCredential holds that nothing of an address that may be secret is in the name.
func TestNamesHaveNoCredential(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"https://sesame:open@host.example:8443/hook/sesame?key=sesame#x": "https://host.example:8443/…5a56a0",
		"https://sesame@host.example":                                    "https://host.example",
		"https://host.example/":                                          "https://host.example/",
		"HTTPS://host.example/sesame":                                    "https://host.example/…",
		"https://a:sesame/1@host.example/":                               "https://(unreadable)",
		"https://a:p@sesame/1@host.example/":                             "https://(unreadable)",
		"https://a:1/sesame@host.example/":                               "https://(unreadable)",
		"https:sesame:x@host/":                                           "https://(unreadable)",
		"sumo://host.example/receiver/v1/http/sesame":                    "sumo://host.example/…",
		"splunk://host.example:8088":                                     "splunk://host.example:8088",
		"elastic://host.example/audit":                                   "elastic://host.example/audit",
		"postgres://me:sesame@db.example/audit?password=sesame":          "postgres://db.example/audit",
		"postgres://me:ses%ame@db.example/audit":                         "postgres://(unreadable)",
		"ftp://me:sesame@host.example/sesame":                            "ftp://host.example/…",
	} {
		got := Name(target)
		if strings.Contains(got, "sesame") || !strings.HasPrefix(got, strings.TrimSuffix(want, "5a56a0")) {
			t.Errorf("%s is %s, want %s", target, got, want)
		}
	}
	if Name("https://host.example/a") == Name("https://host.example/b") {
		t.Error("two paths have one name")
	}
}

// TestASinkKeepsItsPlaceUnderItsNewName holds that a cursor of an earlier version, which has whole
// addresses, is continued, and that no path stays in it.
func TestASinkKeepsItsPlaceUnderItsNewName(t *testing.T) {
	t.Parallel()
	const target = "https://endpoint.example/sesame"
	dir := t.TempDir()
	path := filepath.Join(dir, "cursor.json")
	r := newRemote(t, 300, 3)
	r.now, r.step = r.end(), 0
	e := newEndpoint()
	run := func() Round {
		t.Helper()
		c, err := OpenCursor(path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s := open(t, target, Options{State: filepath.Join(dir, "queues"), Receiver: e})
		defer s.Close()
		round, err := (&Sync{Source: r.read, Sinks: []*Sink{s}, Cursor: c, Overlap: time.Minute, Now: func() time.Time { return r.now }}).Once(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return round
	}
	run()
	var file cursorV1
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, &file)
	}
	if err != nil || len(file.Sinks) != 1 {
		t.Fatal(err, string(content))
	}
	const other = "https://other.example/sesame" // not in this run
	file.Sinks = map[string]place{target: file.Sinks[Name(target)], other: {Identity: "x"}}
	if content, err = json.Marshal(file); err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if round := run(); len(round.New) != 0 || len(round.Notes) != 0 {
		t.Errorf("%+v", round)
	}
	holdNo(t, dir, "sesame")
}
