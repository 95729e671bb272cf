package rootly_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// decoded serves one object below another, and decodes it.
func decoded(t *testing.T, typ string, parent, o sandbox.Object) (*rootly.Decoded, *graph.Resource) {
	t.Helper()
	client, _ := connect(t, sandbox.Options{Objects: []sandbox.Object{parent, o}})
	d := decode(t, fetch(t, client, typ))
	for _, r := range d.Resources {
		if r.Address.Type == typ {
			return d, r
		}
	}
	return d, nil
}

func served(api, id, parent, attributes string) sandbox.Object {
	return sandbox.Object{API: api, ID: id, Parent: parent, Body: json.RawMessage(`{"id":"` + id + `","type":"` + api + `","attributes":` + attributes + `}`)}
}

func rotation(t *testing.T, attributes string) (*rootly.Decoded, *graph.Resource) {
	t.Helper()
	return decoded(t, "rootly_schedule_rotation", served("schedules", "s", "", `{"name":"S"}`),
		served("schedule_rotations", "r", "s", `{"schedule_id":"s","name":"R","schedule_rotationable_attributes":{"handoff_time":"09:00"},`+attributes+`}`))
}

// The provider reads null in a map as an empty text.
func TestNullInAMap(t *testing.T) {
	t.Parallel()
	_, r := decoded(t, "rootly_schedule", sandbox.Object{}, served("schedules", "s", "", `{"name":"S","slack_channel":{"id":"C1","name":null}}`))
	want := cty.MapVal(map[string]cty.Value{"id": cty.StringVal("C1"), "name": cty.StringVal("")})
	if r == nil || !r.Config.GetAttr("slack_channel").RawEquals(want) {
		t.Errorf("%#v", r)
	}
}

// The kind of a rotation has a default, which a kind that the provider does not know must not give way to.
func TestRotationOfUnknownKind(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{`"ScheduleYearlyRotation"`, `null`} {
		_, r := rotation(t, `"schedule_rotationable_type":`+kind)
		ignored := r != nil && slices.ContainsFunc(r.Ignore, func(i graph.Ignore) bool { return i.Path == "schedule_rotationable_type" })
		if !ignored || r.Config.Type().HasAttribute("schedule_rotationable_type") {
			t.Errorf("%s: %+v", kind, r)
		}
	}
}

func TestRotationWithoutHandoffTime(t *testing.T) {
	t.Parallel()
	_, r := decoded(t, "rootly_schedule_rotation", served("schedules", "s", "", `{"name":"S"}`),
		served("schedule_rotations", "r", "s", `{"schedule_id":"s","name":"R","schedule_rotationable_attributes":{"handoff_time":null}}`))
	const path = "schedule_rotationable_attributes.handoff_time"
	ignored := r != nil && slices.ContainsFunc(r.Ignore, func(i graph.Ignore) bool { return i.Path == path })
	if !ignored || !rootly.MayIgnore("rootly_schedule_rotation", path, snapshot(t)) {
		t.Errorf("%+v", r)
	}
	if v := r.Config.GetAttr("schedule_rotationable_attributes").GetAttr("handoff_time"); !v.RawEquals(cty.StringVal("")) {
		t.Errorf("the code has %#v", v)
	}
}

func TestRotationWithADayTwice(t *testing.T) {
	t.Parallel()
	d, r := rotation(t, `"active_days":["M","T","M"]`)
	if r != nil || len(d.Rejected) != 1 || !strings.Contains(d.Rejected[0].Reason, `"M" twice`) || d.Rejected[0].Fix == "" {
		t.Errorf("%+v", d.Rejected)
	}
}

func TestConditionsThatAreNoList(t *testing.T) {
	t.Parallel()
	d, _ := decoded(t, "rootly_workflow_alert", sandbox.Object{}, served("workflows", "w", "",
		`{"name":"W","trigger_params":{"trigger_type":"alert","alert_payload_conditions":{"logic":"ANY","conditions":"severity > 3"}}}`))
	if len(d.Losses) != 1 || d.Losses[0].Path != "trigger_params[0].alert_payload_conditions[0].conditions" {
		t.Errorf("%+v", d.Losses)
	}
}

// A value that a validator refuses and a key that the provider does not know are quoted in comments and
// the report, without the credentials in them, even where an escape stands right before one.
func TestQuotedCredential(t *testing.T) {
	t.Parallel()
	const token = "sk_live_" + "Ev1z2SVjewIDlt49dPWzt8IY"
	for api, attributes := range map[string]string{
		"retrospective_processes": `"retrospective_process_matching_criteria":{"` + token + `":"x"}`,
		"heartbeats":              `"notification_target_type":"line\n` + token + `"`,
	} {
		typ := map[string]string{"heartbeats": "rootly_heartbeat", "retrospective_processes": "rootly_retrospective_process"}[api]
		d, r := decoded(t, typ, sandbox.Object{}, served(api, "p", "", `{"name":"P",`+attributes+`}`))
		if r == nil {
			t.Fatalf("%s: %+v", typ, d.Rejected)
		}
		said := ""
		for _, l := range d.Losses {
			said += l.Reason + "\n"
		}
		for _, i := range r.Ignore {
			said += i.Reason + "\n"
		}
		if strings.Contains(said, token) || !strings.Contains(said, "[secret]") {
			t.Errorf("%s: %q", attributes, said)
		}
	}
}
