package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

func TestPacific(t *testing.T) {
	t.Parallel()
	for utc, want := range map[string]string{
		"2025-04-02T20:38:10.4761Z": `"2025-04-02T13:38:10.476-07:00"`,
		"2026-01-30T19:51:50Z":      `"2026-01-30T11:51:50.000-08:00"`,
		"2026-03-08T09:59:59Z":      `"2026-03-08T01:59:59.000-08:00"`,
		"2026-03-08T10:00:00Z":      `"2026-03-08T03:00:00.000-07:00"`,
		"2026-11-01T08:59:59Z":      `"2026-11-01T01:59:59.000-07:00"`,
		"2026-11-01T09:00:00Z":      `"2026-11-01T01:00:00.000-08:00"`,
	} {
		at, err := time.Parse(time.RFC3339Nano, utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(sandbox.Pacific(nil, at)); got != want {
			t.Errorf("%s: %s, want %s", utc, got, want)
		}
	}
}

func TestWaysOfTheHostedAPI(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: services(5), Clock: func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) }})
	s.Record(sandbox.Event{Event: "update", ItemType: "Service", ItemID: "s001"})
	on := func(h sandbox.Hosted) { s.SetFaults(sandbox.Faults{Hosted: h}) }

	on(sandbox.Hosted{Terse404: true})
	if a := c.want(http.StatusNotFound, http.MethodGet, "/v1/services/none", ""); string(a.raw) != `{"errors":[{"title":"Not found or unauthorized","status":"404"}]}` {
		t.Errorf("404: %s", a.raw)
	}
	on(sandbox.Hosted{HiddenAudits: true})
	c.want(http.StatusNotFound, http.MethodGet, "/v1/audits", "")
	c.ok("/v1/services")

	on(sandbox.Hosted{MediaType: true})
	for media, want := range map[string]int{"application/json": 415, "application/vnd.api+json; charset=utf-8": 200, "": 415} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"/v1/services", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer t")
		r.Header.Set("Content-Type", media)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%q: %d, want %d", media, answer.StatusCode, want)
		}
	}

	on(sandbox.Hosted{BlankFilters: true})
	c.want(http.StatusInternalServerError, http.MethodGet, "/v1/services?filter[name]=", "")
	c.ok("/v1/services?filter[name]=Service%201")

	on(sandbox.Hosted{Pacific: true})
	if a := c.ok("/v1/audits"); !strings.Contains(string(a.raw), `"created_at":"2026-07-01T05:00:00.000-07:00"`) {
		t.Errorf("times: %s", a.raw)
	}
	on(sandbox.Hosted{CountsAll: true})
	if a := c.ok("/v1/services?filter[name]=Service%201"); a.Meta.TotalCount != 5 || a.Meta.TotalPages != 1 {
		t.Errorf("counts: %s", a.raw)
	}
	on(sandbox.Hosted{DeepestPage: 2})
	c.ok("/v1/services?page[number]=2&page[size]=1")
	c.want(http.StatusBadRequest, http.MethodGet, "/v1/services?page[number]=3&page[size]=1", "")
}

func TestTheKeyOfATeamSeesAPart(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("groups", "a", "", `{"name":"A"}`), object("groups", "b", "", `{"name":"B"}`),
		object("services", "ours", "", `{"name":"S","owner_group_ids":["a","b"]}`), object("services", "theirs", "", `{"name":"T","owner_group_ids":["b"]}`),
		object("services", "nobodys", "", `{"name":"U","owner_group_ids":[]}`),
	}})
	c.ok("/v1/incidents")
	s.SetFaults(sandbox.Faults{Hosted: sandbox.Hosted{Team: "a"}})
	if ids := c.ok("/v1/teams").ids(t); len(ids) != 1 || ids[0] != "a" {
		t.Errorf("teams %v", ids)
	}
	if ids := c.ok("/v1/services").ids(t); len(ids) != 2 || ids[0] != "ours" {
		t.Errorf("services %v", ids)
	}
	c.want(http.StatusNotFound, http.MethodGet, "/v1/services/theirs", "")
	c.want(http.StatusNotFound, http.MethodGet, "/v1/incidents", "")
}
