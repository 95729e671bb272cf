package authors_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/git"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

var day = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// searchOn searches a server of events, one of each of some kinds.
func searchOn(t *testing.T, server *sandbox.Server, kinds ...string) (*authors.Search, *strings.Builder) {
	t.Helper()
	for i, kind := range kinds {
		server.Record(sandbox.Event{Event: "destroy", ItemType: kind, ItemID: "id", At: day.Add(time.Duration(i) * time.Second),
			Actor: sandbox.Actor{ID: 7, Name: "Bo", Email: "bo@example.com", Source: "api", APIKeyID: "k2"}})
	}
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	client, err := api.New(api.Options{URL: listening.URL, Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	said := &strings.Builder{}
	return &authors.Search{Client: client, Since: day, Say: func(text string) { said.WriteString(text + "\n") }}, said
}

var destroyed = []drift.Question{{Kind: drift.Removed, Item: drift.Item{Type: "Group", ID: "id"}}}

// What Terraform does itself is nobody's, by whatever name it is known. A user that cannot be found is a warning.
func TestOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		search authors.Search
		want   drift.Confidence
		said   string
	}{
		"nobody's own":      {authors.Search{}, drift.Exact, ""},
		"by id":             {authors.Search{OwnUsers: []string{"7"}}, drift.Unknown, ""},
		"by email":          {authors.Search{OwnUsers: []string{"BO@example.com"}}, drift.Unknown, "no user has the email"},
		"an unknown user":   {authors.Search{OwnUsers: []string{"nobody@example.com"}}, drift.Exact, "no user has the email nobody@example.com"},
		"by key":            {authors.Search{OwnKeys: []string{"k2"}}, drift.Unknown, ""},
		"another key":       {authors.Search{OwnKeys: []string{"k1"}}, drift.Exact, ""},
		"before the window": {authors.Search{Since: day.Add(time.Hour)}, drift.Unknown, ""},
	} {
		s, said := searchOn(t, sandbox.New(sandbox.Options{}), "Group")
		s.OwnUsers, s.OwnKeys = c.search.OwnUsers, c.search.OwnKeys
		if !c.search.Since.IsZero() {
			s.Since = c.search.Since
		}
		answers, _, err := s.Answer(t.Context(), destroyed)
		if err != nil || answers[0].Confidence != c.want || !strings.Contains(said.String(), c.said) || !s.Searched.Equal(s.Since) {
			t.Errorf("%s: %+v, searched from %s, said %q, %v", name, answers, s.Searched, said, err)
		}
	}
}

// Without the permission to read the log there are no authors, and no claim that one was searched for.
func TestLogThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s, said := searchOn(t, sandbox.New(sandbox.Options{Forbidden: []string{"audits"}}), "Group")
	answers, _, err := s.Answer(t.Context(), destroyed)
	if err != nil || answers[0].Confidence != drift.Unknown || !s.Searched.IsZero() || !strings.Contains(said.String(), "the permission Audits - read") {
		t.Errorf("%+v, searched from %s, said %q, %v", answers, s.Searched, said, err)
	}
}

// A copy answers without the API, and says how far it goes.
func TestCopy(t *testing.T) {
	t.Parallel()
	s, said := searchOn(t, sandbox.New(sandbox.Options{Forbidden: []string{"audits"}}))
	s.Copy, s.Since = filepath.Join(t.TempDir(), "audit.db"), day.AddDate(0, 0, -90)
	if _, _, err := s.Answer(t.Context(), destroyed); err == nil {
		t.Error("a copy that is not there was read")
	}
	sink, err := auditcopy.Open(t.Context(), "sqlite://"+s.Copy, auditcopy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	events := []audit.Event{
		{ID: "1", At: day, Action: "update", ItemType: "Group", ItemID: "id", Raw: []byte(`{"id":"1","event":"update","item_type":"Group","item_id":"id","created_at":"2026-10-01T12:00:00Z"}`)},
		{ID: "2", At: day.Add(time.Hour), Action: "destroy", ItemType: "Group", ItemID: "id", Source: "web",
			Raw: []byte(`{"id":"2","event":"destroy","item_type":"Group","item_id":"id","source":"web","user_name":"Ada","created_at":"2026-10-01T13:00:00Z"}`)},
	}
	if _, err := sink.Add(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	sink.Close()
	answers, _, err := s.Answer(t.Context(), destroyed)
	if err != nil || len(answers[0].Events) != 1 || answers[0].Events[0].UserName != "Ada" || !s.Searched.Equal(day) || !strings.Contains(said.String(), "whose newest event is of 2026-10-01T13:00:00Z") {
		t.Errorf("%+v, searched from %s, said %q, %v", answers, s.Searched, said, err)
	}
}

// The window is fixed.
func TestSince(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]time.Time{"": day.AddDate(0, 0, -90), "7d": day.AddDate(0, 0, -7), "2026-01-31T12:00:00Z": time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)} {
		if got, err := authors.Since(flag, day); err != nil || !got.Equal(want) {
			t.Errorf("%q: %s, %v", flag, got, err)
		}
	}
	if _, err := authors.Since("soon", day); err == nil {
		t.Error("soon is a time")
	}
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
		b, said := searchOn(t, sandbox.New(sandbox.Options{}), c.events...)
		if _, _, err := b.Answer(context.Background(), c.questions); err != nil || strings.Contains(said.String(), "on-call permission") != c.told {
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
		"all is told":            {sandbox.Options{Objects: keys}, "Bo <bo@example.com> at 2026-10-01 12:00:00Z from api, API key terraform", 1 + 2 + 1},
		"keys may not be listed": {sandbox.Options{Objects: keys, Forbidden: []string{"api_keys"}}, "Bo <bo@example.com> at 2026-10-01 12:00:00Z from api", 1 + 2},
		"another key":            {sandbox.Options{Objects: keys[:1]}, "Bo <bo@example.com> at 2026-10-01 12:00:00Z from api", 1 + 2 + 1},
	} {
		server := sandbox.New(c.o)
		b, said := searchOn(t, server, "Group")
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
