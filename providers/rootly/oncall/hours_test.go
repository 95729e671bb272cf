package oncall

import (
	"fmt"
	"strings"
	"testing"
)

// The tables were worked out by hand with a calendar.
func TestHoursOfWeeks(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	within := Span{at(t, berlin, "2026-03-27 12:00"), at(t, berlin, "2026-03-31 12:00")} // the clocks go forward on the 29th
	for name, tc := range map[string]struct {
		got  []Span
		want string
	}{
		"office hours": {
			OnDays(within, berlin, map[string][]Hours{"F": {{9 * 60, 17 * 60}}, "M": {{9 * 60, 12 * 60}, {13 * 60, 17 * 60}}}),
			"Fri 27 09:00-Fri 27 17:00, Mon 30 09:00-Mon 30 12:00, Mon 30 13:00-Mon 30 17:00",
		},
		"a night in which an hour is missing": {
			OnDays(within, berlin, map[string][]Hours{"U": {{22 * 60, 6 * 60}}}), "Sat 28 22:00-Sun 29 06:00",
		},
		"whole days touch": {
			OnDays(within, berlin, map[string][]Hours{"U": {wholeDay}, "S": {wholeDay}}), "Sat 28 00:00-Mon 30 00:00",
		},
		"a weekend": {
			EachWeek(within, berlin, []Week{{"friday", "monday", 17 * 60, 9 * 60}}), "Fri 20 17:00-Mon 23 09:00, Fri 27 17:00-Mon 30 09:00",
		},
		"within a day": {
			EachWeek(within, berlin, []Week{{"Monday", "Monday", 9 * 60, 17 * 60}}), "Mon 23 09:00-Mon 23 17:00, Mon 30 09:00-Mon 30 17:00",
		},
		"a whole week": {
			EachWeek(within, berlin, []Week{{"monday", "monday", 9 * 60, 9 * 60}}), "Mon 23 09:00-Mon 06 09:00",
		},
	} {
		var rows []string
		for _, s := range tc.got {
			rows = append(rows, fmt.Sprintf("%s-%s", s.From.In(berlin).Format("Mon 02 15:04"), s.To.In(berlin).Format("Mon 02 15:04")))
		}
		if got := strings.Join(rows, ", "); got != tc.want {
			t.Errorf("%s\n got %s\nwant %s", name, got, tc.want)
		}
	}
}

func TestSettingsAreRead(t *testing.T) {
	t.Parallel()
	r := RotationOf("r", map[string]any{
		"schedule_id": "s", "schedule_rotationable_type": "ScheduleWeeklyRotation", "time_zone": "Berlin", "start_time": "2026-01-05T08:00:00.000-08:00",
		"schedule_rotationable_attributes": map[string]any{"handoff_time": "09:30", "handoff_day": "M"},
		"active_all_week":                  false, "active_days": []any{"M"}, "active_time_type": "same_time",
		"active_time_attributes": []any{map[string]any{"start_time": "2000-01-01T09:00:00.000Z", "end_time": "17:00:00"}},
	}, []any{map[string]any{"member_type": "User", "member_id": "1"}, map[string]any{"member_type": "Schedule", "member_id": "x"}}, nil)
	got := fmt.Sprint(r.Schedule, r.Kind, r.Zone, r.Handoff, r.HandoffDay, r.Starts.UTC(), r.Members, r.Active)
	if want := "sScheduleWeeklyRotationEurope/Berlin570M2026-01-05 16:00:00 +0000 UTC[{1 } { x}]map[M:[{540 1020}]]"; strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf(" got %s\nwant %s", got, want)
	}
	custom := RotationOf("r", map[string]any{"active_time_type": "custom"}, nil, []any{map[string]any{"day_name": "T", "active_time_attributes": []any{map[string]any{"start_time": "08:00", "end_time": "10:00"}}}})
	if got := fmt.Sprint(custom.Active); got != "map[T:[{480 600}]]" {
		t.Errorf("custom hours %s", got)
	}
	if _, ok := OverrideOf(map[string]any{"schedule_id": "s"}); ok {
		t.Error("an override without a time")
	}
}
