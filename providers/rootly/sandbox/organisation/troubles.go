package organisation

import "fmt"

// troubles are changes of the showcase's objects, by id: what lint looks for and what neither a trap nor chance shows. The
// first object of each type stays as it is, since it has every attribute.
func (b *builder) troubles() map[string][]field {
	changes := map[string][]field{}
	id := func(kind string, n int) string { return b.pools["rootly_"+kind][n].id }
	change := func(kind string, n int, f ...field) { changes[id(kind, n)] = f }
	user := func(id string) encoded {
		return array(object(field{"id", text(id)}, field{"type", text("user")}, field{"team_members", null}))
	}
	const departed = "999"

	// A path that only pages somebody who has left, and one that pages one person.
	change("escalation_path", 3, field{"notification_type", text("audible")})
	change("escalation_level", 3, field{"escalation_policy_path_id", text(id("escalation_path", 3))}, field{"notification_target_params", user(departed)})
	b.trapped[id("escalation_level", 3)] = &trap{name: "level that pages somebody who has left", kind: "rootly_escalation_level", dangling: true}
	change("escalation_path", 4)
	change("escalation_level", 4, field{"escalation_policy_path_id", text(id("escalation_path", 4))}, field{"notification_target_params", user(b.pools[person][0].id)})

	// A schedule that is not covered at weekends. Its only person, see turns, has no other week and another schedule as well.
	weekdays := fields{{"active_all_week", no}, {"active_days", texts("M", "T", "W", "R", "F")}, {"end_time", null}}
	change("schedule", 0)
	change("schedule", 1, field{"all_time_coverage", yes})
	change("schedule_rotation", 1, field{"end_time", null})
	change("schedule_rotation", 2, weekdays...)

	// Alerts and calls that reach nobody.
	condition := object(field{"property_field_type", text("attribute")}, field{"property_field_name", text("source")}, field{"property_field_condition_type", text("is_one_of")},
		field{"property_field_value", null}, field{"property_field_values", texts("cron")}, field{"alert_urgency_ids", null}, field{"conditionable_type", null}, field{"conditionable_id", null})
	group := object(field{"position", number(1)}, field{"conditions", array(condition)})
	rule := object(field{"name", text("Night")}, field{"position", number(1)}, field{"fallback_rule", no}, field{"destinations", empty}, field{"condition_groups", array(group)})
	change("alerts_source", 3, field{"enabled", no})
	change("alert_route", 1, field{"enabled", yes}, field{"alerts_source_ids", texts(id("alerts_source", 3), id("alerts_source", 1))}, field{"rules", array(rule)})
	change("live_call_router", 1, field{"paging_targets", empty}, field{"escalation_policy_trigger_params", null})
	for n := 5; n < 8; n++ { // of which a policy may name some
		change("service", n, field{"escalation_policy_id", null}, field{"owner_group_ids", empty}, field{"pagerduty_id", null}, field{"opsgenie_id", null},
			field{"opsgenie_team_id", null})
	}
	change("heartbeat", 2, field{"enabled", no})

	// Nobody is responsible, and what never happens.
	change("escalation_policy", 2, field{"group_ids", empty}, field{"service_ids", empty})
	change("team", 5, field{"admin_ids", empty})
	change("form_field", 4, field{"enabled", no})
	change("workflow_form_field_condition", 1, field{"form_field_id", text(id("form_field", 4))})
	change("workflow_incident", 9, field{"enabled", yes}, field{"command", null}, field{"repeat_every_duration", null}, field{"trigger_params.triggers", empty})
	return changes
}

// turns fills the rotations of troubles: one with two people, and one of another schedule with the first of them alone.
func (b *builder) turns() {
	for rotation, people := range []int{0, 2, 1} {
		owner := b.pools["rootly_schedule_rotation"][rotation].id
		for n, p := range b.pools[person][:people] {
			s := slot{"member", fmt.Sprintf("%08d%s", n, owner[8:]), owner} // an id of its own leaves the others as they are
			b.store("schedule_rotation_members", s, fields{{"member_type", text("User")}, {"member_id", text(p.id)}, {"position", number(n + 1)}})
		}
	}
}

// spare is an id, or another one of its kind that has no troubles, which more objects would hide.
func (b *builder) spare(id string, others []string) string {
	if _, troubled := b.troubled[id]; !troubled {
		return id
	}
	for _, other := range others {
		if _, troubled := b.troubled[other]; !troubled {
			return other
		}
	}
	return id
}
