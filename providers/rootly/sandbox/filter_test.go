package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("users", "1", "", `{"email":"ada@example.com","full_name":"Ada"}`),
		object("users", "2", "", `{"email":"bo@example.com","full_name":"Bo"}`),
		object("services", "a", "", `{"name":"API","slug":"api","created_at":"2026-01-01T00:00:00.000Z","alert_broadcast_enabled":true}`),
		object("services", "b", "", `{"name":"Web","slug":"web","created_at":"2026-02-01T02:00:00.000+02:00","alert_broadcast_enabled":false}`),
		object("services", "c", "", `{"name":"Web","slug":"web-2","created_at":"2026-03-01T00:00:00.000Z"}`),
		object("retrospective_configurations", "k1", "", `{"kind":"skip"}`),
		object("retrospective_configurations", "k2", "", `{"kind":"mandatory"}`),
		object("alert_sources", "as1", "", `{"source_type":"email","status":"connected"}`),
		object("alert_sources", "as2", "", `{"source_type":"datadog","status":"connected"}`),
		object("statuses", "st1", "", `{"name":"Started","slug":"started"}`),
	}})
	for path, want := range map[string][]string{
		"/v1/users?filter[email]=bo@example.com":                           {"2"},
		"/v1/users?filter[email]=nobody@example.com":                       {},
		"/v1/users?filter[search]=ADA":                                     {"1"},
		"/v1/services?filter[name]=Web":                                    {"b", "c"},
		"/v1/services?filter[slug]=api":                                    {"a"},
		"/v1/services?filter[slug]=web&filter[name]=API":                   {},
		"/v1/services?filter[name][eq]=API":                                {"a"},
		"/v1/services?filter[name][not_eq]=API":                            {"b", "c"},
		"/v1/services?filter[slug][in]=api,web-2":                          {"a", "c"},
		"/v1/services?filter[slug][not_in]=api,web-2":                      {"b"},
		"/v1/services?filter[created_at][gte]=2026-02-01T00:00:00Z":        {"b", "c"},
		"/v1/services?filter[created_at][gt]=2026-02-01T00:00:00Z":         {"c"},
		"/v1/services?filter[created_at][lt]=2026-02-01":                   {"a"},
		"/v1/services?filter[created_at][lte]=2026-02-01&filter[name]=Web": {"b"},
		"/v1/services?filter[alert_broadcast_enabled]=true":                {"a"},
		"/v1/services?filter[nonsense]=x":                                  {"a", "b", "c"},
		"/v1/services?sort=-created_at":                                    {"c", "b", "a"},
		"/v1/services?sort=-name,slug":                                     {"b", "c", "a"},
		"/v1/services?filter[name]=Web&page[size]=1&page[number]=2":        {"c"},
		"/v1/retrospective_configurations?filter[kind]=mandatory":          {"k2"},
		"/v1/alert_sources?filter[source_types]=email,generic":             {"as1"},
		"/v1/alert_sources?filter[statuses]=connected":                     {"as1", "as2"},
		"/v1/statuses?filter[slug]=started":                                {"st1"},
	} {
		if got := c.ok(path).ids(t); !cmp.Equal(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func TestFiltersSeeWrites(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: services(3)})
	find := func(name string) []string { return c.ok("/v1/services?filter[name]=" + name).ids(t) }
	if got := find("Service%201"); !cmp.Equal(got, []string{"s001"}) {
		t.Fatalf("before: %v", got)
	}
	c.want(http.StatusOK, http.MethodPut, "/v1/services/s001", `{"data":{"type":"services","attributes":{"name":"Other"}}}`)
	c.want(http.StatusOK, http.MethodDelete, "/v1/services/s002", "")
	c.want(http.StatusCreated, http.MethodPost, "/v1/services", `{"data":{"type":"services","attributes":{"name":"Other"}}}`)
	if got := find("Service%201"); len(got) != 0 {
		t.Errorf("old name: %v", got)
	}
	if got := find("Service%202"); len(got) != 0 {
		t.Errorf("deleted: %v", got)
	}
	if got := find("Other"); len(got) != 2 || got[0] != "s001" {
		t.Errorf("new name: %v", got)
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("users", "1", "", `{}`), object("users", "2", "", `{}`)}})
	for id, actor := range map[string]sandbox.Actor{"1": {}, "2": {ID: 2}} {
		s.SetActor(actor)
		if got := c.ok("/v1/users/me").one(t).ID; got != id {
			t.Errorf("me is %s, want %s", got, fmt.Sprint(id))
		}
	}
}
