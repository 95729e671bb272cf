package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/history"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

func now() time.Time { return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC) }

// newServer is the built-in organisation with a month of changes.
func newServer(change func(*sandbox.Options)) *sandbox.Server {
	o := sandbox.Options{Objects: slices.Clone(objects()), Seed: 1}
	change(&o)
	s := sandbox.New(o)
	for _, e := range events() {
		s.Record(e)
	}
	return s
}

var objects = sync.OnceValue(func() []sandbox.Object { return organisation.New(organisation.Options{Seed: 1}) })

var events = sync.OnceValue(func() []sandbox.Event {
	return history.Events(history.Options{Objects: objects(), Until: now(), Seed: 1})
})

// test returns the report about a server and the ids of what differs.
func test(t *testing.T, h http.Handler) (text string, different []string, err error) {
	t.Helper()
	address, stop, err := connect.Serve(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	var out bytes.Buffer
	w := world.World{Out: &out, Err: io.Discard, Getenv: func(string) string { return "" }, Now: now}
	o := &Settings{Connection: connect.Connection{URL: address, Token: "any", Parallelism: 16, Retries: 7}, Assumptions: true}
	err = Run(t.Context(), w.Reporting(report.Options{Format: "json"}), o)
	var status exit.Status
	if err != nil && !errors.As(err, &status) {
		t.Fatal(err)
	}
	var document struct{ Assumptions []tested }
	if err := json.Unmarshal(out.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	for _, a := range document.Assumptions {
		if a.Status == differs || a.Status == handled {
			different = append(different, a.ID)
		}
	}
	return out.String(), different, err
}

// always are what the built-in organisation shows of itself: slugs in the place of ids, and an entity that does not name its
// catalogue.
var always = []string{"references", "parents"}

func TestSandboxPasses(t *testing.T) {
	t.Parallel()
	report, different, err := test(t, newServer(func(*sandbox.Options) {}))
	if err != nil || !slices.Equal(different, always) {
		t.Errorf("%v, different: %v\n%s", err, different, report)
	}
}

// rewriting lets what a server answers below a path be changed.
func rewriting(path string, change func(string) string) func(*sandbox.Options) {
	honest := newServer(func(*sandbox.Options) {})
	return func(o *sandbox.Options) {
		o.Faults.Hook = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, path) {
				return false
			}
			answer := httptest.NewRecorder()
			honest.ServeHTTP(answer, r)
			w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
			w.WriteHeader(answer.Code)
			_, err := io.WriteString(w, change(answer.Body.String()))
			return err == nil
		}
	}
}

func replacing(path, old, with string) func(*sandbox.Options) {
	return rewriting(path, func(s string) string { return strings.ReplaceAll(s, old, with) })
}

// query changes the parameters of requests before they are answered.
func query(path, name, with string) func(*sandbox.Options) {
	return func(o *sandbox.Options) {
		o.Faults.Hook = func(_ http.ResponseWriter, r *http.Request) bool {
			q := r.URL.Query()
			if r.URL.Path == path && q.Has(name) {
				q.Del(name)
				if with != "" {
					q.Set(with, "name")
				}
				r.URL.RawQuery = q.Encode()
			}
			return false
		}
	}
}

func hosted(change func(*sandbox.Hosted)) func(*sandbox.Options) {
	return func(o *sandbox.Options) { change(&o.Faults.Hosted) }
}

func TestBrokenAssumptionsAreNamed(t *testing.T) {
	t.Parallel()
	const shifts = `{"data":[{"id":"1","type":"shifts","attributes":{"starts_at":"2026-03-02T08:00:00Z","ends_at":"2026-03-03T08:00:00Z"}}]}`
	cases := map[string]struct {
		breaks func(*sandbox.Options)
		want   []string // what is named, and nothing else
		fails  bool     // whether the program relies on it
	}{
		"pages are capped":          {func(o *sandbox.Options) { o.Faults.PageCap = 10 }, []string{"page-size"}, false},
		"pages never end":           {func(o *sandbox.Options) { o.Faults.EndlessNext = true }, []string{"page-links"}, true},
		"pages repeat":              {func(o *sandbox.Options) { o.Faults.RepeatNext = true }, []string{"page-links"}, true},
		"pages of another host":     {func(o *sandbox.Options) { o.Faults.ForeignNext = "https://api.example.com" }, []string{"page-host"}, false},
		"counts of everything":      {hosted(func(h *sandbox.Hosted) { h.CountsAll = true }), []string{"total-count"}, false},
		"late pages are refused":    {hosted(func(h *sandbox.Hosted) { h.DeepestPage = 50 }), []string{"deep-page"}, false},
		"terse refusals":            {hosted(func(h *sandbox.Hosted) { h.Terse404 = true }), []string{"not-found"}, false},
		"hidden audit log":          {hosted(func(h *sandbox.Hosted) { h.HiddenAudits = true }), []string{"audit-log"}, false},
		"times of California":       {hosted(func(h *sandbox.Hosted) { h.Pacific = true }), []string{"audit-times"}, false},
		"only one media type":       {hosted(func(h *sandbox.Hosted) { h.MediaType = true }), nil, false},    // the one that the program asks for
		"blank filters are refused": {hosted(func(h *sandbox.Hosted) { h.BlankFilters = true }), nil, false}, // the program sends none
		"no includes":               {func(o *sandbox.Options) { o.Includes = sandbox.IncludesIgnored }, []string{"includes"}, false},
		"named includes":            {func(o *sandbox.Options) { o.Includes = sandbox.IncludesNamed }, []string{"includes"}, false},
		"some includes":             {func(o *sandbox.Options) { o.Includes = sandbox.IncludesPartly }, []string{"includes"}, false},
		"a type that is forbidden":  {func(o *sandbox.Options) { o.Forbidden = []string{"heartbeats"} }, []string{"types"}, false},
		"a type that is not there":  {func(o *sandbox.Options) { o.Absent = []string{"heartbeats"} }, []string{"types"}, false},
		"an empty list":             {func(o *sandbox.Options) { o.Faults.EmptyLists = []string{"groups"} }, []string{"lists"}, true},
		"errors in passing":         {func(o *sandbox.Options) { o.Faults.ErrorEvery = 100 }, []string{"steady"}, false},
		"torn answers":              {func(o *sandbox.Options) { o.Faults.TearEvery = 100 }, []string{"steady"}, false},
		"broken connections":        {func(o *sandbox.Options) { o.Faults.ResetEvery = 100 }, []string{"steady"}, false},
		"web pages":                 {func(o *sandbox.Options) { o.Faults.HTMLEvery = 100 }, []string{"steady"}, false},
		"another JSON type":         {replacing("/v1/heartbeats", `"type":"heartbeats"`, `"type":"heart_beats"`), []string{"json-types"}, true},
		"another mark":              {replacing("/v1/alert_fields", `"kind"`, `"sort"`), []string{"built-in"}, true},
		"unknown kinds of tasks":    {replacing("/v1/workflows", `"task_type":"print"`, `"task_type":"shout"`), []string{"kinds"}, false},
		"another order of short pages": {func(o *sandbox.Options) {
			o.Faults.Hook = func(_ http.ResponseWriter, r *http.Request) bool {
				if q := r.URL.Query(); q.Get("page[size]") == "3" {
					q.Set("sort", "-created_at")
					r.URL.RawQuery = q.Encode()
				}
				return false
			}
		}, []string{"page-order"}, true},
		"the key of a team":        {team, []string{"key"}, false},
		"ids of another form":      {replacing("/v1/heartbeats", `"id":"`, `"id":"hb-`), []string{"ids"}, true},
		"single objects with less": {rewriting("/v1/severities/", func(s string) string { return strings.Replace(s, `"name":"`, `"name":"Other `, 1) }), []string{"single"}, false},
		"times without an offset":  {replacing("/v1/heartbeats", `-08:00"`, `"`), []string{"times"}, true},
		"changes in another form":  {replacing("/v1/audits", `"object_changes":{`, `"object_changes":{"x":1,`), []string{"audit-changes"}, true},
		"events of rotations":      {unrecorded, []string{"audit-unrecorded"}, false},
		"events without a user":    {replacing("/v1/audits", `"user_id"`, `"who"`), []string{"audit-fields"}, true},
		"events without a kind":    {replacing("/v1/audits", `"event":"update"`, `"event":"touch"`), []string{"audit-actions"}, false},
		"unknown item types":       {replacing("/v1/audits", `"item_type":"Group"`, `"item_type":"Gang"`), []string{"audit-item-types"}, false},
		"no order of events":       {query("/v1/audits", "sort", ""), []string{"audit-order"}, true},
		"no span of events":        {query("/v1/audits", "filter[created_at][lt]", ""), []string{"audit-span"}, true},
		"no filter by item type":   {query("/v1/audits", "filter[item_type]", ""), []string{"audit-filter"}, true},
		"users without emails":     {replacing("/v1/users", `"email":`, `"mail":`), []string{"users"}, false},
		"shifts without a user": {func(o *sandbox.Options) {
			o.Faults.Hook = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/v1/shifts" {
					return false
				}
				_, err := io.WriteString(w, shifts)
				return err == nil
			}
		}, []string{"shifts"}, true},
	}
	named := append([]string{"rate-limit"}, always...) // a limit that is not announced is not tested
	for _, c := range cases {
		named = append(named, c.want...)
	}
	for _, a := range assumptions() {
		if !slices.Contains(named, a.id) {
			t.Errorf("no case breaks %s", a.id)
		}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report, different, err := test(t, newServer(c.breaks))
			different = slices.DeleteFunc(different, func(id string) bool { return slices.Contains(always, id) })
			if !slices.Equal(different, c.want) {
				t.Errorf("named: %v, want %v\n%s", different, c.want, report)
			}
			if fails := exit.Code(err) == exit.Differs; fails != c.fails {
				t.Errorf("exit code %d", exit.Code(err))
			}
		})
	}
}

// team makes the key that of one team.
func team(o *sandbox.Options) {
	for _, object := range o.Objects {
		if object.API == "groups" {
			o.Faults.Team = object.ID
			return
		}
	}
}

// unrecorded answers every question for item types with an event of the one that is asked for.
func unrecorded(o *sandbox.Options) {
	o.Faults.Hook = func(w http.ResponseWriter, r *http.Request) bool {
		kind := r.URL.Query().Get("filter[item_type]")
		if !strings.HasPrefix(kind, "ScheduleRotation") {
			return false
		}
		_, err := io.WriteString(w, `{"data":[{"id":"1","type":"audits","attributes":{"item_type":"`+kind+`"}}]}`)
		return err == nil
	}
}

func TestReportSaysNothingAboutTheOrganisation(t *testing.T) {
	t.Parallel()
	server := newServer(func(o *sandbox.Options) {
		o.Includes, o.Forbidden = sandbox.IncludesPartly, []string{"heartbeats"}
		o.Faults = sandbox.Faults{EmptyLists: []string{"groups"}, PageCap: 7, Hosted: sandbox.Hosted{CountsAll: true, Pacific: true, Terse404: true, DeepestPage: 80}}
	})
	report, _, _ := test(t, server)
	if found := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}|@`).FindString(report); found != "" {
		t.Errorf("the report has an id or an address: %s", found)
	}
	names := map[string]bool{}
	for _, o := range server.Snapshot() {
		var body struct {
			Attributes struct{ Name, Slug string }
		}
		if json.Unmarshal(o.Body, &body) == nil && len(body.Attributes.Name) > 8 {
			names[body.Attributes.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if strings.Contains(report, name) {
			t.Errorf("the report has the name %q", name)
		}
	}
}
