package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// write makes the body of a create or update.
func write(api, attrs string) string {
	return fmt.Sprintf(`{"data":{"type":%q,"attributes":%s}}`, api, attrs)
}

func (c *client) create(path, api, attrs string) resource {
	c.t.Helper()
	return c.want(http.StatusCreated, http.MethodPost, path, write(api, attrs)).one(c.t)
}

func (c *client) update(path, api, attrs string) resource {
	c.t.Helper()
	return c.want(http.StatusOK, http.MethodPut, path, write(api, attrs)).one(c.t)
}

// whatMustBeGiven are values for all that some type requires.
const whatMustBeGiven = `{"name":"N","title":"T","label":"L","value":"V","task":"K","color":"#FCF2CF","command":"c",
	"url":"https://example.com","body":"b","form":"web_new_incident_form","starts_at":"2026-01-01T00:00:00Z",
	"ends_at":"2026-01-02T00:00:00Z","alert_summary":"s","assigned_at":"2026-01-01T00:00:00Z","expires_at":"",
	"country_code":"US","phone_number":"+1","phone_type":"local","voicemail_greeting":"hi","copy_from":"starter_template","secret":"s",
	"assignment_deadline_parent_status":"started","completion_deadline_parent_status":"closed"}`

func TestEveryTypeCanBeCreatedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	made := everyType()
	_, c := start(t, sandbox.Options{Objects: values(made)})
	done := map[string]bool{"users": true} // no documented create
	for _, ty := range catalogue.Types() {
		if done[ty.API] {
			continue
		}
		done[ty.API] = true
		path := strings.ReplaceAll(ty.Paths[len(ty.Paths)-1], "{parent}", made[ty.API].Parent)
		before := len(c.ok(path + "?page[size]=100&per_page=100").ids(t))
		r := c.create(path, ty.API, whatMustBeGiven)
		if after := len(c.ok(path + "?page[size]=100&per_page=100").ids(t)); after != before+1 {
			t.Errorf("%s: %d then %d listed", ty.Name, before, after)
		}
		if own := ty.ParentAttr; own != "" && made[ty.API].Parent != "" && string(r.Attributes[own]) != fmt.Sprintf("%q", made[ty.API].Parent) {
			t.Errorf("%s: %s is %s", ty.Name, own, r.Attributes[own])
		}
		single := strings.NewReplacer("{id}", r.ID, "{parent}", made[ty.API].Parent).Replace(ty.Get)
		if got := c.ok(single).one(t); !cmp.Equal(got, r) {
			t.Errorf("%s: created %v, then served %v", ty.Name, r, got)
		}
		c.update(single, ty.API, `{}`)
		if ty.API == "retrospective_configurations" {
			c.want(http.StatusMethodNotAllowed, http.MethodDelete, single, "")
			continue
		}
		c.want(http.StatusOK, http.MethodDelete, single, "")
		c.want(http.StatusNotFound, http.MethodGet, single, "")
	}
}

func TestCreatedObjects(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{})
	r := c.create("/v1/services", "services", `{"name":"Über Café ☕","color":"#123456","id":"mine","slug":"mine","created_at":"1999","managed_by":"x","nonsense":1}`)
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(r.ID) {
		t.Errorf("id %s", r.ID)
	}
	for name, want := range map[string]string{
		"name": `"Über Café ☕"`, "color": `"#123456"`, "slug": `"uber-cafe"`, "managed_by": "null",
		"description": "null", "service_ids": "[]", "position": "1",
		"created_at": `"2026-03-01T12:00:00.000Z"`, "updated_at": `"2026-03-01T12:00:00.000Z"`,
	} {
		if got := string(r.Attributes[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if _, ok := r.Attributes["nonsense"]; ok {
		t.Error("an unknown attribute is kept")
	}
	second := c.create("/v1/services", "services", `{"name":"Über Café ☕"}`)
	if got := string(second.Attributes["slug"]); got != `"uber-cafe-`+second.ID[:8]+`"` {
		t.Errorf("slug of the namesake: %s", got)
	}
	if got := string(second.Attributes["position"]); got != "2" {
		t.Errorf("position of the second: %s", got)
	}
}

func TestIdsAreTheSameEachTimeAndDifferBySeed(t *testing.T) {
	t.Parallel()
	id := func(seed uint64) string {
		_, c := start(t, sandbox.Options{Seed: seed})
		return c.create("/v1/causes", "causes", `{"name":"x"}`).ID
	}
	if a, b, other := id(1), id(1), id(2); a != b || a == other {
		t.Errorf("ids %s %s %s", a, b, other)
	}
	_, c := start(t, sandbox.Options{})
	if got := c.create("/v1/custom_fields", "custom_fields", `{"label":"x"}`).ID; got != "500001" {
		t.Errorf("custom fields have numbers: %s", got)
	}
}

func TestUpdatesChangeWhatIsGiven(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	_, c := start(t, sandbox.Options{
		Clock:   func() time.Time { return now },
		Objects: []sandbox.Object{object("services", "s", "", `{"name":"A","color":"#fff","slug":"a","updated_at":"then","extra":1.10}`)},
	})
	got := c.update("/v1/services/s", "services", `{"color":null,"slug":"mine"}`).Attributes
	want := map[string]json.RawMessage{
		"name": []byte(`"A"`), "color": []byte(`null`), "slug": []byte(`"a"`),
		"updated_at": []byte(`"2026-03-01T00:00:00.000Z"`), "extra": []byte(`1.10`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	now = now.Add(time.Hour)
	if again := c.update("/v1/services/s", "services", `{"name":"A"}`).Attributes; !cmp.Equal(again, got) {
		t.Errorf("an update that changes nothing: %v", again)
	}
}

func TestInvalidWrites(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: append(services(1),
		object("roles", "owner", "", `{"is_deletable":false}`),
		object("form_fields", "built-in", "", `{"kind":"severity"}`),
		object("retrospective_processes", "standard", "", `{"is_default":true}`))})
	for _, test := range []struct {
		method, path, body string
		status             int
		detail             string
	}{
		{"POST", "/v1/services", `{"data":{"type":"services","attributes":{}}}`, 422, "name can't be blank"},
		{"POST", "/v1/services", `{"data":{"type":"services","attributes":{"name":" "}}}`, 422, "name can't be blank"},
		{"PUT", "/v1/services/s000", `{"data":{"type":"services","attributes":{"name":null}}}`, 422, "name can't be blank"},
		{"POST", "/v1/services", `{"data":{"type":"teams","attributes":{"name":"x"}}}`, 422, `data.type is "teams", not "services"`},
		{"POST", "/v1/services", `{}`, 422, "data is missing"},
		{"POST", "/v1/services", `{`, 400, "the body is no JSON:API document: unexpected end of JSON input"},
		{"POST", "/v1/services", `{"data":{"type":"services","attributes":{"name":["x"]}}}`, 422, "name must be a string"},
		{"POST", "/v1/severities", `{"data":{"type":"severities","attributes":{"name":"x","severity":"awful"}}}`, 422, `severity "awful" is not one of critical, high, medium, low`},
		{"POST", "/v1/workflows/none/workflow_tasks", `{"data":{"type":"workflow_tasks","attributes":{}}}`, 404, `workflows "none" was not found`},
		{"PUT", "/v1/services/none", `{"data":{"type":"services","attributes":{}}}`, 404, `services "none" was not found`},
		{"DELETE", "/v1/services/none", ``, 404, `services "none" was not found`},
		{"POST", "/v1/audits", `{}`, 405, "/v1/audits is read-only here"},
		{"POST", "/v1/services/s000", `{}`, 405, "the sandbox does not know POST /v1/services/s000"},
		{"DELETE", "/v1/services", ``, 405, "the sandbox does not know DELETE /v1/services"},
		{"POST", "/v1/users", `{}`, 405, "the sandbox does not know POST /v1/users"},
		{"DELETE", "/v1/roles/owner", ``, 422, "Built-in roles cannot be deleted"},
		{"DELETE", "/v1/form_fields/built-in", ``, 422, "Built-in form fields cannot be deleted"},
		{"DELETE", "/v1/retrospective_processes/standard", ``, 422, "The default retrospective process cannot be deleted"},
		{"POST", "/v1/xyz", `{}`, 404, "the sandbox does not know POST /v1/xyz"},
	} {
		a := c.want(test.status, test.method, test.path, test.body)
		if len(a.Errors) != 1 || a.Errors[0].Detail != test.detail {
			t.Errorf("%s %s: %s", test.method, test.path, a.raw)
		}
	}
}

func TestChildrenGoWithTheirParents(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("schedules", "s", "", `{}`), object("schedule_rotations", "r", "s", `{}`),
		object("schedule_rotation_members", "m", "r", `{}`), object("schedules", "other", "", `{}`),
	}})
	c.want(http.StatusOK, http.MethodDelete, "/v1/schedules/s", "")
	left := s.Snapshot()
	if len(left) != 1 || left[0].ID != "other" {
		t.Errorf("left: %v", left)
	}
}

func TestReadOnlyServersTakeNoWrites(t *testing.T) {
	t.Parallel()
	s, c := start(t, sandbox.Options{Objects: services(1), ReadOnly: true})
	before := s.Snapshot()
	c.want(http.StatusMethodNotAllowed, http.MethodPost, "/v1/services", write("services", `{"name":"x"}`))
	c.want(http.StatusMethodNotAllowed, http.MethodPut, "/v1/services/s000", write("services", `{"name":"x"}`))
	c.want(http.StatusMethodNotAllowed, http.MethodDelete, "/v1/services/s000", "")
	if diff := cmp.Diff(before, s.Snapshot()); diff != "" {
		t.Error(diff)
	}
}

// A replay may hold tasks whose workflow was not selected.
func TestReadOnlyServersListChildrenOfUnknownParents(t *testing.T) {
	t.Parallel()
	objects := []sandbox.Object{object("workflow_tasks", "k", "w", `{"name":"x"}`)}
	_, replay := start(t, sandbox.Options{Objects: objects, ReadOnly: true})
	if got := replay.ok("/v1/workflows/w/workflow_tasks").ids(t); !cmp.Equal(got, []string{"k"}) {
		t.Errorf("tasks: %v", got)
	}
	replay.want(http.StatusNotFound, http.MethodGet, "/v1/workflows/other/workflow_tasks", "")
	_, full := start(t, sandbox.Options{Objects: objects})
	full.want(http.StatusNotFound, http.MethodGet, "/v1/workflows/w/workflow_tasks", "")
}

func TestParentsAreReadFromTheObjectWhereNotGiven(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("playbooks", "p", "", `{}`), object("playbook_tasks", "k", "", `{"playbook_id":"p"}`)}})
	if got := c.ok("/v1/playbooks/p/playbook_tasks").ids(t); !cmp.Equal(got, []string{"k"}) {
		t.Errorf("tasks: %v", got)
	}
}

// The provider names its request and asks until the rules are made.
func TestRulesOfAlertRoutesAreMadeInTheBackground(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{})
	r := c.create("/v1/alert_routes", "alert_routes", `{"name":"N","rules":[{"name":"R"}],"request_id":"first"}`)
	if _, served := r.Attributes["request_id"]; served {
		t.Error("request_id is served")
	}
	status := "/v1/alert_routes/" + r.ID + "/async_rule_creation_status/"
	if got := strings.TrimSpace(string(c.ok(status + "first").raw)); got != `{"status":"success"}` {
		t.Errorf("answer %s", got)
	}
	c.want(http.StatusNotFound, http.MethodGet, status+"second", "")
	c.update("/v1/alert_routes/"+r.ID, "alert_routes", `{"rules":[],"request_id":"second"}`)
	c.ok(status + "second")
	c.want(http.StatusNotFound, http.MethodGet, "/v1/alert_routes/other/async_rule_creation_status/first", "")
}
