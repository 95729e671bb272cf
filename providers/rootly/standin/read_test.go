package standin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

func TestReadNull(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/services/1": single("services",
		`{"name":null,"position":null,"notify_emails":null,"alert_broadcast_enabled":null,"slack_channels":null,"alert_broadcast_channel":null}`)})
	state := open(t, "rootly_service", standin.Options{URL: r.url, Token: "t"}).state()
	for name, want := range map[string]any{
		"name": "", "position": 0.0, "description": "", "alert_broadcast_enabled": false,
		"slack_channels":          []any{},
		"alert_broadcast_channel": []any{map[string]any{"id": "", "name": ""}},
	} {
		if diff := cmp.Diff(want, at(t, state, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if r.token != "Bearer t" {
		t.Errorf("token %q", r.token)
	}
}

// TestRead tells what of an object arrives in the state.
func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, resource, kind, attributes string
		path                             []any
		want                             any
	}{
		{
			name: "known keys are picked from lists", resource: "rootly_severity", kind: "severities",
			attributes: `{"slack_channels":[{"id":"C1","name":"a","is_private":true},"stray"]}`,
			path:       []any{"slack_channels"}, want: []any{map[string]any{"id": "C1", "name": "a"}},
		}, {
			name: "a wrong scalar loses the whole list", resource: "rootly_severity", kind: "severities",
			attributes: `{"slack_channels":[{"id":"C1","name":"a"},{"id":7,"name":"b"}]}`,
			path:       []any{"slack_channels"}, want: []any{},
		}, {
			name: "raw block is kept", resource: "rootly_workflow_task_print", kind: "workflow_tasks",
			attributes: `{"task_params":{"message":"m","task_type":"print"}}`,
			path:       []any{"task_params", 0, "message"}, want: "m",
		}, {
			name: "an unknown key loses the raw block", resource: "rootly_workflow_task_print", kind: "workflow_tasks",
			attributes: `{"task_params":{"message":"m","task_type":"print","colour":"red"}}`,
			path:       []any{"task_params"}, want: []any{},
		}, {
			name: "a number for a text loses the raw block", resource: "rootly_workflow_task_create_openai_chat_completion", kind: "workflow_tasks",
			attributes: `{"task_params":{"prompt":"p","temperature":0.5}}`,
			path:       []any{"task_params"}, want: []any{},
		}, {
			name: "a fraction is cut from an integer of a raw block", resource: "rootly_workflow_task_create_anthropic_chat_completion", kind: "workflow_tasks",
			attributes: `{"task_params":{"prompt":"p","max_tokens":7.9}}`,
			path:       []any{"task_params", 0, "max_tokens"}, want: 7.0,
		}, {
			name: "unknown keys are dropped at any depth of a panel", resource: "rootly_dashboard_panel", kind: "dashboard_panels",
			attributes: `{"params":{"display":"table","new":1,"datasets":[{"name":"n","new":2,"filter":[{"operation":"and","new":3}]}]}}`,
			path:       []any{"params", 0, "datasets", 0, "filter", 0, "operation"}, want: "and",
		}, {
			name: "an object for a text loses the panel", resource: "rootly_dashboard_panel", kind: "dashboard_panels",
			attributes: `{"params":{"display":"table","datasets":[{"name":"n","group_by":{"key":"k"}}]}}`,
			path:       []any{"params"}, want: []any{},
		}, {
			name: "nested rules of a route are raw", resource: "rootly_alert_route", kind: "alert_routes",
			attributes: `{"rules":[{"name":"r","enabled":true,"destinations":[{"target_id":"x","new":1}]}]}`,
			path:       []any{"rules"}, want: []any{},
		}, {
			name: "members are sorted by user", resource: "rootly_communications_group", kind: "communications_groups",
			attributes: `{"communication_group_members":[{"id":"b","user_id":9},{"id":"a","user_id":10},{"id":"c","user_id":2}]}`,
			path:       []any{"communication_group_members", 2, "id"}, want: "a",
		}, {
			name: "stages are unwrapped", resource: "rootly_communications_template", kind: "communications_templates",
			attributes: `{"communication_template_stages":[{"data":{"id":"s","attributes":{"email_body":"b","communication_stage":{"id":"st"}}}}]}`,
			path:       []any{"communication_template_stages", 0, "communication_stage_id"}, want: "st",
		}, {
			name: "payload conditions are wrapped", resource: "rootly_workflow_alert", kind: "workflows",
			attributes: `{"trigger_params":{"alert_payload_conditions":{"conditions":"[{\"query\":\"$.a\",\"operator\":\"IS\"}]"}}}`,
			path:       []any{"trigger_params", 0, "alert_payload_conditions", 0, "conditions", 0, "query"}, want: "$.a",
		}, {
			name: "alert fields of a workflow lose the trigger", resource: "rootly_workflow_alert", kind: "workflows",
			attributes: `{"trigger_params":{"alert_field_conditions":[{"alert_field_id":"f","values":["v"]}]}}`,
			path:       []any{"trigger_params"}, want: []any{},
		}, {
			name: "music is left alone when empty", resource: "rootly_live_call_router", kind: "live_call_routers",
			attributes: `{"waiting_music_url":null,"escalation_policy_trigger_params":{}}`,
			path:       []any{"waiting_music_url"}, want: nil,
		}, {
			name: "some attributes are never read", resource: "rootly_dashboard", kind: "dashboards",
			attributes: `{"name":"n","slug":"s"}`, path: []any{"slug"}, want: nil,
		}, {
			name: "business hours only when set", resource: "rootly_escalation_policy", kind: "escalation_policies",
			attributes: `{"business_hours":{}}`, path: []any{"business_hours"}, want: []any{},
		}, {
			name: "no group of a component is an empty text", resource: "rootly_status_page_component", kind: "status_page_components",
			attributes: `{"status_page_component_group_id":null}`, path: []any{"status_page_component_group_id"}, want: "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := serveRootly(t, map[string]string{getPath(t, c.resource): single(c.kind, c.attributes)})
			state := open(t, c.resource, standin.Options{URL: r.url}).state()
			if diff := cmp.Diff(c.want, at(t, state, c.path...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadFails has the answers that end the read of an object.
func TestReadFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ resource, doc, want string }{
		"number for a text":  {"rootly_severity", single("severities", `{"name":7}`), "attribute name"},
		"text for a number":  {"rootly_severity", single("severities", `{"position":"7"}`), "attribute position"},
		"text for a boolean": {"rootly_service", single("services", `{"alerts_email_enabled":1}`), "attribute alerts_email_enabled"},
		"object for a list":  {"rootly_severity", single("severities", `{"slack_channels":{}}`), "attribute slack_channels"},
		"list for an object": {"rootly_workflow_task_print", single("workflow_tasks", `{"task_params":[]}`), "attribute task_params"},
		"other type":         {"rootly_team", single("teams", `{}`), `type "teams", want "groups"`},
		"list for a panel":   {"rootly_dashboard_panel", single("dashboard_panels", `{"params":{"legend":[]}}`), "attribute params"},
		"object for a set":   {"rootly_escalation_policy", single("escalation_policies", `{"business_hours":{"days":{"a":1}}}`), "cannot take a value"},
		"no document":        {"rootly_severity", `<html>`, "decode answer"},
		"no data":            {"rootly_severity", `{"data":null}`, "no data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := serveRootly(t, map[string]string{getPath(t, c.resource): c.doc})
			_, text := open(t, c.resource, standin.Options{URL: r.url}).read()
			if !strings.Contains(text, c.want) {
				t.Errorf("error %q, want it to contain %q", text, c.want)
			}
		})
	}
}

func TestReadMissing(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, nil)
	state, text := open(t, "rootly_severity", standin.Options{URL: r.url}).read()
	if text != "" || !state.IsNull() {
		t.Errorf("state %v, errors %q: want an object that is gone", state, text)
	}
}

// TestReadTurnsNull reads an object again whose values were taken away.
func TestReadTurnsNull(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/services/1": single("services", `{"name":"n","alerts_email_enabled":true,"color":"#fff"}`)})
	s := open(t, "rootly_service", standin.Options{URL: r.url})
	state := s.state()
	r.answer("/v1/services/1", single("services", `{"name":"n","alerts_email_enabled":null,"color":null}`))
	after, text := s.refresh(dynamic(t, s.ty, state))
	if text != "" {
		t.Fatal(text)
	}
	if enabled, color := at(t, after, "alerts_email_enabled"), at(t, after, "color"); enabled != false || color != "" {
		t.Errorf("enabled %v, color %q; want false and nothing", enabled, color)
	}
}

func TestReadOnCallRoleOfUser(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/users/1": `{"data":{"id":"1","type":"users","attributes":{"email":"a@example.com"},
		"relationships":{"on_call_role":{"data":{"id":"role","type":"on_call_roles"}},"role":{"data":null}}}}`})
	state := open(t, "rootly_user_on_call_role", standin.Options{URL: r.url}).state()
	if got := at(t, state, "on_call_role_id"); got != "role" {
		t.Errorf("on_call_role_id is %v", got)
	}
}

// TestSabotage makes a provider that misreads one attribute.
func TestSabotage(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/severities/1": single("severities", `{"name":"n","color":"#fff"}`)})
	s := open(t, "rootly_severity", standin.Options{URL: r.url, Sabotage: func(resource, id string, attributes map[string]any) error {
		if resource == "rootly_severity" && id == "1" {
			attributes["color"] = "#000"
		}
		return nil
	}})
	if got := at(t, s.state(), "color"); got != "#000" {
		t.Errorf("color is %v", got)
	}
}

// TestReadBelowParent has the one type whose path holds its parent, which an import does not know.
func TestReadBelowParent(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/edge_connectors/c/actions/a": `{"data":{"id":"a","type":"edge_connector-actions","attributes":{"name":"n"}}}`})
	s := open(t, "rootly_edge_connector_action", standin.Options{URL: r.url})
	for id, found := range map[string]bool{"a": false, "../c/actions/a": true} {
		state, text := s.refresh(dynamic(t, s.ty, fill(t, s.ty, object{"id": id})))
		if text != "" || state.IsNull() == found {
			t.Errorf("id %s: found %v, errors %q", id, !state.IsNull(), text)
		}
	}
	state, _ := s.refresh(dynamic(t, s.ty, fill(t, s.ty, object{"id": "a", "edge_connector_id": "c"})))
	if state.IsNull() || at(t, state, "edge_connector_id") != "c" {
		t.Errorf("state %v", state)
	}
}

// TestReadWaits holds that an answer of 429 or 503 is asked for again.
func TestReadWaits(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch asked.Add(1) {
		case 1:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = io.WriteString(w, single("causes", `{"name":"n"}`))
		}
	}))
	t.Cleanup(busy.Close)
	if state := open(t, "rootly_cause", standin.Options{URL: busy.URL}).state(); at(t, state, "name") != "n" || asked.Load() != 3 {
		t.Errorf("%d requests, state %v", asked.Load(), state)
	}
}
