package audit_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// TestECS holds the fields of the Elastic Common Schema for what Rootly records.
func TestECS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ attributes, want string }{
		"a change of a setting": {
			`"event":"update","item_type":"Severity","item_id":"s1","object_changes":{"name":["a","b"]},"user_id":7,"user_name":"Ada","user_email":"ada@example.com",` +
				`"ip_address":"192.0.2.7","user_agent":"curl/8","source":"web","request_id":"r"`,
			`"event":{"kind":"event","category":["configuration"],"type":["change"],"action":"Severity.update","outcome":"success"},` +
				`"user":{"id":"7","name":"Ada","email":"ada@example.com"},"source":{"ip":"192.0.2.7"},"user_agent":{"original":"curl/8"},` +
				`"related":{"user":["7","Ada","ada@example.com"],"ip":["192.0.2.7"]},` +
				`"rootly":{"item_type":"Severity","item_id":"s1","item_name":"b","source":"web","request_id":"r","changed_fields":["name"]}`,
		},
		"a new member, by an address that is none": {
			`"event":"create","item_type":"GroupUser","item_id":"g1","user_email":"ada@example.com","ip_address":"192.0.2.7, 10.0.0.1"`,
			`"event":{"kind":"event","category":["iam"],"type":["creation","group"],"action":"GroupUser.create","outcome":"success"},` +
				`"user":{"id":"ada@example.com","email":"ada@example.com"},"related":{"user":["ada@example.com"]},"rootly":{"item_type":"GroupUser","item_id":"g1"}`,
		},
		"a sign-in": {
			`"event":"create","item_type":"LoginActivity"`,
			`"event":{"kind":"event","category":["authentication"],"type":["start"],"action":"LoginActivity.create"},"rootly":{"item_type":"LoginActivity"}`,
		},
		"an unknown deed": {
			`"event":"archive","item_type":"Service","item_id":"x"`,
			`"event":{"kind":"event","category":["configuration"],"type":["info"],"action":"Service.archive"},"rootly":{"item_type":"Service","item_id":"x"}`,
		},
	} {
		raw := `{"id":"1","type":"audits","attributes":{` + c.attributes + `,"created_at":"2026-10-01T12:00:00.123Z"}}`
		e, err := audit.Parse(json.RawMessage(raw))
		if err != nil {
			t.Fatal(err)
		}
		line, err := audit.FormatECS.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		var got, want map[string]any
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(`{"@timestamp":"2026-10-01T12:00:00.123Z",`+c.want+`}`), &want); err != nil {
			t.Fatal(err)
		}
		event, _ := got["event"].(map[string]any)
		if event["original"] != raw || event["id"] != "1" || got["message"] == "" || got["ecs"] == nil {
			t.Errorf("%s: %s", name, line)
		}
		for _, field := range []string{"original", "id", "module", "dataset"} {
			delete(event, field)
		}
		delete(got, "ecs")
		delete(got, "message")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}
