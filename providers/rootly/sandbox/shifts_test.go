package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// oneSchedule is a schedule with two people who change daily, an override on the second day, and a shadow.
func oneSchedule() []sandbox.Object {
	return []sandbox.Object{
		object("users", "1", "", `{"name":"Ada"}`), object("users", "2", "", `{"name":"Bob"}`), object("users", "3", "", `{"name":"Cyd"}`),
		object("schedules", "s", "", `{"name":"Primary"}`),
		object("schedule_rotations", "r", "s", `{"schedule_id":"s","schedule_rotationable_type":"ScheduleDailyRotation","active_all_week":true,
			"active_time_type":"all_day","time_zone":"Etc/UTC","schedule_rotationable_attributes":{"handoff_time":"09:00"},"start_time":"2026-06-01T09:00:00Z"}`),
		object("schedule_rotation_members", "m2", "r", `{"member_type":"User","member_id":"2","position":2}`),
		object("schedule_rotation_members", "m1", "r", `{"member_type":"User","member_id":"1","position":1}`),
		object("shifts", "o", "s", `{"schedule_id":"s","user_id":3,"starts_at":"2026-06-02T10:00:00Z","ends_at":"2026-06-02T12:00:00Z","is_override":true}`),
		object("on_call_shadows", "w", "s", `{"schedule_id":"s","shadow_user_id":2,"starts_at":"2026-06-01T09:00:00Z","ends_at":"2026-06-01T10:00:00Z"}`),
	}
}

func TestShiftsAreWorkedOut(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Options{Objects: oneSchedule()})
	const span = "?from=2026-06-01T09:00:00Z&to=2026-06-03T09:00:00Z"
	for query, want := range map[string]string{
		span:                                  "2 06-01T09:00 06-01T10:00 shadow, 1 06-01T09:00 06-02T09:00, 2 06-02T09:00 06-02T10:00, 3 06-02T10:00 06-02T12:00 override, 2 06-02T12:00 06-03T09:00",
		span + "&user_ids[]=3":                "3 06-02T10:00 06-02T12:00 override",
		span + "&schedule_ids[]=other":        "",
		span + "&page[size]=2&page[number]=3": "2 06-02T12:00 06-03T09:00",
		span + "&page[size]=2&page[number]=4": "",
		"?from=2026-05-01T09:00:00Z&to=2026-05-03T09:00:00Z": "",
	} {
		a := c.ok("/v1/shifts" + query)
		var rows []string
		for _, shift := range a.list(t) {
			at := func(name string) string { return strings.Trim(string(shift.Attributes[name]), `"`) }
			row := fmt.Sprintf("%s %s %s", at("user_id"), at("starts_at")[5:16], at("ends_at")[5:16])
			for name, word := range map[string]string{"is_override": " override", "is_shadow": " shadow"} {
				if at(name) == "true" {
					row += word
				}
			}
			rows = append(rows, row)
		}
		if got := strings.Join(rows, ", "); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
		if a.Meta != nil || a.Links != nil {
			t.Errorf("%s: the answer has meta or links, which the recorded one has not", query)
		}
	}
	if in := c.ok("/v1/shifts" + span + "&include=assignee").Included; len(in) != 3 {
		t.Errorf("%d people included, want 3", len(in))
	}
}

func TestShiftsAreRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		options sandbox.Options
		query   string
		status  int
	}{
		"too long":   {query: "?from=2026-06-01T09:00:00Z&to=2026-09-03T09:00:00Z", status: http.StatusUnprocessableEntity},
		"not a time": {query: "?from=today", status: http.StatusUnprocessableEntity},
		"forbidden":  {options: sandbox.Options{Forbidden: []string{"/v1/shifts"}}, status: http.StatusForbidden},
		"absent":     {options: sandbox.Options{Absent: []string{"/v1/shifts"}}, status: http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := start(t, tc.options)
			c.want(tc.status, http.MethodGet, "/v1/shifts"+tc.query, "")
		})
	}
}

// The client has to take all pages, though no answer says how many there are.
func TestAllShiftsAreFetched(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]sandbox.Faults{"as documented": {}, "small pages": {PageCap: 7}, "as hosted": {Hosted: sandbox.Hosted{Pacific: true}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := start(t, sandbox.Options{Objects: oneSchedule(), Faults: faults})
			client, err := api.New(api.Options{URL: c.base, Token: api.Token(c.token)})
			if err != nil {
				t.Fatal(err)
			}
			from := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
			shifts, err := oncall.Fetch(context.Background(), client, oncall.Span{From: from, To: from.AddDate(0, 0, 56)})
			if err != nil {
				t.Fatal(err)
			}
			if want := 56 + 3; len(shifts) != want { // a turn each day, one of them cut by an override, and a shadow
				t.Errorf("%d shifts, want %d", len(shifts), want)
			}
		})
	}
}

// Who is on call now comes level by level: by turns, by name and by team. Overrides by hand come for each schedule.
func TestWhoIsOnCallNow(t *testing.T) {
	t.Parallel()
	objects := append(oneSchedule(),
		object("schedules", "r2", "", `{"name":"Secondary"}`),
		object("schedule_rotations", "rr", "r2", `{"schedule_id":"r2","schedule_rotationable_type":"ScheduleDailyRotation","active_all_week":true,
			"active_time_type":"all_day","time_zone":"Etc/UTC","schedule_rotationable_attributes":{"handoff_time":"09:00"},"start_time":"2026-06-01T09:00:00Z"}`),
		object("schedule_rotation_members", "mm", "rr", `{"member_type":"User","member_id":"2","position":1}`),
		object("groups", "t", "", `{"name":"Payments","user_ids":[1,2],"admin_ids":[2]}`), object("escalation_policies", "p", "", `{"name":"Primary"}`),
		object("escalation_paths", "a", "p", `{"name":"Always","escalation_policy_id":"p","default":true}`),
		object("escalation_levels", "l1", "p", `{"escalation_policy_id":"p","escalation_policy_path_id":"a","position":1,
			"notification_target_params":[{"type":"schedule","id":"s"},{"type":"slack_channel","id":"C1"}]}`),
		object("escalation_levels", "l2", "p", `{"escalation_policy_id":"p","position":2,"notification_target_params":[
			{"type":"schedule","id":"r2"},{"type":"user","id":"1"},{"type":"team","id":"t","team_members":"admins"},{"type":"team","id":"t","team_members":"escalate"},{"type":"team","id":"gone"}]}`),
	)
	_, c := start(t, sandbox.Options{Objects: objects, Clock: func() time.Time { return time.Date(2026, time.June, 2, 11, 0, 0, 0, time.UTC) }})
	client, err := api.New(api.Options{URL: c.base, Token: api.Token(c.token)})
	if err != nil {
		t.Fatal(err)
	}
	answers, err := oncall.Now(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	want := []oncall.Answer{
		{Policy: "p", Path: "a", Level: 1, Schedule: "s", User: "3"}, // by the override
		{Policy: "p", Level: 2, Schedule: "r2", User: "2"}, {Policy: "p", Level: 2, User: "1"}, {Policy: "p", Level: 2, User: "2"},
	}
	if !slices.Equal(answers, want) {
		t.Errorf("%+v, want %+v", answers, want)
	}
	byHand, err := oncall.Overrides(t.Context(), client, []graph.ID{"s"})
	if err != nil || len(byHand) != 1 || byHand[0].User != "3" || !byHand[0].Override {
		t.Errorf("overrides %+v, %v", byHand, err)
	}
}
