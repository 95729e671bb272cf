package auditcopy

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy/pgtest"
)

// filters are questions that people ask, each alone and some together.
func filters(r *remote) map[string]audit.Filter {
	middle := r.events[len(r.events)/2].At
	return map[string]audit.Filter{
		"all":      {},
		"since":    {Since: middle},
		"until":    {Until: middle},
		"range":    {Since: middle, Until: middle.Add(time.Minute)},
		"id":       {Users: []string{"7"}},
		"email":    {Users: []string{"User7@Example.com"}},
		"source":   {Sources: []string{"Web"}},
		"no such":  {Sources: []string{"slack"}},
		"type":     {ItemTypes: []string{"Severity"}},
		"types":    {ItemTypes: []string{"Severity", "Group"}},
		"item":     {ItemIDs: []string{"item-9"}},
		"action":   {Actions: []string{"destroy"}},
		"key":      {APIKeys: []string{"k"}},
		"together": {Since: middle, Users: []string{"8"}, Actions: []string{"destroy"}, ItemTypes: []string{"GeniusWorkflow"}},
		"name":     {Users: []string{"USER 7"}},
		"users":    {Users: []string{"7", "user8@example.com", "user 9"}, Actions: []string{"create", "destroy"}},
		"items":    {ItemIDs: []string{"item-9", "item-8"}, Sources: []string{"web", "API"}},
		"quote":    {ItemIDs: []string{`' OR 1=1 --`}, Users: []string{`"`}},
	}
}

// TestRecordAnswersLikeTheFilter holds the database against the filter itself.
func TestRecordAnswersLikeTheFilter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a?b%20.db")
	r := newRemote(t, 600, 4)
	s := open(t, "sqlite://"+path, Options{})
	if n, err := s.Add(t.Context(), r.events); n != len(r.events) || err != nil {
		t.Fatal(n, err)
	}
	s.Close()
	record, err := OpenRecord(t.Context(), "sqlite://"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	for name, f := range filters(r) {
		var got, want []string
		last := time.Time{}
		for e, err := range record.Events(t.Context(), f) {
			if err != nil {
				t.Fatal(name, err)
			}
			if !last.IsZero() && e.At.After(last) {
				t.Errorf("%s: not the newest first", name)
			}
			last = e.At
			got = append(got, e.ID)
		}
		for _, e := range r.events {
			if f.Match(e) {
				want = append(want, e.ID)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		sameIDs(t, name, got, want)
	}
}

func TestRecordsThatAreNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := OpenRecord(t.Context(), filepath.Join(dir, "none.db")); err == nil || hintOf(err) == "" {
		t.Error(err)
	}
	for statement, name := range map[string]string{
		"CREATE TABLE theirs (x)":                                      "theirs.db",
		"PRAGMA application_id = 12":                                   "other.db",
		"PRAGMA application_id = 1382826325; PRAGMA user_version = 99": "later.db",
	} {
		db, err := sql.Open("sqlite", filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if _, err := OpenRecord(t.Context(), filepath.Join(dir, name)); !errors.Is(err, ErrSchema) || hintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRecordInAFolderThatTakesNoWrites holds that a copy handed to an auditor can be asked as it is.
func TestRecordInAFolderThatTakesNoWrites(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("SKIPPED: this user may write anywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	s := open(t, "sqlite://"+path, Options{})
	if n, err := s.Add(t.Context(), []audit.Event{event(t, 1, day)}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	s.Close()
	if err := errors.Join(os.Chmod(path, 0o400), os.Chmod(dir, 0o500)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700) //nolint:errcheck // so that it can be cleared away
	if got := idsInDatabase(t, path); len(got) != 1 {
		t.Errorf("%d events", len(got))
	}
}

// TestRecordLeavesNothingBehind holds that whoever asks a copy leaves no files that its writer might
// not be able to open.
func TestRecordLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	s := open(t, "sqlite://"+path, Options{})
	if _, err := s.Add(t.Context(), []audit.Event{event(t, 1, day)}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got := idsInDatabase(t, path); len(got) != 1 {
		t.Errorf("%d events", len(got))
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%v: %v", files, err)
	}
}

// TestRecordIsReadWhileItIsWritten holds that a query neither waits for a sink nor misses what it has.
func TestRecordIsReadWhileItIsWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	s := open(t, "sqlite://"+path, Options{})
	defer s.Close()
	for i := range 5 {
		if n, err := s.Add(t.Context(), []audit.Event{event(t, i, day)}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if got := idsInDatabase(t, path); len(got) != i+1 {
			t.Errorf("%d events, want %d", len(got), i+1)
		}
	}
}

// fill writes events a thousand at a time.
func fill(b *testing.B, s *Sink, n int) {
	b.Helper()
	batch := make([]audit.Event, 0, batchSize)
	for i := range n {
		batch = append(batch, event(b, i, day.Add(time.Duration(i)*time.Second)))
		if len(batch) < batchSize && i < n-1 {
			continue
		}
		if _, err := s.Add(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		batch = batch[:0]
	}
}

// BenchmarkSinks tells how many events per second a sink takes.
func BenchmarkSinks(b *testing.B) {
	const n = 20_000
	for _, kind := range []struct {
		name, target string
		o            Options
	}{
		{"sqlite", "sqlite://%s/a.db", Options{}},
		{"ndjson", "%s/plain", Options{}},
		{"zstd", "%s/packed", Options{Compress: "zstd"}},
		{"csv", "%s/a.csv", Options{}},
		{"http", "https://endpoint.example/%.0s", Options{Receiver: newEndpoint()}},
		{"postgres", "", Options{}},
	} {
		b.Run(kind.name, func(b *testing.B) {
			for range b.N {
				dir := b.TempDir()
				target := fmt.Sprintf(kind.target, dir)
				if kind.name == "postgres" {
					target = pgtest.Start(b)
				}
				kind.o.State = dir
				s := open(b, target, kind.o)
				b.ResetTimer()
				fill(b, s, n)
				if _, err := s.Flush(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				s.Close()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// peak is the most memory that this process has had, in MB, where the system tells; else 0.
func peak() (megabytes int) {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	_, _ = fmt.Sscanf(after, "%d kB", &megabytes)
	return megabytes >> 10
}

// BenchmarkMillion fills a database within 150 MB and asks it, each question within 200 ms.
func BenchmarkMillion(b *testing.B) {
	const n = 1_000_000
	path := filepath.Join(b.TempDir(), "a.db")
	s := open(b, "sqlite://"+path, Options{})
	began := time.Now()
	fill(b, s, n)
	s.Close()
	took := time.Since(began)
	memory := peak()
	b.Cleanup(func() {
		fmt.Printf("%d events in %s, %d MB of memory at the most\n", n, took.Round(time.Second), memory)
	})
	if memory > 150 {
		b.Errorf("%d MB, where the bound is 150", memory)
	}
	record, err := OpenRecord(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer record.Close()
	recent := day.Add((n - 5000) * time.Second)
	for name, f := range map[string]audit.Filter{
		"user+type":   {Users: []string{"6"}, ItemTypes: []string{"Severity"}},
		"no match":    {Users: []string{"7"}, ItemTypes: []string{"Severity"}},
		"all of it":   {Users: []string{"7"}, ItemTypes: []string{"Service"}, Actions: []string{"destroy"}, Sources: []string{"web"}, Since: day},
		"email":       {Users: []string{"user7@example.com"}},
		"item+action": {ItemIDs: []string{"item-9"}, Actions: []string{"destroy"}},
		"action":      {Actions: []string{"destroy"}},
		"range":       {Since: recent, ItemTypes: []string{"Group"}},
		"old range":   {Since: day.Add(1000 * time.Second), Until: day.Add(2000 * time.Second), Users: []string{"7"}},
		"nothing":     {ItemTypes: []string{"Severity"}, Users: []string{"999"}},
		"everything":  {},
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				began, found := time.Now(), 0
				for _, err := range record.Events(b.Context(), f) {
					if err != nil {
						b.Fatal(err)
					}
					if found++; found == 100 {
						break
					}
				}
				if took := time.Since(began); took > 200*time.Millisecond {
					b.Errorf("%s, where the bound is 200 ms", took)
				}
			}
		})
	}
}
