package stored

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy/pgtest"
)

var day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// some are events of three days, some of them of one moment.
func some(t *testing.T) []audit.Event {
	t.Helper()
	var events []audit.Event
	kinds := []struct{ action, object, changes string }{
		{"create", "null", `{"name":[null,"=Item %d"]}`},
		{"update", `{"name":"Item, \"old\"\nnext","n":1.50}`, `{"name":["Item, \"old\"\nnext","=Item %d"]}`},
		{"destroy", "", ""},
	}
	for i := range 90 {
		at, kind := day.Add(time.Duration(i/2)*90*time.Minute).Format(time.RFC3339Nano), kinds[i%3]
		if kind.action == "destroy" {
			kind.object, kind.changes = fmt.Sprintf(`{"i":%d,"name":"Item","n":1.50}`, i), fmt.Sprintf(`{"i":[%d,null],"name":["Item",null],"n":[1.50,null]}`, i)
		} else {
			kind.changes = fmt.Sprintf(kind.changes, i)
		}
		raw := fmt.Sprintf(`{"id":"%d","type":"audits","attributes":{"id":%d,"event":"%s","item_type":"%s","item_id":"item-%d","object":%s,`+
			`"object_changes":%s,"user_id":%d,"user_name":"User %d","user_email":"user%d@example.com","source":"%s","api_key_id":"key-%d",`+
			`"metadata":{"ip":"192.0.2.%d"},"created_at":%q}}`, 100+i, 100+i, kind.action, []string{"Group", "Severity"}[i%2], i%7, kind.object, kind.changes, i%5, i%5, i%5,
			[]string{"web", "api"}[i%2], i%4, i, at)
		e, err := audit.Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

// TestEveryStoreIsReadBack holds what each sink gives back against the events and the filter itself.
func TestEveryStoreIsReadBack(t *testing.T) {
	t.Parallel()
	events := some(t)
	dir := t.TempDir()
	for name, o := range map[string]auditcopy.Options{
		"sqlite://" + filepath.Join(dir, "a.db"): {}, filepath.Join(dir, "raw"): {}, filepath.Join(dir, "gzip"): {Compress: "gzip"},
		filepath.Join(dir, "zstd"): {Compress: "zstd", Format: audit.FormatFlat}, filepath.Join(dir, "ocsf"): {Format: audit.FormatOCSF},
		filepath.Join(dir, "a.csv"): {}, filepath.Join(dir, "flat.csv"): {Format: audit.FormatFlat}, filepath.Join(dir, "ocsf.csv"): {Format: audit.FormatOCSF},
	} {
		fill(t, name, o, events)
		readBack(t, name, events)
	}
}

func TestPostgresIsReadBack(t *testing.T) {
	t.Parallel()
	events := some(t)
	address := pgtest.Start(t)
	fill(t, address, auditcopy.Options{}, events)
	readBack(t, address, events)
}

func fill(t *testing.T, name string, o auditcopy.Options, events []audit.Event) {
	t.Helper()
	sink, err := auditcopy.Open(t.Context(), name, o)
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	for part := range slices.Chunk(events, 25) {
		if n, err := sink.Add(t.Context(), part); n != len(part) || err != nil {
			t.Fatalf("%s: %d %v", name, n, err)
		}
	}
}

func readBack(t *testing.T, name string, events []audit.Event) {
	t.Helper()
	s, err := Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for what, f := range map[string]audit.Filter{
		"all": {}, "since": {Since: day.Add(30 * time.Hour)}, "until": {Until: day.Add(30 * time.Hour)},
		"users": {Users: []string{"1", "USER2@example.com"}}, "items": {ItemIDs: []string{"item-1", "item-2"}, Actions: []string{"update", "destroy"}},
		"source": {Sources: []string{"Web"}, ItemTypes: []string{"Group"}}, "keys": {APIKeys: []string{"key-1", "key-3"}}, "name": {Users: []string{"user 3"}},
		"none": {ItemIDs: []string{"' OR true"}},
	} {
		var got, want []string
		for e, err := range s.Events(t.Context(), f) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got = append(got, e.ID+" "+e.String()+" "+e.IP+" "+e.Source+fmt.Sprintf(" %s", e.Changes))
		}
		for _, e := range newestFirst(slices.Clone(events)) {
			if f.Match(e) {
				want = append(want, e.ID+" "+e.String()+" "+e.IP+" "+e.Source+fmt.Sprintf(" %s", e.Changes))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, %s: -want +got:\n%s", name, what, diff)
		}
	}
	if e, found, err := s.Find(t.Context(), "150"); err != nil || !found || e.ItemName != events[50].ItemName || !e.Redacted {
		t.Errorf("%s: found %v %v %v", name, e, found, err)
	}
	if _, found, err := s.Find(t.Context(), "15"); err != nil || found {
		t.Errorf("%s: an id that is not there: %v %v", name, found, err)
	}
	f := audit.Filter{Users: []string{"user 3", "7"}}
	if err := Users(t.Context(), s, &f); err != nil || !slices.Equal(f.Users, []string{"3", "7"}) {
		t.Errorf("%s: %v %v", name, f.Users, err)
	}
	if err := Users(t.Context(), s, &audit.Filter{Users: []string{"user"}}); hint.Of(err) == "" {
		t.Errorf("%s: an ambiguous name: %v", name, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{filepath.Join(dir, "none.db"), "https://example.com/x", "postgres://db.example.com/x?sslmode=disable"} {
		if _, err := Open(t.Context(), name); err == nil || hint.Of(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
