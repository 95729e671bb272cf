package standin_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// TestCreate holds where objects are created and what is sent.
func TestCreate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, resource, kind string
		config               object
		request              string // method and path
		sent                 string // attributes
	}{
		{
			name: "what is set, with defaults", resource: "rootly_severity", kind: "severities",
			config: object{"name": "n", "notify_emails": list{"a"}}, request: "POST /v1/severities",
			sent: `{"name":"n","notify_emails":["a"],"severity":"critical"}`,
		}, {
			name: "no empty texts", resource: "rootly_severity", kind: "severities",
			config: object{"name": "n", "description": "", "position": 0}, request: "POST /v1/severities",
			sent: `{"name":"n","severity":"critical"}`,
		}, {
			name: "below its parent", resource: "rootly_form_field_option", kind: "form_field_options",
			config: object{"form_field_id": "f/1", "value": "v"}, request: "POST /v1/form_fields/f%2F1/options",
			sent: `{"form_field_id":"f/1","value":"v"}`,
		}, {
			name: "an object for one block", resource: "rootly_retrospective_process", kind: "retrospective_processes",
			config:  object{"name": "n", "retrospective_process_matching_criteria": list{object{"severity_ids": list{"s"}}}},
			request: "POST /v1/retrospective_processes",
			sent:    `{"copy_from":"starter_template","name":"n","retrospective_process_matching_criteria":{"group_ids":[],"incident_type_ids":[],"severity_ids":["s"]}}`,
		}, {
			name: "parameters of an action", resource: "rootly_edge_connector_action", kind: "edge_connector-actions",
			config: object{"edge_connector_id": "c", "name": "n", "parameters": list{object{"name": "p", "options": list{"o"}}}}, request: "POST /v1/edge_connectors/c/actions",
			sent: `{"action_type":"script","metadata":{"parameters":[{"name":"p","options":["o"],"required":false,"type":"string"}]},"name":"n"}`,
		}, {
			name: "panel", resource: "rootly_dashboard_panel", kind: "dashboard_panels",
			config: object{"dashboard_id": "d", "params": list{object{"display": "table", "datasets": list{object{"collection": "alerts", "filter": list{object{"operation": "and"}}}}}},
				"position": list{object{"x": 0.5, "y": 1, "w": 2, "h": 3}}}, request: "POST /v1/dashboards/d/panels",
			sent: `{"dashboard_id":"d","params":{"datalabels":{},"datasets":[{"aggregate":{},"collection":"alerts","filter":[{"operation":"and","rules":[]}],"group_by":"","name":""}],
				"description":"","display":"table","legend":{},"table_fields":[]},"position":{"h":3,"w":2,"x":0.5,"y":1}}`,
		}, {
			name: "property of a kind of object", resource: "rootly_catalog_property", kind: "catalog_properties",
			config: object{"name": "n", "kind": "text", "catalog_type": "incident_type"}, request: "POST /v1/incident_types/properties",
			sent: `{"catalog_type":"incident_type","kind":"text","name":"n"}`,
		}, {
			name: "condition without names", resource: "rootly_communications_group", kind: "communications_groups",
			config: object{"name": "n", "communication_type_id": "t", "email_channel": true, "communication_group_conditions": list{object{
				"condition": "is_one_of", "property_type": "service", "properties": list{object{"id": "i", "name": "x"}}}}}, request: "POST /v1/communications/groups",
			sent: `{"name":"n","communication_type_id":"t","condition_type":"any","email_channel":true,"communication_group_conditions":[{"condition":"is_one_of","id":"","properties":[{"id":"i"}],"property_type":"service"}]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, path, _ := strings.Cut(c.request, " ")
			path = strings.ReplaceAll(path, "%2F", "/")
			get := strings.ReplaceAll(getPath(t, c.resource), "edge_connectors//", "edge_connectors/c/")
			r := serveRootly(t, map[string]string{path: single(c.kind, `{}`), get: single(c.kind, `{}`)})
			s := open(t, c.resource, standin.Options{URL: r.url})
			if text := s.validate(c.config); text != "" {
				t.Fatal(text)
			}
			if state := s.apply(s.none(), c.config); at(t, state, "id") != "1" {
				t.Errorf("id is %v", at(t, state, "id"))
			}
			checkSent(t, r, c.request, c.kind, c.sent)
		})
	}
}

// checkSent finds the one request with a method and compares it.
func checkSent(t *testing.T, r *rootly, request, kind, attributes string) {
	t.Helper()
	method, _, _ := strings.Cut(request, " ")
	for _, asked := range r.requests() {
		if !strings.HasPrefix(asked, method+" ") {
			continue
		}
		body, ok := strings.CutPrefix(asked, request+" ")
		if !ok {
			t.Fatalf("request %s, want %s", asked, request)
		}
		var got struct {
			Data struct {
				Type       string
				Attributes object
			}
		}
		var want object
		must(t, json.Unmarshal([]byte(body), &got))
		must(t, json.Unmarshal([]byte(attributes), &want))
		if diff := cmp.Diff(want, got.Data.Attributes); diff != "" || got.Data.Type != kind {
			t.Errorf("type %q, attributes (-want +got):\n%s", got.Data.Type, diff)
		}
		return
	}
	t.Fatalf("no %s request in %q", method, r.requests())
}

func TestUpdateSendsChanges(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/teams/1": single("groups", `{"name":"n","description":"d","color":"#fff","notify_emails":["a"]}`)})
	s := open(t, "rootly_team", standin.Options{URL: r.url})
	s.apply(s.state(), object{"name": "n", "color": "#000", "notify_emails": list{}})
	checkSent(t, r, "PUT /v1/teams/1", "groups", `{"color":"#000","notify_emails":[]}`)
}

// TestUpdateOfTask holds that a task is always sent whole.
func TestUpdateOfTask(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/workflow_tasks/1": single("workflow_tasks",
		`{"workflow_id":"w","name":"n","enabled":true,"task_params":{"message":"m","task_type":"print"}}`)})
	s := open(t, "rootly_workflow_task_print", standin.Options{URL: r.url})
	s.apply(s.state(), object{"workflow_id": "w", "name": "o", "task_params": list{object{"message": "m"}}})
	checkSent(t, r, "PUT /v1/workflow_tasks/1", "workflow_tasks",
		`{"workflow_id":"w","name":"o","enabled":true,"skip_on_failure":false,"task_params":{"message":"m","task_type":"print"}}`)
}

// TestAdopt has the two types whose objects exist before their resources.
func TestAdopt(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{
		"/v1/retrospective_configurations":   `{"data":[{"id":"1","type":"retrospective_configurations","attributes":{"kind":"skip","group_ids":["g"]}}]}`,
		"/v1/retrospective_configurations/1": single("retrospective_configurations", `{"kind":"skip"}`),
		"/v1/users/1":                        single("users", `{}`),
	})
	s := open(t, "rootly_retrospective_configuration", standin.Options{URL: r.url})
	s.apply(s.none(), object{"kind": "skip", "severity_ids": list{"s"}})
	checkSent(t, r, "PUT /v1/retrospective_configurations/1", "retrospective_configurations",
		`{"kind":"skip","group_ids":["g"],"severity_ids":["s"]}`)

	u := serveRootly(t, map[string]string{"/v1/users/1": single("users", `{}`)})
	s = open(t, "rootly_user_on_call_role", standin.Options{URL: u.url})
	s.apply(s.none(), object{"user_id": "1", "on_call_role_id": "r"})
	checkSent(t, u, "PUT /v1/users/1", "users", `{"on_call_role_id":"r"}`)
}
