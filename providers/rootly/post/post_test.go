package post_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/post"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

const token = "rootly_test_token"

// start serves a Rootly and returns a client for it that does not wait.
func start(t *testing.T, o sandbox.Options) (*sandbox.Server, *post.Client) {
	t.Helper()
	o.Token = token
	if o.Clock == nil {
		o.Clock = present
	}
	s := sandbox.New(o)
	return s, connect(t, s)
}

func connect(t *testing.T, h http.Handler) *post.Client {
	t.Helper()
	listening := httptest.NewServer(h)
	t.Cleanup(listening.Close)
	c, err := post.New(api.Options{
		URL: listening.URL, Token: token, Attempts: 2,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func pulse(fingerprint, digest string) post.Pulse {
	return post.Pulse{
		Identity: post.Identity{Fingerprint: fingerprint, Digest: digest}, Summary: "payments: 1 changed", Source: "terraform",
		Labels: []post.Pair{{Key: "status", Value: "applied"}}, Content: json.RawMessage(`{"n":1}`),
	}
}

func incident(fingerprint, digest string) post.Incident {
	return post.Incident{Identity: post.Identity{Fingerprint: fingerprint, Digest: digest}, Title: "Drift", Summary: "- x", Severity: "s"}
}

// present is when the tests are, and lately is a little before.
func present() time.Time { return time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC) }
func lately() time.Time  { return present().Add(-time.Hour) }

func held(s *sandbox.Server, api string) (list []sandbox.Object) {
	for _, o := range s.Snapshot() {
		if o.API == api {
			list = append(list, o)
		}
	}
	return list
}

func TestAnEventIsPutOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		api string
		of  func(fingerprint, digest string) post.Event
	}{
		{"pulses", func(f, d string) post.Event { return pulse(f, d) }},
		{"incidents", func(f, d string) post.Event { return incident(f, d) }},
	} {
		s, c := start(t, sandbox.Options{})
		var ids []string
		for i, step := range []struct {
			fingerprint, digest string
			want                post.Deed
		}{
			{"a", "1", post.Created}, {"a", "1", post.Unchanged}, {"a", "2", post.Updated}, {"a", "2", post.Unchanged}, {"b", "1", post.Created},
		} {
			got, err := c.Put(t.Context(), test.of(step.fingerprint, step.digest), lately())
			if err != nil || got.Deed != step.want || got.ID == "" {
				t.Fatalf("%s step %d: %+v, %v; want %s", test.api, i, got, err, step.want)
			}
			ids = append(ids, got.ID)
		}
		if ids[0] != ids[3] || ids[0] == ids[4] {
			t.Errorf("%s: ids %v", test.api, ids)
		}
		if n := len(held(s, test.api)); n != 2 {
			t.Errorf("%d %s, want 2", n, test.api)
		}
	}
}

// Events of the same fingerprint are told from the time that they are looked for.
func TestOldEventsAreNotFound(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Clock: func() time.Time { return present().Add(-48 * time.Hour) }})
	for range 2 {
		if got, err := c.Put(t.Context(), pulse("a", "1"), lately()); err != nil || got.Deed != post.Created {
			t.Fatal(got, err)
		}
	}
	if found, err := c.Find(t.Context(), pulse("a", "1"), present().Add(-72*time.Hour)); err != nil || len(found) != 2 {
		t.Fatal(found, err)
	}
}

// What is over may happen again, unless it is a thing that happens once.
func TestIncidentsThatAreOver(t *testing.T) {
	t.Parallel()
	for _, once := range []bool{false, true} {
		s, c := start(t, sandbox.Options{})
		i := incident("a", "1")
		i.Once = once
		made, err := c.Put(t.Context(), i, lately())
		if err != nil {
			t.Fatal(err)
		}
		over := i
		over.Status = "resolved"
		if _, err := c.Update(t.Context(), made.ID, over); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := c.Put(t.Context(), i, lately()); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(held(s, "incidents")); n != map[bool]int{false: 2, true: 1}[once] {
			t.Errorf("once %v: %d incidents", once, n)
		}
	}
}

func TestNothingElseIsWritten(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		{API: "services", ID: "svc", Body: []byte(`{"id":"svc","type":"services","attributes":{"name":"Postgres","slug":"postgres"}}`)},
		{API: "severities", ID: "hi", Body: []byte(`{"id":"hi","type":"severities","attributes":{"slug":"sev1","severity":"high"}}`)},
		{API: "severities", ID: "lo", Body: []byte(`{"id":"lo","type":"severities","attributes":{"slug":"sev3","severity":"low"}}`)},
	}})
	if id, err := c.Resolve(t.Context(), post.Service, "postgres"); err != nil || id != "svc" {
		t.Errorf("service %q, %v", id, err)
	}
	if _, err := c.Resolve(t.Context(), post.Service, "mysql"); !errors.Is(err, post.ErrUnknown) {
		t.Errorf("unknown slug: %v", err)
	}
	if id, err := c.LowestSeverity(t.Context()); err != nil || id != "lo" {
		t.Errorf("severity %q, %v", id, err)
	}
	i := incident("x", "1")
	for _, e := range []post.Event{pulse("x", "1"), pulse("x", "2"), i} {
		if _, err := c.Put(t.Context(), e, lately()); err != nil {
			t.Fatal(err)
		}
	}
	found, err := c.Find(t.Context(), i, lately())
	if err != nil || len(found) != 1 || found[0].Closed() {
		t.Fatal(found, err)
	}
	i.Status, i.Resolution = "resolved", "the code has it"
	if _, err := c.Update(t.Context(), found[0].ID, i); err != nil {
		t.Fatal(err)
	}
	if found, err = c.Find(t.Context(), i, lately()); err != nil || !found[0].Closed() {
		t.Errorf("resolved: %+v, %v", found, err)
	}
	want := map[string]int{"POST /v1/pulses": 1, "PUT /v1/pulses/{id}": 1, "POST /v1/incidents": 1, "PUT /v1/incidents/{id}": 1}
	got := s.Requests()
	for request := range got {
		if strings.HasPrefix(request, "GET ") {
			delete(got, request)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if leaks := s.Leaks(); len(leaks) > 0 {
		t.Error(leaks)
	}
}

// A post whose answer is lost has arrived all the same: it is found, not repeated.
func TestALostAnswerIsNoSecondPost(t *testing.T) {
	t.Parallel()
	s := sandbox.New(sandbox.Options{Token: token, Clock: present})
	var lost atomic.Bool
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && lost.CompareAndSwap(false, true) {
			s.ServeHTTP(httptest.NewRecorder(), r)
			http.Error(w, "bad gateway", http.StatusBadGateway)
			return
		}
		s.ServeHTTP(w, r)
	}))
	got, err := c.Put(t.Context(), pulse("a", "1"), lately())
	if err != nil || got.Deed != post.Unchanged || got.ID == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if n := s.Requests()["POST /v1/pulses"]; n != 1 {
		t.Errorf("%d posts", n)
	}
}

func TestAPassingFaultIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 500, 503} {
		s := sandbox.New(sandbox.Options{Token: token, Clock: present})
		var refused atomic.Int32
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && refused.Add(1) <= 2 {
				w.WriteHeader(status)
				return
			}
			s.ServeHTTP(w, r)
		}))
		if got, err := c.Put(t.Context(), pulse("a", "1"), lately()); err != nil || got.Deed != post.Created {
			t.Errorf("%d: %+v, %v", status, got, err)
		}
		if n := len(held(s, "pulses")); n != 1 {
			t.Errorf("%d: %d pulses", status, n)
		}
	}
}

func TestWhatRootlyDoesNotTake(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		body   string
		check  func(error) string
	}{
		{"permission", 403, `{"errors":[{"title":"Forbidden","status":"403"}]}`, func(err error) string {
			var denied *post.Denied
			if !errors.As(err, &denied) || denied.Permission != "incidents_permissions: create" || !strings.Contains(denied.Hint(), denied.Permission) || !errors.Is(err, api.ErrForbidden) {
				return "no permission named"
			}
			return ""
		}},
		{"fields", 422, `{"errors":[{"title":"invalid","status":"422","detail":"Severity can't be blank"},{"title":"invalid","status":"422","detail":"service_ids is required"}]}`, func(err error) string {
			var invalid *post.Invalid
			if !errors.As(err, &invalid) {
				return "not invalid"
			}
			return cmp.Diff([]string{"severity_id", "service_ids"}, invalid.Fields)
		}},
		{"a field of their own", 422, `{"errors":[{"title":"invalid","status":"422","detail":"Region can't be blank"}]}`, func(err error) string {
			var invalid *post.Invalid
			if !errors.As(err, &invalid) || len(invalid.Fields) > 0 || !strings.Contains(err.Error(), "Region can't be blank") {
				return "not told"
			}
			return ""
		}},
		{"a redirect", 307, ``, func(err error) string {
			if !strings.Contains(err.Error(), "307") {
				return "followed"
			}
			return ""
		}},
	} {
		posts := 0
		s := sandbox.New(sandbox.Options{Token: token, Clock: present})
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				s.ServeHTTP(w, r)
				return
			}
			posts++
			w.Header().Set("Location", "/v1/services")
			w.WriteHeader(test.status)
			_, _ = io.WriteString(w, test.body)
		}))
		_, err := c.Put(t.Context(), incident("a", "1"), lately())
		if err == nil {
			t.Fatalf("%s: no error", test.name)
		}
		if why := test.check(err); why != "" {
			t.Errorf("%s: %v: %s", test.name, err, why)
		}
		if posts != 1 {
			t.Errorf("%s: %d posts", test.name, posts)
		}
	}
}

func TestReadingNeedsPermissionToo(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Forbidden: []string{"pulses"}})
	_, err := c.Put(t.Context(), pulse("a", "1"), lately())
	var denied *post.Denied
	if !errors.As(err, &denied) || denied.Permission != "pulses_permissions: read" {
		t.Errorf("%v", err)
	}
	if s.Requests()["POST /v1/pulses"] > 0 {
		t.Error("posted without having looked")
	}
}

func TestNotesGoToTheTimeline(t *testing.T) {
	t.Parallel()
	var got []string
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.URL.Path, string(body))
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"data":{"id":"e","type":"incident_events","attributes":{}}}`)
	}))
	if err := c.Note(t.Context(), "i-1", "Drift is gone."); err != nil {
		t.Fatal(err)
	}
	want := []string{"POST /v1/incidents/i-1/events", `{"data":{"type":"incident_events","attributes":{"event":"Drift is gone.","visibility":"internal"}}}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheDraftIsWhatIsSent(t *testing.T) {
	t.Parallel()
	var sent string
	s := sandbox.New(sandbox.Options{Token: token, Clock: present})
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			sent = r.Method + " " + r.URL.Path + " " + string(body)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
		s.ServeHTTP(w, r)
	}))
	d, err := post.Create(pulse("a", "1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Put(t.Context(), pulse("a", "1"), lately()); err != nil {
		t.Fatal(err)
	}
	if drafted := d.Method + " " + d.Path + " " + string(d.Body); drafted != sent {
		t.Errorf("drafted %s\nsent    %s", drafted, sent)
	}
}
