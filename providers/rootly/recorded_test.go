package rootly_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// TestRecordedShapes decodes objects in the shapes in which the hosted API was seen to answer. Each is imported; what
// the provider cannot hold of it is listed.
func TestRecordedShapes(t *testing.T) {
	t.Parallel()
	workflow := served("workflows", "w", "", `{"name":"W","trigger_params":{"trigger_type":"incident"}}`)
	task := func(kind, params string) sandbox.Object {
		return served("workflow_tasks", "t", "w", `{"workflow_id":"w","name":"T","position":1,"enabled":true,"task_params":{"task_type":"`+kind+`",`+params+`}}`)
	}
	onCall := served("users", "41021", "", `{"email":"a@example.com","full_name_with_team":"[Example] A"}`)
	onCall.Body = json.RawMessage(strings.TrimSuffix(string(onCall.Body), "}") +
		`,"relationships":{"role":{"data":{"id":"r1","team_id":7,"deleted_at":null,"incidents_permissions":["read"]}},` +
		`"on_call_role":{"data":{"id":"r2","team_id":7,"deleted_at":null}},"devices":{"data":[]}}}`)
	for name, test := range map[string]struct {
		typ     string
		parent  sandbox.Object
		object  sandbox.Object
		written []string // arguments in the code
		lost    string   // paths of losses
	}{
		"{} for unset maps, twins of names": {
			typ: "rootly_team",
			object: served("groups", "g", "", `{"name":"G","description":"","slack_user_group":{},"slack_aliases":[],"slack_channel":{},"alert_urgency_id":null,
				"external_id":null,"user_ids":[41021],"admin_ids":[41021],"owners_group_ids":[],"created_at":"2025-04-02T13:38:10.476-07:00"}`),
			written: []string{"admin_ids", "name", "user_ids"},
		},
		"no channel": {
			typ: "rootly_service",
			object: served("services", "s", "", `{"name":"S","description":null,"public_description":"","alert_broadcast_channel":{},
				"incident_broadcast_channel":{},"owners_user_ids":[41021],"owner_user_ids":[41021],"backstage_id":null}`),
			written: []string{"name", "owner_user_ids"},
		},
		"unset objects of a task": {
			typ: "rootly_workflow_task_create_jira_issue", parent: workflow,
			object:  task("create_jira_issue", `"title":"A","project_key":"P","integration":{},"priority":{},"status":{},"issue_type":{"id":"1","name":"Bug"}`),
			written: []string{"name", "position", "task_params", "workflow_id"},
		},
		"labels as text": {
			typ: "rootly_workflow_task_create_motion_task", parent: workflow,
			object:  task("create_motion_task", `"title":"A","workspace":{"id":"1","name":"W"},"labels":"a,b"`),
			written: []string{"name", "position", "task_params", "workflow_id"},
			lost:    "task_params",
		},
		"a whole record for a role, without its type": {
			typ: "rootly_user_on_call_role", object: onCall,
			written: []string{"on_call_role_id", "user_id"},
		},
		"keys that are missing": {
			typ:     "rootly_status_page",
			object:  served("status_pages", "p", "", `{"title":"P","description":""}`),
			written: []string{"enabled", "time_zone", "title"},
		},
		"rules without a kind": {
			typ: "rootly_alerts_source",
			object: served("alert_sources", "a", "", `{"name":"A","source_type":"generic_webhook","alert_source_urgency_rules_attributes":
				[{"json_path":"$.x","value":"1","operator":"is","conditionable_type":null,"conditionable_id":null,"kind":null,"alert_urgency_id":"u"}]}`),
			written: []string{"alert_source_urgency_rules_attributes", "name", "source_type"},
		},
		"a redacted secret": {
			typ:     "rootly_secret",
			object:  served("secrets", "s", "", `{"name":"S","secret":"[REDACTED]","hashicorp_vault_mount":"secret","hashicorp_vault_path":null,"hashicorp_vault_version":0}`),
			written: []string{"hashicorp_vault_mount", "name", "secret"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, r := decoded(t, test.typ, test.parent, test.object)
			if r == nil {
				t.Fatalf("not imported: %+v", d.Rejected)
			}
			if got := slices.Sorted(maps.Keys(r.Config.AsValueMap())); !slices.Equal(got, test.written) {
				t.Errorf("written: %q, want %q", got, test.written)
			}
			var lost []string
			for _, l := range d.Losses {
				lost = append(lost, l.Path)
			}
			if got := strings.Join(lost, " "); !strings.Contains(got, test.lost) || test.lost == "" && got != "" {
				t.Errorf("lost: %q, want %q", got, test.lost)
			}
			if test.typ == "rootly_user_on_call_role" && r.Config.GetAttr("on_call_role_id").AsString() != "r2" {
				t.Errorf("role %#v", r.Config)
			}
		})
	}
}
