package organisation

import "time"

func escalationPolicy(b *builder, _ slot) fields {
	name := b.title(b.product(), "escalation")
	hours := null
	if b.whole || b.chance(50) {
		hours = object(field{"time_zone", text(b.oneOf("Europe/London", "America/New_York", "Pacific Time (US & Canada)"))},
			field{"days", texts(b.someOf(5, "M", "T", "W", "R", "F", "S", "U")...)},
			field{"start_time", text("09:00")}, field{"end_time", text("17:30")})
	}
	return fields{
		{"name", text(name)},
		{"description", b.note(name)},
		{"repeat_count", number(b.upTo(3))},
		{"created_by_user_id", b.userNumber()},
		{"last_updated_by_user_id", b.userNumber()},
		{"group_ids", b.refs("rootly_team", b.upTo(2))},
		{"service_ids", b.refs("rootly_service", b.upTo(2))},
		{"business_hours", hours},
	}
}

func escalationPath(b *builder, s slot) fields {
	rank := b.rank(s.kind, s.parent)
	name := b.title(b.oneOf("Default", "Business hours", "Nights", "Quiet"), "path")
	return fields{
		{"name", text(name)},
		{"default", flag(rank == 1)},
		{"notification_type", text(b.oneOf("audible", "quiet"))},
		{"path_type", text("escalation")},
		{"escalation_policy_id", text(s.parent)},
		{"after_deferral_behavior", null},
		{"after_deferral_path_id", null},
		{"match_mode", text(b.oneOf("match-all-rules", "match-any-rule"))},
		{"position", number(rank)},
		{"repeat", flag(b.chance(40))},
		{"repeat_count", number(b.upTo(3))},
		{"initial_delay", number(b.upTo(2) * 5)},
		{"rules", b.pathRules(rank)},
		{"time_restriction_time_zone", text(b.oneOf("Europe/London", "America/New_York", "UTC"))},
		{"time_restrictions", array(object(field{"start_day", text("monday")}, field{"start_time", text("09:00")},
			field{"end_day", text("friday")}, field{"end_time", text("17:00")}))},
	}
}

// pathRules are when a path is taken; the first path of a policy needs none.
func (b *builder) pathRules(rank int) encoded {
	if rank == 1 {
		return empty
	}
	kinds := []string{"alert_urgency", "working_hour", "json_path", "field", "service", "source"}
	return array(b.pathRule(kinds[(rank-2)%len(kinds)]))
}

// pathRule makes a rule of one kind, which has the keys of that kind only.
func (b *builder) pathRule(kind string) encoded {
	f := fields{{"rule_type", text(kind)}}
	switch kind {
	case "alert_urgency":
		f = append(f, field{"urgency_ids", b.refs("rootly_alert_urgency", 2)})
	case "working_hour":
		f = append(f, field{"within_working_hour", flag(b.chance(50))})
	case "json_path":
		f = append(f, field{"json_path", text("$.labels.team")}, field{"operator", text("is")}, field{"value", text("checkout")}, field{"values", empty})
	case "field":
		f = append(f, field{"fieldable_type", text("AlertField")}, field{"fieldable_id", b.ref("rootly_alert_field")},
			field{"operator", text("is_one_of")}, field{"values", texts("eu-west-1", "eu-west-2")})
	case "service":
		f = append(f, field{"service_ids", b.refs("rootly_service", 2)})
	case "source":
		f = append(f, field{"operator", text("is_one_of")}, field{"values", b.refs("rootly_alerts_source", 1)})
	case "deferral_window":
		block := fields{{"all_day", no}, {"start_time", text("22:00")}, {"end_time", text("06:00")}, {"position", number(1)}}
		for i, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
			block = append(block, field{day, flag(i < 5)})
		}
		f = append(f, field{"time_zone", text("Europe/London")}, field{"time_blocks", array(block.encode())})
	}
	return f.encode()
}

func escalationLevel(b *builder, s slot) fields {
	return fields{
		{"escalation_policy_id", text(s.parent)},
		{"escalation_policy_path_id", maybeText(b.pickUnder("rootly_escalation_path", s.parent))},
		{"paging_strategy_configuration_strategy", text(b.oneOf("default", "random", "cycle", "alert"))},
		{"paging_strategy_configuration_schedule_strategy", text(b.oneOf("on_call_only", "everyone"))},
		{"paging_strategy_configuration_page_users_count", number(1 + b.upTo(2))},
		{"paging_strategy_configuration_repeats", number(b.upTo(3))},
		{"paging_strategy_configuration_repeats_mode", b.some(20, "users", "all")},
		{"paging_strategy_configuration_rotation_scope", b.some(20, "active_rotation", "entire_schedule")},
		{"delay", number(5 * b.upTo(3))},
		{"position", number(b.rank(s.kind, s.parent))},
		{"notification_target_params", array(b.levelTarget(b.oneOf("team", "user", "schedule", "service", "slack_channel")))},
	}
}

// levelTarget is somebody to page, of one kind.
func (b *builder) levelTarget(kind string) encoded {
	id, members := b.external("C"), null
	switch kind {
	case "team":
		id, members = b.pick("rootly_team"), text(b.oneOf("all", "admins", "escalate"))
	case "user":
		id = b.pick(person)
	case "schedule", "service":
		id = b.pick("rootly_" + kind)
	}
	return object(field{"id", text(id)}, field{"type", text(kind)}, field{"team_members", members})
}

func schedule(b *builder, _ slot) fields {
	name := b.title(b.product(), b.oneOf("primary", "secondary", "weekend", "follow the sun"))
	group, channel := null, null
	if b.whole || b.chance(40) {
		group, channel = pair(b.external("S"), "oncall"), b.channel()
	}
	return fields{
		{"name", text(name)},
		{"description", b.note(name)},
		{"all_time_coverage", flag(b.chance(50))},
		{"slack_user_group", group},
		{"slack_channel", channel},
		{"owner_group_ids", b.refs("rootly_team", b.upTo(2))},
		{"owner_user_id", b.userNumber()},
		{"sync_linear_enabled", no},
		{"include_shadows_in_slack_notifications", flag(b.chance(30))},
		{"shift_start_notifications_enabled", flag(b.chance(50))},
		{"shift_update_notifications_enabled", flag(b.chance(50))},
		{"shift_report_enabled", flag(b.chance(20))},
		{"shift_report_day_of_week", text("monday")},
		{"shift_report_time_of_day", text("09:00")},
		{"shift_report_time_zone", text("Etc/UTC")},
		{"time_zone", text(b.oneOf("Etc/UTC", "Europe/London", "America/New_York"))},
	}
}

func scheduleRotation(b *builder, s slot) fields {
	rank := b.rank(s.kind, s.parent)
	kind, shift := "ScheduleDailyRotation", fields{{"handoff_time", text("09:00")}}
	switch b.upTo(3) {
	case 1:
		kind, shift = "ScheduleWeeklyRotation", append(shift, field{"handoff_day", text("M")})
	case 2:
		kind, shift = "ScheduleMonthlyRotation", append(shift, field{"handoff_day", text("first_day_of_month")})
	case 3:
		kind, shift = "ScheduleCustomRotation", append(shift, field{"shift_length", number(12)}, field{"shift_length_unit", text("hours")})
	}
	return fields{
		{"schedule_id", text(s.parent)},
		{"name", text(b.title(b.oneOf("Days", "Nights", "Weekends", "EU", "US"), "rotation"))},
		{"position", number(rank)},
		{"schedule_rotationable_type", text(kind)},
		{"active_all_week", yes},
		{"active_days", texts("S", "M", "T", "W", "R", "F", "U")},
		{"active_time_type", text("all_day")},
		{"active_time_attributes", empty},
		{"time_zone", text(b.oneOf("Etc/UTC", "Europe/London", "America/New_York"))},
		{"schedule_rotationable_attributes", shift.encode()},
		{"start_time", b.some(30, "2025-01-06T09:00:00Z")},
		{"end_time", b.some(5, "2027-01-04T09:00:00Z")},
	}
}

// members adds who takes turns in a rotation. Members are no resources, but part of it.
func (b *builder) members(rotation string, people int) {
	for i, id := range b.picks(person, people) {
		b.member(rotation, "User", id, i+1)
	}
}

func (b *builder) member(rotation, kind, id string, position int) {
	s := slot{"member", b.uuid(), rotation}
	b.store("schedule_rotation_members", s, fields{{"member_type", text(kind)}, {"member_id", text(id)}, {"position", number(position)}})
}

func rotationActiveDay(b *builder, s slot) fields {
	days := []string{"M", "T", "W", "R", "F", "S", "U"}
	return fields{
		{"schedule_rotation_id", text(s.parent)},
		{"day_name", text(days[(b.rank(s.kind, s.parent)-1)%len(days)])},
		{"active_time_attributes", array(object(field{"start_time", text("08:00")}, field{"end_time", text("18:00")}))},
	}
}

func rotationUser(b *builder, s slot) fields {
	return fields{
		{"schedule_rotation_id", text(s.parent)},
		{"user_id", b.userNumber()},
		{"position", number(b.rank(s.kind, s.parent))},
	}
}

func overrideShift(b *builder, s slot) fields {
	from := b.past()
	return fields{
		{"schedule_id", text(s.parent)},
		{"rotation_id", maybeText(b.pickUnder("rootly_schedule_rotation", s.parent))},
		{"starts_at", stamp(from)},
		{"ends_at", stamp(from.Add(8 * time.Hour))},
		{"is_override", yes},
		{"shift_override", null},
		{"user_id", b.userNumber()},
		{"user", "{}"},
	}
}

func onCallShadow(b *builder, s slot) fields {
	from := b.past()
	return fields{
		{"schedule_id", text(s.parent)},
		{"shadowable_type", text("User")},
		{"shadowable_id", b.ref(person)},
		{"shadow_user_id", b.userNumber()},
		{"starts_at", stamp(from)},
		{"ends_at", stamp(from.Add(24 * time.Hour))},
	}
}
