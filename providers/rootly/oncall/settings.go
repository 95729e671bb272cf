package oncall

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// RotationOf reads the settings of a rotation as the API answers them. Members are the attributes of those who take turns,
// days those of its active days, which count where it has other hours on each day. What cannot be understood counts as not
// set.
func RotationOf(id graph.ID, attributes map[string]any, members, days []any) Rotation {
	of, _ := attributes["schedule_rotationable_attributes"].(map[string]any)
	r := Rotation{
		ID: id, Schedule: graph.ID(word(attributes, "schedule_id")), Kind: Kind(word(attributes, "schedule_rotationable_type")),
		Handoff: ClockOf(word(of, "handoff_time")), HandoffDay: word(of, "handoff_day"), Unit: word(of, "shift_length_unit"),
		Active: active(attributes, days),
	}
	r.Zone, _ = Zone(word(attributes, "time_zone"))
	r.Starts, _ = time.Parse(time.RFC3339, word(attributes, "start_time"))
	r.Ends, _ = time.Parse(time.RFC3339, word(attributes, "end_time"))
	_, _ = fmt.Sscan(word(of, "shift_length"), &r.Length)
	for _, m := range members {
		member := Member{User: graph.ID(word(m, "member_id"))}
		if word(m, "member_type") == "Schedule" {
			member = Member{Schedule: member.User}
		}
		r.Members = append(r.Members, member)
	}
	return r
}

// OverrideOf reads an override shift as the API answers it; false where it has no time.
func OverrideOf(attributes map[string]any) (Shift, bool) {
	s := Shift{Schedule: graph.ID(word(attributes, "schedule_id")), User: graph.ID(word(attributes, "user_id")), Override: true}
	return s, s.times(attributes) == nil
}

// ShadowOf reads a shadow as the API answers it; false where it has no time.
func ShadowOf(attributes map[string]any) (Shift, bool) {
	s := Shift{Schedule: graph.ID(word(attributes, "schedule_id")), User: graph.ID(word(attributes, "shadow_user_id")), Shadow: true}
	return s, s.times(attributes) == nil
}

// times reads from when to when a shift is.
func (s *Shift) times(attributes map[string]any) (err error) {
	if s.From, err = time.Parse(time.RFC3339, word(attributes, "starts_at")); err != nil {
		return fmt.Errorf("starts_at: %w", err)
	}
	if s.To, err = time.Parse(time.RFC3339, word(attributes, "ends_at")); err != nil {
		return fmt.Errorf("ends_at: %w", err)
	}
	return nil
}

// active are the hours of a rotation by weekday; nil for all of them.
func active(attributes map[string]any, days []any) map[string][]Hours {
	kind := word(attributes, "active_time_type")
	if kind == "custom" && len(days) > 0 {
		byDay := map[string][]Hours{}
		for _, day := range days {
			byDay[word(day, "day_name")] = hoursOf(day)
		}
		return byDay
	}
	allWeek, says := attributes["active_all_week"].(bool)
	allWeek = allWeek || !says
	if allWeek && kind != "same_time" {
		return nil
	}
	hours := []Hours{wholeDay}
	if kind == "same_time" {
		hours = hoursOf(attributes)
	}
	onlyOn, _ := attributes["active_days"].([]any)
	byDay := map[string][]Hours{}
	for _, letter := range letters {
		day := string(letter)
		if allWeek || slices.Contains(onlyOn, any(day)) {
			byDay[day] = hours
		}
	}
	return byDay
}

func hoursOf(attributes any) []Hours {
	m, _ := attributes.(map[string]any)
	list, _ := m["active_time_attributes"].([]any)
	var all []Hours
	for _, v := range list {
		all = append(all, Hours{From: ClockOf(word(v, "start_time")), To: ClockOf(word(v, "end_time"))})
	}
	return all
}

// ClockOf reads a time of day such as 09:30 or 2000-01-01T09:30:00.000Z; midnight where it cannot be read.
func ClockOf(word string) Clock {
	for _, layout := range []string{"15:04", "15:04:05", time.RFC3339} {
		if t, err := time.Parse(layout, word); err == nil {
			return Clock(t.Hour()*60 + t.Minute())
		}
	}
	return 0
}

// word is a text of an object, or the digits of a number.
func word(object any, name string) string {
	m, _ := object.(map[string]any)
	switch v := m[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
