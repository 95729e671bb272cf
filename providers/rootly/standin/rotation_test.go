package standin_test

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

const rotationDoc = `{"data":{"id":"1","type":"schedule_rotations","attributes":{
	"schedule_id":"s","name":"n","position":1,"schedule_rotationable_type":"ScheduleDailyRotation","active_all_week":null,
	"active_days":["M","T"],"active_time_type":"custom","time_zone":"","start_time":null,
	"schedule_rotationable_attributes":{"handoff_time":"09:00"},
	"active_time_attributes":[{"start_time":"09:00","end_time":"17:00"}]},
	"relationships":{"schedule_rotation_members":{"data":[{"id":"m","type":"schedule_rotation_members"}]}}},
	"included":[{"id":"m","type":"schedule_rotation_members","attributes":{"member_type":"User","member_id":"5","position":1}}]}`

func rotationConfig() object {
	return object{
		"schedule_id": "s", "name": "n", "time_zone": "",
		"schedule_rotationable_attributes": object{"handoff_time": "09:00"},
		"active_time_attributes":           list{object{"start_time": "09:00", "end_time": "17:00"}},
		"schedule_rotation_members":        list{object{"member_type": "User", "member_id": "5", "position": 1}},
	}
}

func openRotation(t *testing.T) *session {
	t.Helper()
	r := serveRootly(t, map[string]string{"/v1/schedule_rotations/1": rotationDoc})
	return open(t, "rootly_schedule_rotation", standin.Options{URL: r.url})
}

// TestRotationImport holds that an import leaves the two sets empty, so that a configuration with
// them plans an update.
func TestRotationImport(t *testing.T) {
	t.Parallel()
	s := openRotation(t)
	state := s.state()
	for name, want := range map[string]any{"time_zone": "", "active_all_week": nil, "start_time": nil, "position": 1.0} {
		if got := at(t, state, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"active_time_attributes", "schedule_rotation_members"} {
		if l, _ := at(t, state, name).([]any); len(l) != 0 {
			t.Errorf("%s is %v after an import", name, l)
		}
	}
	if p := s.plan(state, rotationConfig()); p.noop() || p.errors != "" {
		t.Errorf("no-op %v, errors %q: want an update", p.noop(), p.errors)
	}
}

// TestRotationKnownSets holds that sets which the state already has are refreshed.
func TestRotationKnownSets(t *testing.T) {
	t.Parallel()
	s := openRotation(t)
	known := plain(t, s.state()).(object)
	known["active_time_attributes"] = list{object{"start_time": "00:00", "end_time": "01:00"}}
	known["schedule_rotation_members"] = list{object{"member_type": "User", "member_id": "9", "position": 2}}
	state, text := s.refresh(dynamic(t, s.ty, fill(t, s.ty, known)))
	if text != "" {
		t.Fatal(text)
	}
	members := at(t, state, "schedule_rotation_members").([]any)
	if len(members) != 1 || members[0].(object)["member_id"] != "5" {
		t.Errorf("members are %v", members)
	}
	if p := s.plan(state, rotationConfig()); !p.noop() {
		diffs, _ := p.prior.Diff(p.after)
		t.Errorf("%s: %v", p.errors, diffs)
	}
}

func TestRotationDefaults(t *testing.T) {
	t.Parallel()
	s := openRotation(t)
	config := rotationConfig()
	delete(config, "time_zone")
	if p := s.plan(s.none(), config); at(t, p.after, "time_zone") != "Etc/UTC" || at(t, p.after, "schedule_rotationable_type") != "ScheduleDailyRotation" {
		t.Errorf("planned %v", plain(t, p.after))
	}
	config["schedule_id"] = "other"
	if p := s.plan(s.state(), config); !strings.Contains(p.replace, "schedule_id") {
		t.Errorf("replacement because of %q", p.replace)
	}
}

func TestRotationValidate(t *testing.T) {
	t.Parallel()
	s := openRotation(t)
	for want, change := range map[string]object{
		"":                     {},
		"all_day, same_time":   {"active_time_type": "never"},
		"each must be one of":  {"active_days": list{"X"}},
		"Position taken twice": {"schedule_rotation_members": list{object{"member_type": "User", "member_id": "1", "position": 1}, object{"member_type": "User", "member_id": "2", "position": 1}}},
		"at least 1":           {"schedule_rotation_members": list{object{"member_type": "User", "member_id": "1", "position": 0}}},
		"Schedule, User":       {"schedule_rotation_members": list{object{"member_type": "Team", "member_id": "1"}}},
	} {
		config := rotationConfig()
		for name, v := range change {
			config[name] = v
		}
		if text := s.validate(config); (text == "") != (want == "") || !strings.Contains(text, want) {
			t.Errorf("%v: errors %q, want %q", change, text, want)
		}
	}
}

func TestRotationCreate(t *testing.T) {
	t.Parallel()
	r := serveRootly(t, map[string]string{"/v1/schedules/s/schedule_rotations": rotationDoc, "/v1/schedule_rotations/1": rotationDoc})
	s := open(t, "rootly_schedule_rotation", standin.Options{URL: r.url})
	state := s.apply(s.none(), rotationConfig())
	if at(t, state, "id") != "1" || len(at(t, state, "schedule_rotation_members").([]any)) != 1 {
		t.Errorf("state %v", plain(t, state))
	}
	sent := r.requests()[0]
	for _, want := range []string{"POST /v1/schedules/s/schedule_rotations?include=schedule_rotation_members", `"member_id":"5"`, `"start_time":"09:00"`, `"end_time":null`} {
		if !strings.Contains(sent, want) {
			t.Errorf("request %s lacks %s", sent, want)
		}
	}
}
