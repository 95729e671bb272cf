package rootly_test

import (
	"encoding/json"
	"strings"
	"testing"

	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// answered is an object with the attributes that the API answered.
func answered(t *testing.T, typ, attributes string) *rootly.Object {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(attributes))
	d.UseNumber()
	node := &api.Object{Type: catalogue.Lookup(typ).API, ID: "o"}
	if err := d.Decode(&node.Attributes); err != nil {
		t.Fatalf("%s: %v", attributes, err)
	}
	return &rootly.Object{Type: catalogue.Lookup(typ), ID: "o", Node: node}
}

func decodeAll(t *testing.T, full bool, objects ...*rootly.Object) *rootly.Decoded {
	t.Helper()
	d, err := rootly.Decode(&rootly.Live{Objects: objects}, rootly.DecodeOptions{Schema: snapshot(t), Full: full, Shown: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// outcome says what became of one argument: its value as JSON or "absent", and whether it is ignored
// or lost, or "rejected" for the whole object.
func outcome(t *testing.T, d *rootly.Decoded, name string) string {
	t.Helper()
	if len(d.Resources) == 0 {
		return "rejected"
	}
	words := []string{argument(t, d.Resources[0], name)}
	at := func(path string) bool {
		return path == name || strings.HasPrefix(path, name+"[") || strings.HasPrefix(path, name+".")
	}
	for _, i := range d.Resources[0].Ignore {
		if at(i.Path) {
			words = append(words, "ignored")
		}
	}
	for _, l := range d.Losses {
		if at(l.Path) {
			words = append(words, "lost")
		}
	}
	return strings.Join(words, ", ")
}

func argument(t *testing.T, r *graph.Resource, name string) string {
	t.Helper()
	if !r.Config.Type().HasAttribute(name) {
		return "absent"
	}
	v := r.Config.GetAttr(name)
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Each kind of attribute in the schema, with what the API may answer and what has to be in the code.
// The object is the smallest that has the attribute; name and the like are rejected or written as usual.
func TestDecodeByKindOfAttribute(t *testing.T) {
	t.Parallel()
	const (
		action, panel = "rootly_edge_connector_action", "rootly_dashboard_panel"
		client        = "rootly_workflow_task_http_client"
		component     = "rootly_status_page_component"
	)
	for _, c := range []struct{ kind, typ, attribute, raw, want string }{
		{"required text", "rootly_team", "name", `"A"`, `"A"`},
		{"required text, missing", "rootly_team", "name", `null`, `""`},
		{"required text, a number", "rootly_team", "name", `1`, `rejected`},
		{"required number", "rootly_heartbeat", "interval", `30`, `30`},
		{"required number, beyond an integer", "rootly_heartbeat", "interval", `1e19`, `rejected`},
		{"required number, the largest integer", "rootly_heartbeat", "interval", `9223372036854774784`, `9223372036854774784`},
		{"required number, larger as float64", "rootly_heartbeat", "interval", `9223372036854775807`, `rejected`},
		{"required list", "rootly_alert_route", "alerts_source_ids", `[]`, `[]`},
		{"required, not accepted", "rootly_live_call_router", "country_code", `"XX"`, `"AU", ignored, lost`},
		{"required, never read", action, "edge_connector_id", `"c"`, `absent`},
		{"list, never read", "rootly_edge_connector", "subscriptions", `["incident.created"]`, `["incident.created"], ignored`},
		{"list, never read, empty", "rootly_edge_connector", "subscriptions", `[]`, `absent`},

		{"optional text", "rootly_service", "cortex_id", `"x"`, `"x"`},
		{"optional text, empty", "rootly_service", "cortex_id", `""`, `absent`},
		{"optional list, empty", "rootly_service", "notify_emails", `[]`, `absent`},
		{"optional list", "rootly_service", "notify_emails", `["a@b.c"]`, `["a@b.c"]`},
		{"optional list, text", "rootly_service", "notify_emails", `"a@b.c"`, `rejected`},
		{"optional, not accepted", "rootly_webhooks_endpoint", "event_types", `["nothing"]`, `absent, ignored, lost`},

		{"optional and computed text", "rootly_team", "description", `"x"`, `"x"`},
		{"optional and computed text, empty", "rootly_team", "description", `""`, `absent`},
		{"optional and computed bool, false", "rootly_team", "alert_broadcast_enabled", `false`, `false`},
		{"optional and computed bool, false by itself", "rootly_service", "alerts_email_enabled", `false`, `absent`},
		{"optional and computed bool, not false by itself", "rootly_service", "alerts_email_enabled", `true`, `true`},
		{"optional and computed bool, missing", "rootly_team", "alert_broadcast_enabled", `null`, `absent`},
		{"optional and computed number, zero", "rootly_team", "position", `0`, `0`},
		{"optional and computed number, fraction of an integer", "rootly_team", "position", `2.5`, `2`},
		{"integer beyond memory", "rootly_team", "position", `1e646456994`, `rejected`},
		{"integer beyond time", "rootly_team", "position", `-1e10000000`, `rejected`},
		{"integer beyond float64", "rootly_team", "position", `1e400`, `rejected`},
		{"integer with many digits", "rootly_team", "position", `1` + strings.Repeat("0", 1_000_000), `rejected`},
		{"integer next to nothing", "rootly_team", "position", `1e-300`, `0`},
		{"integer nearer to nothing", "rootly_team", "position", `1e-646456994`, `rejected`},
		{"number in a list", panel, "position", `{"x":1e400,"y":2,"w":3,"h":4}`, `rejected`},
		{"number that no attribute has", "rootly_team", "counters", `[{"seen":1e400}]`, `rejected`},
		{"number in JSON", client, "task_params", `{"url":"u","succeed_on_status":"200","headers":"{}","params":"{\"a\":1e646456994}","method":"GET","task_type":"http_client"}`,
			`[{"params":"{\"a\":1e646456994}","succeed_on_status":"200","url":"u"}]`},
		{"optional and computed, not accepted", "rootly_escalation_path", "after_deferral_behavior", `"x"`, `absent, lost`},
		{"map", "rootly_live_call_router", "escalation_policy_trigger_params", `{"id":"1","type":null}`, `{"id":"1","type":""}`},
		{"map of numbers", "rootly_live_call_router", "escalation_policy_trigger_params", `{"id":1}`, `rejected`},

		{"default, equal", "rootly_heartbeat", "enabled", `true`, `absent`},
		{"default, different", "rootly_heartbeat", "enabled", `false`, `false`},
		{"default, missing", "rootly_heartbeat", "enabled", `null`, `false`},
		{"default, missing and not accepted", "rootly_heartbeat", "interval_unit", `null`, `absent, ignored`},
		{"default, never read", "rootly_retrospective_process", "copy_from", `null`, `absent, ignored`},
		{"default, never read, live", "rootly_retrospective_process", "copy_from", `"p"`, `"p", ignored`},

		{"computed", "rootly_heartbeat", "ping_url", `"https://x"`, `absent`},
		{"omitted by the catalogue", "rootly_heartbeat", "expires_at", `"2026-01-01"`, `absent`},
		{"changed by Rootly", component, "status", `"partial_outage"`, `absent`},
		{"of its own", component, "name", `"Checkout"`, `"Checkout"`},
		{"of its own, and no source", component, "name", `"Checkout","source_id":null`, `"Checkout"`},
		{"of its source", component, "name", `"Checkout","source_id":"s"`, `absent`},
		{"of its source, longer", component, "description", `"Pays.","source_type":"Service","source_id":"s"`, `absent`},
		{"decided by Rootly", "rootly_role", "is_deletable", `false`, `absent`},
		{"deprecated", "rootly_alert_group", "group_by_alert_title", `true`, `absent, lost`},
		{"not in the schema", "rootly_dashboard", "range", `"7 days"`, `absent, lost`},

		{"blocks", "rootly_team", "slack_channels", `[{"id":"1","name":"a","new":1}]`, `[{"id":"1","name":"a"}]`},
		{"blocks, none", "rootly_team", "slack_channels", `[]`, `absent`},
		{"blocks, an object", "rootly_team", "slack_channels", `{}`, `rejected`},
		{"blocks, no objects", "rootly_team", "slack_channels", `["a"]`, `absent`},
		{"blocks, kept as they are", action, "parameters", `[{"name":"p","new":1}]`, `absent, lost`},
		{"blocks, required", "rootly_live_call_router", "paging_targets", `[]`, `[{}], ignored`},
		{"blocks from resources", "rootly_communications_template", "communication_template_stages",
			`[{"data":{"id":"7","attributes":{"sms_content":"x","communication_stage":{"id":"s"}}}}]`, `[{"communication_stage_id":"s","sms_content":"x"}]`},

		{"one block", "rootly_team", "alert_broadcast_channel", `{"id":"C","new":1}`, `[{"id":"C"}]`},
		{"one block, missing", "rootly_team", "alert_broadcast_channel", `null`, `absent`},
		{"one block when set", "rootly_escalation_policy", "business_hours", `{}`, `absent`},
		{"one block of a set", "rootly_escalation_policy", "business_hours", `{"time_zone":"Etc/GMT+12","days":["T","M"]}`, `[{"days":["M","T"],"time_zone":"Etc/GMT+12"}]`},
		{"one block as it is", client, "task_params", `{"url":"u","succeed_on_status":"200","headers":"{}","params":"{\"a\":1}","method":"GET","task_type":"http_client"}`,
			`[{"params":"{\"a\":1}","succeed_on_status":"200","url":"u"}]`},
		{"one block as it is, unknown key", client, "task_params", `{"url":"u","succeed_on_status":"200","new":1,"method":"GET","task_type":"http_client"}`,
			`[{"headers":"","params":"","succeed_on_status":"200","url":"u"}], ignored, lost`},
		{"one block as it is, when set", "rootly_retrospective_process", "retrospective_process_matching_criteria", `null`, `[{}], ignored`},
		{"blocks at any depth", panel, "position", `{"x":1,"y":2.5,"w":3,"h":4,"new":5}`, `[{"h":4,"w":3,"x":1,"y":2.5}]`},
		{"nested attribute", "rootly_schedule_rotation", "schedule_rotationable_attributes", `{"handoff_time":"09:00","handoff_day":null}`, `{"handoff_time":"09:00"}`},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			o := answered(t, c.typ, `{"`+c.attribute+`":`+c.raw+`}`)
			if got := outcome(t, decodeAll(t, false, o), c.attribute); got != c.want {
				t.Errorf("%s.%s = %s: got %s, want %s", c.typ, c.attribute, c.raw, got, c.want)
			}
		})
	}
}

// Where Rootly shows an object is left out, but not where its position means something.
func TestPlacesAreLeftOut(t *testing.T) {
	t.Parallel()
	for typ, want := range map[string]string{
		"rootly_team": "absent", "rootly_workflow_incident": "absent", "rootly_form_field_option": "absent",
		"rootly_workflow_task_print": "3", "rootly_escalation_level": "3", "rootly_alert_routing_rule": "3", "rootly_form_field_position": "3",
	} {
		o := answered(t, typ, `{"position":3}`)
		d, err := rootly.Decode(&rootly.Live{Objects: []*rootly.Object{o}}, rootly.DecodeOptions{Schema: snapshot(t)})
		if err != nil {
			t.Fatal(err)
		}
		if got := argument(t, d.Resources[0], "position"); got != want || d.Resources[0].Rank != 3 {
			t.Errorf("%s: position is %s, want %s; rank %d", typ, got, want, d.Resources[0].Rank)
		}
	}
}

// With full detail, defaults and values that mean nothing are written too, if they change nothing.
func TestDecodeInFullDetail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typ, attribute, raw, want string }{
		{"rootly_heartbeat", "enabled", `true`, `true`},
		{"rootly_service", "cortex_id", `""`, `""`},
		{"rootly_team", "description", `""`, `absent`},
		{"rootly_heartbeat", "interval_unit", `null`, `absent, ignored`},
	} {
		o := answered(t, c.typ, `{"`+c.attribute+`":`+c.raw+`}`)
		if got := outcome(t, decodeAll(t, true, o), c.attribute); got != c.want {
			t.Errorf("%s.%s = %s: got %s, want %s", c.typ, c.attribute, c.raw, got, c.want)
		}
	}
}

// What the provider refuses to plan, whatever the code says.
func TestConstraints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typ, attributes, reason string }{
		{"rootly_team", `{"admin_ids":[1],"user_ids":[1,2]}`, ""},
		{"rootly_team", `{"admin_ids":null,"user_ids":null}`, ""},
		{"rootly_team", `{"admin_ids":[1,3],"user_ids":[1,2]}`, "user 3 is an admin"},
		{"rootly_team", `{"admin_ids":[1]}`, "user 1 is an admin"},
		{"rootly_communications_group", `{"sms_channel":true}`, ""},
		{"rootly_communications_group", `{"sms_channel":false}`, "neither the email nor the SMS"},
		{"rootly_alert_route", `{"rules":[{"fallback_rule":true},{"condition_groups":[{}]}]}`, ""},
		{"rootly_alert_route", `{"rules":[{"fallback_rule":true},{"fallback_rule":true,"condition_groups":[{}]}]}`, "rule 2 must"},
		{"rootly_alert_route", `{"rules":[{"condition_groups":[]}]}`, "rule 1 must"},
		{"rootly_schedule_rotation", `{"active_days":["M","T"]}`, ""},
		{"rootly_schedule_rotation", `{"active_days":["M","T","M"]}`, `day "M" twice`},
		{"rootly_user_on_call_role", `{}`, "no on-call role"},
		{"rootly_workflow_task_publish_incident", `{"task_params":{"selected_component_keys":["a"],"selected_component_statuses":{"a":"x","b":"y"}}}`, "component b without"},
	} {
		reason := ""
		for _, r := range decodeAll(t, false, answered(t, c.typ, c.attributes)).Rejected {
			reason = r.Reason
		}
		if c.reason == "" && strings.Contains(reason, "plan") || !strings.Contains(reason, c.reason) {
			t.Errorf("%s %s: rejected with %q, want %q", c.typ, c.attributes, reason, c.reason)
		}
	}
}

// Tasks of one workflow need different positions; those of different workflows, or without one, do not.
func TestTasksAtOnePosition(t *testing.T) {
	t.Parallel()
	const typ, params = "rootly_workflow_task_print", `"task_params":{"task_type":"print","message":"m"}`
	var objects []*rootly.Object
	for i, at := range []struct{ parent, position string }{{"v", "1"}, {"v", "2"}, {"w", "1"}, {"w", "null"}, {"w", "null"}, {"x", "5"}, {"x", "5"}} {
		o := answered(t, typ, `{"position":`+at.position+`,`+params+`}`)
		o.ID, o.Parent = graph.ID(rune('a'+i)), graph.ID(at.parent)
		objects = append(objects, o)
	}
	d := decodeAll(t, false, objects...)
	var ids string
	for _, r := range d.Rejected {
		ids += string(r.ID)
		if !strings.Contains(r.Reason, "also has position 5") || r.Fix == "" {
			t.Errorf("%+v", r)
		}
	}
	if ids != "fg" {
		t.Errorf("rejected %q, want f and g", ids)
	}
}

// Objects that Rootly made are protected; those that people made are not.
func TestBuiltIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ, attributes string
		want            bool
	}{
		{"rootly_form_field", `{"kind":"severity"}`, true},
		{"rootly_form_field", `{"kind":"custom"}`, false},
		{"rootly_form_field", `{}`, false},
		{"rootly_role", `{"is_deletable":false}`, true},
		{"rootly_role", `{"is_deletable":true}`, false},
		{"rootly_role", `{}`, false},
		{"rootly_form_set", `{"is_default":true}`, true},
		{"rootly_form_set", `{"is_default":false}`, false},
		{"rootly_escalation_path", `{"default":true}`, true},
		{"rootly_form_field_position", `{}`, true},
		{"rootly_service", `{"kind":"x","is_default":true}`, false},
	} {
		if got := rootly.BuiltIn(answered(t, c.typ, c.attributes)); (got != "") != c.want {
			t.Errorf("%s %s: %q", c.typ, c.attributes, got)
		}
	}
}

// FuzzDecode holds that no answer of the API makes decoding panic, that every object becomes a resource
// or is rejected with a reason, and that only what may be ignored is ignored.
func FuzzDecode(f *testing.F) {
	for _, seed := range []struct{ typ, attributes string }{
		{"rootly_team", `{"name":"A","admin_ids":[1,null,"x"],"slack_channels":[null,{"id":1}]}`},
		{"rootly_workflow_alert", `{"trigger_params":{"alert_payload_conditions":{"conditions":"[1,{}]","logic":1}}}`},
		{"rootly_workflow_alert", `{"trigger_params":{"alert_payload_conditions":{}}}`},
		{"rootly_communications_template", `{"communication_template_stages":[{"data":{"attributes":{"a":{}}}},{"data":[]},1]}`},
		{"rootly_communications_group", `{"communication_group_members":[{"user_id":2},{"user_id":"a"},null,{"user_id":1}]}`},
		{"rootly_schedule_rotation", `{"schedule_rotationable_attributes":null,"active_days":[["M"],["M"]],"active_time_attributes":[{}]}`},
		{"rootly_alerts_source", `{"alert_template_attributes":{"title":"t"},"alert_source_fields_attributes":[{"template_body":"b"}]}`},
		{"rootly_dashboard_panel", `{"params":{"datasets":[{"filter":[{"rules":{}}],"group_by":{}}]},"position":[]}`},
		{"rootly_workflow_task_http_client", `{"position":1e400,"task_params":{"headers":"{","url":"u","new":{}}}`},
		{"rootly_alert_route", `{"rules":[1,{"fallback_rule":"x","condition_groups":{}}]}`},
		{"rootly_team", `null`},
	} {
		f.Add(seed.typ, []byte(seed.attributes))
	}
	f.Fuzz(func(t *testing.T, typ string, attributes []byte) {
		row := catalogue.Lookup(typ)
		page, err := json.Marshal(json.RawMessage(attributes))
		if row == nil || err != nil || !strings.HasPrefix(strings.TrimSpace(string(page)), "{") {
			t.Skip()
		}
		o := answered(t, typ, string(attributes))
		d := decodeAll(t, false, o)
		if len(d.Resources)+len(d.Rejected) != 1 {
			t.Fatalf("%d resources, %d rejected", len(d.Resources), len(d.Rejected))
		}
		for _, r := range d.Rejected {
			if r.Reason == "" || strings.Contains(r.Reason, "%!") {
				t.Errorf("rejected with %q", r.Reason)
			}
		}
		for _, r := range d.Resources {
			for _, i := range r.Ignore {
				if !rootly.MayIgnore(typ, i.Path, snapshot(t)) {
					t.Errorf("ignores %s", i.Path)
				}
			}
		}
	})
}
