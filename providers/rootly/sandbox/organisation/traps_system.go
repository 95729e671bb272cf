package organisation

// systemTraps are objects that every organisation has and nobody can create.
func systemTraps() []trap {
	var all []trap
	for _, kind := range []string{"title", "summary", "severity", "environments", "types", "services", "teams", "functionalities", "causes",
		"visibility", "status", "started_at", "resolution_message"} {
		all = append(all, trap{name: "built-in field " + kind, kind: "rootly_form_field", set: func(b *builder, t *trap) {
			id := b.trap(t, "", field{"kind", text(kind)}, field{"name", text(sentence(kind))}, field{"slug", text(kind)}, field{"input_kind", text("text")})
			b.add("rootly_form_field_position", id)
		}})
	}
	for _, name := range []string{"owner", "admin", "user", "observer", "no_access"} {
		all = append(all, trap{name: "built-in role " + name, kind: "rootly_role", set: having(field{"name", text(sentence(name))}, field{"slug", text(name)},
			field{"is_deletable", no}, field{"is_editable", no})})
	}
	for _, name := range []string{"admin", "user", "observer", "no_access"} {
		all = append(all, trap{name: "built-in on-call role " + name, kind: "rootly_on_call_role",
			set: having(field{"name", text(sentence(name))}, field{"slug", text(name)}, field{"system_role", text(name)})})
	}
	for _, name := range []string{"title", "description", "external_url"} {
		all = append(all, trap{name: "built-in alert field " + name, kind: "rootly_alert_field",
			set: having(field{"name", text(sentence(name))}, field{"slug", text(name)}, field{"kind", text(name)})})
	}
	return append(all,
		trap{name: "default form set", kind: "rootly_form_set", set: having(field{"name", text("Default")}, field{"slug", text("default")}, field{"is_default", yes})},
		trap{name: "default retrospective process", kind: "rootly_retrospective_process", set: having(field{"name", text("Default")},
			field{"is_default", yes}, field{"retrospective_process_matching_criteria", null})},
		trap{name: "default path", kind: "rootly_escalation_path", set: having(field{"default", yes}, field{"time_restriction_time_zone", null},
			field{"time_restrictions", empty}, field{"rules", empty})},
	)
}

// emptyTraps lack what the provider requires, or hold null where it expects a list.
func emptyTraps() []trap {
	return []trap{
		{name: "phone tree without targets", kind: "rootly_live_call_router", set: having(field{"kind", text("live")}, field{"paging_targets", empty})},
		{name: "router that triggers nothing", kind: "rootly_live_call_router", set: having(field{"escalation_policy_trigger_params", null})},
		{name: "active day without hours", kind: "rootly_schedule_rotation_active_day", set: having(field{"active_time_attributes", empty})},
		{name: "level that pages nobody", kind: "rootly_escalation_level", set: having(field{"notification_target_params", empty})},
		{name: "source without blocks", kind: "rootly_alerts_source", set: having(field{"alert_template_attributes", null}, field{"sourceable_attributes", null},
			field{"resolution_rule_attributes", null}, field{"alert_source_urgency_rules_attributes", empty})},
		{name: "key that never expires", kind: "rootly_api_key", set: having(field{"expires_at", null}, field{"role_id", null}, field{"on_call_role_id", null})},
		{name: "panel without a place", kind: "rootly_dashboard_panel", set: having(field{"position", null}, field{"name", null})},
		{name: "group of workflows without a kind", kind: "rootly_workflow_group", set: having(field{"kind", null})},
		{name: "task without a name", kind: "rootly_workflow_task_print", set: having(field{"name", null})},
		{name: "task switched off", kind: "rootly_workflow_task_print", set: having(field{"enabled", no}, field{"skip_on_failure", yes})},
		{name: "entity that does not say its catalogue", kind: "rootly_catalog_entity", set: having(field{"catalog_id", null})},
		{name: "lists that are null", kind: "rootly_service", set: having(field{"environment_ids", null}, field{"service_ids", null}, field{"owner_group_ids", null},
			field{"owner_user_ids", null}, field{"notify_emails", null}, field{"slack_channels", null}, field{"slack_aliases", null}, field{"properties", null})},
		{name: "lists that are null", kind: "rootly_team", set: having(field{"user_ids", null}, field{"admin_ids", null}, field{"notify_emails", null},
			field{"slack_channels", null}, field{"properties", null})},
		{name: "schedule without Slack", kind: "rootly_schedule", set: having(field{"slack_channel", null}, field{"slack_user_group", null})},
	}
}

// refusedTraps are objects for which no code has a clean plan. They must be left out and reported.
func refusedTraps() []trap {
	return []trap{
		{name: "admin who is no member", kind: "rootly_team", refused: true, set: knowing(func(b *builder, _ slot) []field {
			people := b.picks(person, 12)
			return []field{{"user_ids", numbers(people[1:])}, {"admin_ids", numbers(people[:1])}}
		})},
		{name: "group without a channel", kind: "rootly_communications_group", refused: true, set: having(field{"email_channel", no}, field{"sms_channel", no})},
		{name: "two tasks at one position", kind: "rootly_workflow_task_print", refused: true, set: func(b *builder, t *trap) {
			parent := b.add("rootly_workflow_incident", "")
			b.trap(t, parent, field{"position", number(1)})
			b.trap(t, parent, field{"position", number(1)})
		}},
		{name: "attribute of another JSON type", kind: "rootly_communications_stage", refused: true, set: having(field{"position", text("first")})},
	}
}
