package sandbox_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

type auditEvent struct {
	ID            int                           `json:"id"`
	Event         string                        `json:"event"`
	ItemType      string                        `json:"item_type"`
	ItemDisplay   string                        `json:"item_type_display"`
	ItemID        string                        `json:"item_id"`
	Object        map[string]any                `json:"object"`
	ObjectChanges map[string][2]json.RawMessage `json:"object_changes"`
	UserID        *int                          `json:"user_id"`
	UserName      string                        `json:"user_name"`
	UserEmail     string                        `json:"user_email"`
	IPAddress     string                        `json:"ip_address"`
	UserAgent     string                        `json:"user_agent"`
	RequestID     string                        `json:"request_id"`
	SessionID     string                        `json:"session_id"`
	CreatedAt     string                        `json:"created_at"`
}

func (c *client) audits(query string) []auditEvent {
	c.t.Helper()
	all := []auditEvent{}
	for _, r := range c.ok("/v1/audits?page[size]=100" + query).list(c.t) {
		var e auditEvent
		if err := json.Unmarshal(encodeAttributes(c.t, r), &e); err != nil {
			c.t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func TestWritesLeaveAuditEvents(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{})
	s.SetActor(sandbox.Actor{ID: 7, Name: "Ada", Email: "ada@example.com", Source: "web", SessionID: "abc", UserAgent: "Browser"})
	w := c.create("/v1/workflows", "workflows", `{"name":"Old","enabled":true}`)
	c.update("/v1/workflows/"+w.ID, "workflows", `{"name":"New","enabled":true}`)
	c.update("/v1/workflows/"+w.ID, "workflows", `{"name":"New"}`)
	c.want(http.StatusOK, http.MethodDelete, "/v1/workflows/"+w.ID, "")

	events := c.audits("")
	if len(events) != 3 {
		t.Fatalf("%d events: %v", len(events), events)
	}
	destroy, update, create := events[0], events[1], events[2]
	for _, e := range events {
		if e.ItemType != "GeniusWorkflow" || e.ItemDisplay != "Workflow" || e.ItemID != w.ID || *e.UserID != 7 ||
			e.UserName != "Ada" || e.UserEmail != "ada@example.com" || e.SessionID != "abc" || e.UserAgent != "Browser" ||
			e.IPAddress != "127.0.0.1" || len(e.RequestID) != 36 || e.CreatedAt != "2026-03-01T12:00:00.000Z" {
			t.Errorf("event %+v", e)
		}
	}
	if create.Event != "create" || create.Object != nil || string(create.ObjectChanges["name"][0]) != "null" || string(create.ObjectChanges["name"][1]) != `"Old"` {
		t.Errorf("create: %+v", create)
	}
	if update.Event != "update" || update.Object["name"] != "Old" || len(update.ObjectChanges) != 1 ||
		string(update.ObjectChanges["name"][0]) != `"Old"` || string(update.ObjectChanges["name"][1]) != `"New"` {
		t.Errorf("update: %+v", update)
	}
	if destroy.Event != "destroy" || destroy.Object["name"] != "New" || string(destroy.ObjectChanges["name"][1]) != "null" {
		t.Errorf("destroy: %+v", destroy)
	}
	if destroy.ID <= update.ID || update.ID <= create.ID || create.RequestID == update.RequestID {
		t.Errorf("numbers: %+v", events)
	}
}

func TestChildrenThatGoWithTheirParentAreAuditedToo(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("catalogs", "c", "", `{"name":"C"}`), object("catalog_entities", "e", "c", `{"name":"E"}`)}})
	c.want(http.StatusOK, http.MethodDelete, "/v1/catalogs/c", "")
	var got []string
	for _, e := range c.audits("") {
		got = append(got, e.Event+" "+e.ItemType)
	}
	if !cmp.Equal(got, []string{"destroy Catalog", "destroy CatalogEntity"}) {
		t.Errorf("events: %v", got)
	}
}

// Rootly documents item types for some kinds only; changes of the others cannot be seen there.
func TestOnlyDocumentedTypesAreAudited(t *testing.T) {
	t.Parallel()
	made := everyType()
	_, c := start(t, sandbox.Options{Objects: values(made)})
	want := map[string]bool{}
	done := map[string]bool{"users": true, "retrospective_configurations": true}
	for _, ty := range catalogue.Types() {
		if ty.Audit != "" {
			want[ty.Audit] = true
		}
		if path := ty.Paths[0]; !done[ty.API] {
			done[ty.API] = true
			c.create(strings.ReplaceAll(path, "{parent}", made[ty.API].Parent), ty.API, whatMustBeGiven)
		}
	}
	got := map[string]bool{}
	for _, e := range c.audits("") {
		got[e.ItemType] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAuditFilters(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{})
	day := func(d int) time.Time { return time.Date(2026, 2, d, 0, 0, 0, 0, time.UTC) }
	record := func(d int, item, id string, a sandbox.Actor) {
		s.Record(sandbox.Event{Event: "update", ItemType: item, ItemID: id, Actor: a, At: day(d),
			Changes: json.RawMessage(`{"name":["a","b"]}`), Object: json.RawMessage(`{"name":"a"}`)})
	}
	record(1, "Service", "s1", sandbox.Actor{ID: 1, Source: "web"})
	record(2, "Service", "s2", sandbox.Actor{ID: 2, Source: "slack"})
	record(3, "Group", "g1", sandbox.Actor{ID: 1, Source: "api", APIKeyID: "key"})
	record(4, "GroupUser", "u1", sandbox.Actor{})
	for query, want := range map[string][]string{
		"":                                    {"u1", "g1", "s2", "s1"},
		"sort=created_at":                     {"s1", "s2", "g1", "u1"},
		"sort=-created_at":                    {"u1", "g1", "s2", "s1"},
		"filter[item_type]=Service":           {"s2", "s1"},
		"filter[item_type][eq]=Group":         {"g1"},
		"filter[item_type][in]=Group,Service": {"g1", "s2", "s1"},
		"filter[item_type][not_in]=Group,Service":      {"u1"},
		"filter[user_id]=1":                            {"g1", "s1"},
		"filter[user_id][not_eq]=1":                    {"u1", "s2"},
		"filter[source]=slack":                         {"s2"},
		"filter[source][in]=slack,web":                 {"s2", "s1"},
		"filter[api_key_id]=key":                       {"g1"},
		"filter[created_at][gte]=2026-02-03T00:00:00Z": {"u1", "g1"},
		"filter[created_at][gt]=2026-02-03T00:00:00Z&filter[created_at][lt]=2026-02-05T00:00:00Z": {"u1"},
		"filter[created_at][lte]=2026-02-02T00:00:00Z&filter[user_id]=1":                          {"s1"},
	} {
		got := []string{}
		for _, e := range c.audits("&" + query) {
			got = append(got, e.ItemID)
		}
		if !cmp.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	a := c.ok("/v1/audits?page[size]=3")
	if len(a.ids(t)) != 3 || a.Meta.TotalCount != 4 || a.Links.Next == nil {
		t.Errorf("pages: %s", a.raw)
	}
	if len(s.Snapshot()) != 0 {
		t.Error("events count as objects")
	}
}

// TestOrdersOfCreatedAt holds the prepared orders against sorting: a second key by which all events
// are equal asks for the latter.
func TestOrdersOfCreatedAt(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{})
	begin := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range 90 {
		s.Record(sandbox.Event{Event: "update", ItemType: []string{"Group", "Service", "Team"}[i%3], At: begin.Add(time.Duration(random.IntN(20)) * time.Second)})
	}
	for _, by := range []string{"sort=created_at", "sort=-created_at"} {
		for query, count := range map[string]int{
			"":                         90,
			"&filter[item_type]=Group": 30,
			"&filter[created_at][gte]=2026-02-01T00:00:05Z&filter[created_at][lt]=2026-02-01T00:00:05.001Z": -1,
			"&filter[created_at][gt]=2026-02-01T00:00:05Z&filter[created_at][lte]=2026-02-01T00:00:15Z":     -1,
			"&filter[created_at][gte]=2026-02-01T00:00:15Z&filter[created_at][lt]=2026-02-01T00:00:05Z":     0,
			"&filter[created_at][gte]=2026-02-01T00:00:15Z&filter[item_type][in]=Group,Service":             -1,
		} {
			got, want := c.audits("&"+by+query), c.audits("&"+by+",event"+query)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s%s: %s", by, query, diff)
			}
			if count >= 0 && len(got) != count || count < 0 && (len(got) == 0 || len(got) == 90) {
				t.Errorf("%s%s gives %d events", by, query, len(got))
			}
		}
	}
}
