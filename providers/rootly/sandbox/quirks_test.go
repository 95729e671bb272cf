package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

func TestEdgeActionsAreWrittenOneWayAndReadAnother(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{object("edge_connectors", "e", "", `{}`)}})
	const inner = `{"name":"A","action_type":"script","metadata":{"timeout":30,"icon":"bolt","description":"d","parameters":[{"name":"p","type":"string"}]}}`
	for _, body := range []string{
		write("edge_connector-actions", inner), write("edge_connector_actions", inner), `{"action":` + inner + `}`,
	} {
		r := c.want(http.StatusCreated, http.MethodPost, "/v1/edge_connectors/e/actions", body).one(t)
		if string(r.Attributes["timeout"]) != "30" || string(r.Attributes["icon"]) != `"bolt"` ||
			string(r.Attributes["parameters"]) != `[{"name":"p","type":"string"}]` {
			t.Errorf("%s: read as %s", body, r.Attributes)
		}
		if _, ok := r.Attributes["metadata"]; ok {
			t.Error("metadata is served")
		}
	}
}

func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{})
	for api, path := range map[string]string{"secrets": "/v1/secrets", "status_pages": "/v1/status-pages"} {
		a := c.want(http.StatusCreated, http.MethodPost, path, write(api, `{"name":"n","title":"t","secret":"hush","authentication_password":"hush","saml_idp_cert":"hush"}`))
		if strings.Contains(string(a.raw), "hush") || !strings.Contains(string(a.raw), "[REDACTED]") {
			t.Errorf("%s: %s", api, a.raw)
		}
	}
}

func TestRootlyMakesSecretsOfItsOwn(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{})
	for path, api := range map[string]string{
		"/v1/heartbeats": "heartbeats", "/v1/alert_sources": "alert_sources", "/v1/webhooks/endpoints": "webhooks_endpoints",
	} {
		given := `{"name":"n","alert_summary":"s","url":"https://example.com","secret":"mine"}`
		a := c.create(path, api, given)
		b := c.create(path, api, given)
		if len(a.Attributes["secret"]) < 20 || string(a.Attributes["secret"]) == string(b.Attributes["secret"]) {
			t.Errorf("%s: %s and %s", api, a.Attributes["secret"], b.Attributes["secret"])
		}
	}
}

func TestWhatIsWrittenButNeverRead(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{})
	r := c.create("/v1/retrospective_processes", "retrospective_processes", `{"name":"n","copy_from":"starter_template"}`)
	if _, ok := r.Attributes["copy_from"]; ok {
		t.Error("copy_from is served")
	}
}

func TestRetrospectiveConfigurationsAreAdopted(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{object("retrospective_configurations", "k", "", `{"kind":"skip","severity_ids":[]}`)}})
	r := c.create("/v1/retrospective_configurations", "retrospective_configurations", `{"kind":"skip","severity_ids":["v"]}`)
	if r.ID != "k" || string(r.Attributes["severity_ids"]) != `["v"]` {
		t.Errorf("adopted: %v", r)
	}
	if got := c.ok("/v1/retrospective_configurations").ids(t); !cmp.Equal(got, []string{"k"}) {
		t.Errorf("all: %v", got)
	}
}

func TestRotationMembersBecomeObjects(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{object("schedules", "s", "", `{}`)}})
	r := c.create("/v1/schedules/s/schedule_rotations", "schedule_rotations",
		`{"name":"R","schedule_rotation_members":[{"member_type":"User","member_id":7,"position":1},{"member_type":"User","member_id":"8","position":2}]}`)
	if _, ok := r.Attributes["schedule_rotation_members"]; ok {
		t.Error("members are served as an attribute")
	}
	members := func() map[string]string {
		a := c.ok("/v1/schedule_rotations/" + r.ID + "?include=schedule_rotation_members")
		all := make(map[string]string)
		for _, m := range a.Included {
			all[string(m.Attributes["member_id"])+" at "+string(m.Attributes["position"])] = m.ID
		}
		return all
	}
	first := members()
	if len(first) != 2 || first[`"7" at 1`] == "" || first[`"8" at 2`] == "" {
		t.Fatalf("members: %v", first)
	}
	c.update("/v1/schedule_rotations/"+r.ID, "schedule_rotations", `{"name":"S"}`)
	if got := members(); !cmp.Equal(got, first) {
		t.Errorf("after an update without members: %v", got)
	}
	c.update("/v1/schedule_rotations/"+r.ID, "schedule_rotations",
		`{"schedule_rotation_members":[{"member_type":"User","member_id":"8","position":1}]}`)
	if got := members(); !cmp.Equal(got, map[string]string{`"8" at 1`: first[`"8" at 2`]}) {
		t.Errorf("after one left: %v, before %v", got, first)
	}
}

func TestLevelsMadeUnderAPathBelongToItsPolicy(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("escalation_policies", "pol", "", `{}`), object("escalation_paths", "path", "pol", `{}`)}})
	r := c.create("/v1/escalation_paths/path/escalation_levels", "escalation_levels", `{"position":1,"notification_target_params":[]}`)
	if string(r.Attributes["escalation_policy_path_id"]) != `"path"` || string(r.Attributes["escalation_policy_id"]) != `"pol"` {
		t.Errorf("level: %s", r.Attributes)
	}
	for _, path := range []string{"/v1/escalation_policies/pol/escalation_levels", "/v1/escalation_paths/path/escalation_levels"} {
		if got := c.ok(path).ids(t); !cmp.Equal(got, []string{r.ID}) {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestNativePropertiesAreCreatedAtTheirCatalog(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{object("catalogs", "cat", "", `{}`)}})
	native := c.create("/v1/teams/properties", "catalog_properties", `{"name":"n","kind":"text"}`)
	own := c.create("/v1/catalogs/cat/properties", "catalog_properties", `{"name":"n","kind":"text","catalog_type":"catalog"}`)
	if string(native.Attributes["catalog_type"]) != `"team"` || string(native.Attributes["catalog_id"]) != "null" ||
		string(own.Attributes["catalog_id"]) != `"cat"` {
		t.Errorf("native %s, own %s", native.Attributes, own.Attributes)
	}
	if got := c.ok("/v1/teams/properties").ids(t); !cmp.Equal(got, []string{native.ID}) {
		t.Errorf("teams: %v", got)
	}
}

func TestTemplateStagesAreReadAsObjects(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("communications_types", "ct", "", `{"name":"Type"}`), object("communications_stages", "cs", "", `{"name":"Stage"}`)}})
	var r resource
	for _, written := range []string{
		`"communication_template_stages_attributes":[{"communication_stage_id":"cs","sms_content":"hi"}]`,
		`"communication_template_stages":[{"communication_stage_id":"cs","sms_content":"hi"}]`,
		`"communication_template_stages":[{"data":{"attributes":{"communication_stage":{"id":"cs"},"sms_content":"hi"}}}]`,
	} {
		r = c.create("/v1/communications/templates", "communications_templates", `{"name":"n","communication_type_id":"ct",`+written+`}`)
		got := string(r.Attributes["communication_template_stages"])
		for _, want := range []string{`"communication_stage":{"id":"cs","name":"Stage"}`, `"sms_content":"hi"`, `"type":"communications_template_stages"`} {
			if !strings.Contains(got, want) {
				t.Errorf("written as %s, the stages lack %s: %s", written, want, got)
			}
		}
	}
	if got := string(r.Attributes["communication_type"]); got != `{"id":"ct","name":"Type"}` {
		t.Errorf("type: %s", got)
	}
}

func TestMarkdownTemplatesComeBackAsHTML(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{})
	for given, want := range map[string]string{
		`{"name":"n","format":"markdown","content":"a & b\n\nc"}`: `"<p>a &amp; b</p>\n<p>c</p>"`,
		`{"name":"n","format":"markdown","content":"<h1>x</h1>"}`: `"<h1>x</h1>"`,
		`{"name":"n","content":"a & b"}`:                          `"a & b"`,
	} {
		if got := string(c.create("/v1/post_mortem_templates", "post_mortem_templates", given).Attributes["content"]); got != want {
			t.Errorf("%s: %s", given, got)
		}
	}
}

func TestUsersKeepTheirRolesAsRelationships(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{
		object("users", "7", "", `{"email":"a@example.com"}`), object("on_call_roles", "o", "", `{}`)}})
	r := c.update("/v1/users/7", "users", `{"on_call_role_id":"o"}`)
	if _, ok := r.Attributes["on_call_role_id"]; ok || string(r.Relationships["on_call_role"].Data) != `{"id":"o","type":"on_call_roles"}` {
		t.Errorf("user: %v", r)
	}
	if got := included(c.ok("/v1/users/7?include=on_call_role")); !cmp.Equal(got, []string{"on_call_roles o"}) {
		t.Errorf("included: %v", got)
	}
}

func TestNumbersOfParentsStayNumbers(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{object("custom_fields", "12", "", `{}`)}})
	r := c.create("/v1/custom_fields/12/options", "custom_field_options", `{"value":"v"}`)
	if got := string(r.Attributes["custom_field_id"]); got != "12" {
		t.Errorf("custom_field_id is %s", got)
	}
}

func TestIdsAreRepeatedWhereDocumented(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{})
	r := c.create("/v1/alert_urgencies", "alert_urgencies", `{"name":"n","description":""}`)
	if got := string(r.Attributes["id"]); got != `"`+r.ID+`"` {
		t.Errorf("attribute id is %s of %s", got, r.ID)
	}
}

func TestPositionsThatAreNoNumbersAreLeftAlone(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: []sandbox.Object{object("dashboards", "d", "", `{}`)}})
	r := c.create("/v1/dashboards/d/panels", "dashboard_panels", `{"params":{}}`)
	if got := string(r.Attributes["position"]); got != "null" {
		t.Errorf("position is %s", got)
	}
}

func TestNestedIdsAreMadeByRootly(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{})
	r := c.create("/v1/slas", "slas", `{"name":"n","assignment_deadline_parent_status":"started","completion_deadline_parent_status":"closed","conditions":[{"operator":"is","n":1.50},{"id":"kept"}]}`)
	got := string(r.Attributes["conditions"])
	if strings.Count(got, `"id":`) != 2 || !strings.Contains(got, `"id":"kept"`) || !strings.Contains(got, `"n":1.50`) {
		t.Errorf("conditions: %s", got)
	}
}
