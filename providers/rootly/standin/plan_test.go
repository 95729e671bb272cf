package standin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

type object = map[string]any
type list = []any

// TestPlan tells which configurations differ from what Rootly holds.
func TestPlan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, resource, kind, attributes string
		config                           object
		noop                             bool
		replace                          string // a path that forces a replacement
	}{
		{
			name: "what is computed may be left out", resource: "rootly_severity", kind: "severities",
			attributes: `{"name":"n","description":"d","position":3,"severity":"critical"}`,
			config:     object{"name": "n"}, noop: true,
		}, {
			name: "what is only optional may not", resource: "rootly_severity", kind: "severities",
			attributes: `{"name":"n","severity":"high"}`,
			config:     object{"name": "n"},
		}, {
			name: "a default that was left out changes an empty text", resource: "rootly_retrospective_process", kind: "retrospective_processes",
			attributes: `{"name":"n","retrospective_process_matching_criteria":{"severity_ids":["s"]}}`,
			config:     object{"name": "n", "retrospective_process_matching_criteria": list{object{"severity_ids": list{"s"}}}},
			replace:    "copy_from",
		}, {
			name: "an empty text written out", resource: "rootly_retrospective_process", kind: "retrospective_processes",
			attributes: `{"name":"n","retrospective_process_matching_criteria":{"severity_ids":["s"]}}`,
			config:     object{"name": "n", "copy_from": "", "retrospective_process_matching_criteria": list{object{"severity_ids": list{"s"}}}}, noop: true,
		}, {
			name: "JSON with equal values", resource: "rootly_workflow_task_create_jira_issue", kind: "workflow_tasks",
			attributes: `{"workflow_id":"w","enabled":true,"skip_on_failure":false,"task_params":` + jira + `}`,
			config:     jiraConfig(`{"b":[1,2],"a":1}`), noop: true,
		}, {
			name: "JSON with other values", resource: "rootly_workflow_task_create_jira_issue", kind: "workflow_tasks",
			attributes: `{"workflow_id":"w","enabled":true,"skip_on_failure":false,"task_params":` + jira + `}`,
			config:     jiraConfig(`{"a":1,"b":[2,1]}`),
		}, {
			name: "lists in another order", resource: "rootly_severity", kind: "severities",
			attributes: `{"name":"n","severity":"critical","notify_emails":["a","b","c"]}`,
			config:     object{"name": "n", "notify_emails": list{"c", "a", "b"}}, noop: true,
		}, {
			name: "lists with other elements", resource: "rootly_severity", kind: "severities",
			attributes: `{"name":"n","severity":"critical","notify_emails":["a","b","c"]}`,
			config:     object{"name": "n", "notify_emails": list{"c", "a", "a"}},
		}, {
			name: "lists that vanish", resource: "rootly_severity", kind: "severities",
			attributes: `{"name":"n","severity":"critical","notify_emails":["a","b","c"]}`,
			config:     object{"name": "n"},
		}, {
			name: "order that counts", resource: "rootly_custom_field", kind: "custom_fields",
			attributes: `{"label":"n","kind":"text","shown":["a","b"]}`,
			config:     object{"label": "n", "kind": "text", "shown": list{"b", "a"}},
		}, {
			name: "blocks in another order, which only lists of scalars may have", resource: "rootly_severity", kind: "severities",
			attributes: `{"name":"n","severity":"critical","slack_channels":[{"id":"1","name":"a"},{"id":"2","name":"b"}]}`,
			config:     object{"name": "n", "slack_channels": list{object{"id": "2", "name": "b"}, object{"id": "1", "name": "a"}}},
		}, {
			name: "another parent", resource: "rootly_form_field_option", kind: "form_field_options",
			attributes: `{"form_field_id":"f","value":"v"}`,
			config:     object{"form_field_id": "g", "value": "v"}, replace: "form_field_id",
		}, {
			name: "one secret", resource: "rootly_secret", kind: "secrets",
			attributes: `{"name":"n","secret":"[REDACTED]"}`,
			config:     object{"name": "n", "secret": "real"}, noop: true,
		}, {
			name: "one time of day", resource: "rootly_escalation_policy", kind: "escalation_policies",
			attributes: `{"name":"n","business_hours":{"time_zone":"Europe/London","days":["M"],"start_time":"9:00 AM","end_time":"17:00"}}`,
			config: object{"name": "n", "business_hours": list{object{"time_zone": "Europe/London", "days": list{"M"},
				"start_time": "09:00", "end_time": "5:00PM"}}}, noop: true,
		}, {
			name: "one instant", resource: "rootly_override_shift", kind: "shifts",
			attributes: `{"schedule_id":"s","user_id":1,"starts_at":"2026-01-01T10:00:00Z","ends_at":"2026-01-02T00:00:00Z"}`,
			config:     object{"schedule_id": "s", "user_id": 1, "starts_at": "2026-01-01T11:00:00+01:00", "ends_at": "2026-01-02T00:00:00Z"}, noop: true,
		}, {
			name: "another instant", resource: "rootly_override_shift", kind: "shifts",
			attributes: `{"schedule_id":"s","user_id":1,"starts_at":"2026-01-01T10:00:00Z","ends_at":"2026-01-02T00:00:00Z"}`,
			config:     object{"schedule_id": "s", "user_id": 1, "starts_at": "2026-01-01T11:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}, replace: "starts_at",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := serveRootly(t, map[string]string{getPath(t, c.resource): single(c.kind, c.attributes)})
			s := open(t, c.resource, standin.Options{URL: r.url})
			if text := s.validate(c.config); text != "" {
				t.Fatal(text)
			}
			p := s.plan(s.state(), c.config)
			if p.errors != "" {
				t.Fatal(p.errors)
			}
			if p.noop() != c.noop {
				diffs, _ := p.prior.Diff(p.after)
				t.Errorf("no-op is %v: %v", p.noop(), diffs)
			}
			if (p.replace == "") != (c.replace == "") || !strings.Contains(p.replace, c.replace) {
				t.Errorf("replacement because of %q, want %q", p.replace, c.replace)
			}
		})
	}
}

const jira = `{"task_type":"create_jira_issue","title":"t","project_key":"P","custom_fields_mapping":"{\"a\": 1, \"b\": [1, 2]}",
	"issue_type":{"id":"1","name":"Bug"},"status":{},"integration":{}}`

func jiraConfig(mapping string) object {
	return object{"workflow_id": "w", "task_params": list{object{
		"title": "t", "project_key": "P", "custom_fields_mapping": mapping,
		"issue_type": object{"id": "1", "name": "Bug"}, "update_payload": "",
	}}}
}

// TestPlanRefused has the objects that cannot be planned at all.
func TestPlanRefused(t *testing.T) {
	t.Parallel()
	task := `{"workflow_id":"w","position":2,"enabled":true,"task_params":{"message":"m"}}`
	for _, c := range []struct {
		name, resource, kind, attributes, want string
		config                                 object
	}{
		{
			name: "no channel", resource: "rootly_communications_group", kind: "communications_groups", attributes: `{"name":"n"}`,
			config: object{"name": "n", "communication_type_id": "t"}, want: "email_channel",
		}, {
			name: "admin who is no member", resource: "rootly_team", kind: "groups", attributes: `{"name":"n","user_ids":[1],"admin_ids":[2]}`,
			config: object{"name": "n"}, want: "user 2",
		}, {
			name: "position taken twice", resource: "rootly_workflow_task_print", kind: "workflow_tasks", attributes: task,
			config: object{"workflow_id": "w", "position": 2, "task_params": list{object{"message": "m"}}}, want: "taken by task 9",
		}, {
			name: "status without component", resource: "rootly_workflow_task_publish_incident", kind: "workflow_tasks",
			attributes: `{"workflow_id":"w"}`, want: `names "k"`,
			config: object{"workflow_id": "w", "task_params": list{object{"incident": object{"id": "i"}, "public_title": "p", "status": "resolved",
				"status_page_id": "s", "selected_component_statuses": object{"k": "operational"}}}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := serveRootly(t, map[string]string{
				getPath(t, c.resource):           single(c.kind, c.attributes),
				"/v1/workflows/w/workflow_tasks": `{"data":[{"id":"1","type":"workflow_tasks","attributes":{"position":2}},{"id":"9","type":"workflow_tasks","attributes":{"position":2}}]}`,
			})
			s := open(t, c.resource, standin.Options{URL: r.url})
			if p := s.plan(s.state(), c.config); !strings.Contains(p.errors, c.want) {
				t.Errorf("errors %q, want them to contain %q", p.errors, c.want)
			}
		})
	}
}

// TestPositionCostsOneRequest holds what a plan of tasks costs.
func TestPositionCostsOneRequest(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{
		"/v1/workflow_tasks/1":           single("workflow_tasks", `{"workflow_id":"w","position":2,"enabled":true,"task_params":{"message":"m"}}`),
		"/v1/workflows/w/workflow_tasks": `{"data":[]}`,
	})
	s := open(t, "rootly_workflow_task_print", standin.Options{URL: r.url})
	s.plan(s.state(), object{"workflow_id": "w", "position": 2, "task_params": list{object{"message": "m"}}})
	want := []string{"GET /v1/workflow_tasks/1", "GET /v1/workflows/w/workflow_tasks"}
	if got := r.requests(); !slices.Equal(got, want) {
		t.Errorf("requests %q, want %q", got, want)
	}
}

// TestValidate has configurations that are refused before anything is read.
func TestValidate(t *testing.T) {
	t.Parallel()
	rule := object{"name": "r"}
	both := object{"name": "r", "fallback_rule": true, "condition_groups": list{object{}}}
	for _, c := range []struct {
		name, resource string
		config         object
		want           string // empty when it is fine
	}{
		{"allowed value", "rootly_severity", object{"name": "n", "severity": "high"}, ""},
		{"other value", "rootly_severity", object{"name": "n", "severity": "huge"}, "huge"},
		{"other element", "rootly_role", object{"name": "n", "alerts_permissions": list{"fly"}}, "fly"},
		{"missing name", "rootly_severity", object{}, "name"},
		{"two that exclude each other", "rootly_alerts_source", object{"name": "n", "alert_template_attributes": list{object{"title": "t"}},
			"alert_source_fields_attributes": list{object{"alert_field_id": "f"}}}, "conflicts with"},
		{"rule without conditions", "rootly_alert_route", object{"name": "n", "alerts_source_ids": list{"a"}, "rules": list{rule}}, "Rule 0"},
		{"fallback with conditions", "rootly_alert_route", object{"name": "n", "alerts_source_ids": list{"a"}, "rules": list{both}}, "Rule 0"},
		{"fallback", "rootly_alert_route", object{"name": "n", "alerts_source_ids": list{"a"}, "rules": list{object{"fallback_rule": true}}}, ""},
		{"two blocks where one may be", "rootly_dashboard_panel", object{"dashboard_id": "d",
			"params": list{object{"display": "table"}, object{"display": "table"}}}, "params"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := open(t, c.resource, standin.Options{URL: "http://127.0.0.1:1"}).validate(c.config)
			if (text == "") != (c.want == "") || !strings.Contains(text, c.want) {
				t.Errorf("errors %q, want %q", text, c.want)
			}
		})
	}
}
