package organisation

// targetTypes are what alerts can be sent to, by the names that Rootly gives them.
func targetTypes() map[string]string {
	return map[string]string{"Service": "rootly_service", "Group": "rootly_team",
		"EscalationPolicy": "rootly_escalation_policy", "Functionality": "rootly_functionality"}
}

// target draws who gets an alert.
func (b *builder) target() encoded {
	kind := b.oneOf("Service", "Group", "EscalationPolicy", "Functionality")
	return object(field{"target_type", text(kind)}, field{"target_id", b.ref(targetTypes()[kind])})
}

func alertUrgency(b *builder, s slot) fields {
	name := b.title(b.oneOf("High", "Medium", "Low", "Informational"), b.oneOf("urgency", "priority"))
	return fields{
		{"id", text(s.id)},
		{"name", text(name)},
		{"description", text(name + " alerts.")},
		{"position", number(b.rank(s.kind, ""))},
		{"urgency", text(b.oneOf("high", "medium", "low"))},
		{"color", b.colour()},
		{"team_id", number(4711)},
		{"deleted_at", null},
	}
}

func alertField(b *builder, _ slot) fields {
	name := b.title(b.product(), b.oneOf("region", "cluster", "owner", "host"))
	return fields{
		{"slug", b.slug(name)},
		{"name", text(name)},
		{"kind", text("custom")},
	}
}

// alertCondition compares a part of an alert with values.
func (b *builder) alertCondition() fields {
	f := fields{
		{"property_field_type", text("attribute")},
		{"property_field_name", text(b.oneOf("summary", "description", "source"))},
		{"property_field_condition_type", text(b.oneOf("contains", "is_one_of", "starts_with"))},
		{"property_field_value", b.some(20, "checkout")},
		{"property_field_values", texts(b.someOf(2, "checkout", "payments", "prod", "critical")...)},
		{"alert_urgency_ids", null},
		{"conditionable_type", null},
		{"conditionable_id", null},
	}
	switch {
	case b.chance(25):
		return f.with(field{"property_field_type", text("alert_field")}, field{"property_field_name", null},
			field{"conditionable_type", text("AlertField")}, field{"conditionable_id", b.ref("rootly_alert_field")})
	case b.chance(25):
		return f.with(field{"property_field_name", text("alert_urgency")}, field{"alert_urgency_ids", b.refs("rootly_alert_urgency", 2)})
	}
	return f
}

func alertGroup(b *builder, _ slot) fields {
	name := b.title(b.product(), "storm")
	condition := b.alertCondition().with(field{"values", empty})
	if b.chance(40) {
		value := object(field{"record_id", b.ref("rootly_alert_urgency")}, field{"record_type", text("AlertUrgency")})
		condition = condition.with(field{"values", array(value)})
	}
	return fields{
		{"name", text(name)},
		{"description", b.note(name)},
		{"slug", b.slug(name)},
		{"condition_type", text(b.oneOf("all", "any"))},
		{"time_window", number(10 * (1 + b.upTo(5)))},
		{"group_by_alert_title", flag(b.chance(50))},
		{"group_by_alert_urgency", flag(b.chance(50))},
		{"targets", array(b.target())},
		{"attributes", array(object(field{"json_path", text("$.host")}))},
		{"conditions", array(condition.encode())},
		{"deleted_at", null},
	}
}

func alertRoute(b *builder, _ slot) fields {
	rule := func(position int, fallback bool, groups encoded) encoded {
		return object(field{"name", text(b.oneOf("Production", "Everything else", "Night"))}, field{"position", number(position)},
			field{"fallback_rule", flag(fallback)}, field{"destinations", array(b.target())}, field{"condition_groups", groups})
	}
	group := object(field{"position", number(1)}, field{"conditions", array(b.alertCondition().encode())})
	return fields{
		{"name", text(b.title(b.product(), "route"))},
		{"enabled", flag(!b.chance(10))},
		{"alerts_source_ids", b.refs("rootly_alerts_source", 2)},
		{"owning_team_ids", b.refs("rootly_team", b.upTo(2))},
		{"rules", array(rule(1, false, array(group)), rule(2, true, empty))},
	}
}

func alertRoutingRule(b *builder, s slot) fields {
	condition := fields{
		{"property_field_type", text("payload")},
		{"property_field_name", text("$.labels.team")},
		{"property_field_condition_type", text("is_one_of")},
		{"property_field_value", b.some(20, "checkout")},
		{"property_field_values", texts("checkout")},
	}
	made := b.past()
	times := []field{{"id", text(b.uuid())}, {"created_at", stamp(made)}, {"updated_at", stamp(made)}}
	nested := condition.with(append(times, field{"conditionable_id", null}, field{"conditionable_type", null})...)
	group := fields{{"position", number(1)}, {"conditions", array(nested.encode())}}
	return fields{
		{"name", text(b.title(b.product(), "rule"))},
		{"enabled", yes},
		{"alerts_source_id", b.ref("rootly_alerts_source")},
		{"position", number(b.rank(s.kind, ""))},
		{"condition_type", text("all")},
		{"conditions", array(condition.encode())},
		{"destination", b.target()},
		{"condition_groups", array(group.with(times...).encode())},
	}
}

func alertsSource(b *builder, _ slot) fields {
	kind := b.oneOf("email", "datadog", "grafana", "sentry", "generic_webhook", "alertmanager")
	mail, hook := null, text("https://webhooks.rootly.com/webhooks/incoming/"+kind+"_webhooks")
	if kind == "email" {
		mail, hook = text("alerts-"+b.uuid()+"@email.rootly.com"), null
	}
	return fields{
		{"name", text(b.title(b.product(), kind))},
		{"enabled", yes},
		{"source_type", text(kind)},
		{"alert_urgency_id", b.ref("rootly_alert_urgency")},
		{"deduplicate_alerts_by_key", flag(b.chance(30))},
		{"deduplication_key_kind", text("payload")},
		{"deduplication_key_path", b.some(30, "$.alert.id")},
		{"deduplication_key_regexp", b.some(5, `\d+-(\w+)`)},
		{"owner_group_ids", b.refs("rootly_team", 1)},
		{"alert_template_attributes", alertTemplate()},
		{"alert_source_urgency_rules_attributes", array(b.urgencyRule())},
		{"sourceable_attributes", sourceable(kind)},
		{"resolution_rule_attributes", b.resolutionRule()},
		{"alert_source_fields_attributes", empty},
		{"status", text(b.oneOf("connected", "setup_complete"))},
		{"secret", text(b.token(40))},
		{"email", mail},
		{"webhook_endpoint", hook},
	}
}

func alertTemplate() encoded {
	return object(field{"title", text("{{ alert.data.title }}")}, field{"description", text("{{ alert.data.body | truncate: 200 }}")},
		field{"external_url", text("{{ alert.data.url }}")})
}

// urgencyRule sets an alert's urgency by its payload.
func (b *builder) urgencyRule() encoded {
	return object(field{"json_path", text("$.severity")}, field{"operator", text(b.oneOf("is", "is_not", "contains"))},
		field{"value", text(b.oneOf("critical", "warning"))}, field{"conditionable_type", null}, field{"conditionable_id", null},
		field{"kind", text("payload")}, field{"alert_urgency_id", b.ref("rootly_alert_urgency")})
}

func sourceable(kind string) encoded {
	mapping := empty
	if kind == "generic_webhook" {
		mapping = array(object(field{"field", text("external_id")}, field{"json_path", text("$.id")}),
			object(field{"field", text("alert_title")}, field{"json_path", text("$.title")}))
	}
	return object(field{"auto_resolve", flag(kind == "generic_webhook")}, field{"resolve_state", text("ok")},
		field{"accept_threaded_emails", flag(kind == "email")}, field{"field_mappings_attributes", mapping})
}

// resolutionRule says when an alert is over; sources without one answer null.
func (b *builder) resolutionRule() encoded {
	if !b.whole && b.chance(60) {
		return null
	}
	condition := object(field{"field", text("$.state")}, field{"operator", text("is")}, field{"value", text("ok")},
		field{"conditionable_type", null}, field{"conditionable_id", null}, field{"kind", text("payload")})
	return object(field{"enabled", yes}, field{"condition_type", text("all")}, field{"identifier_matchable_type", text("AlertField")},
		field{"identifier_matchable_id", b.ref("rootly_alert_field")}, field{"identifier_reference_kind", text("payload")},
		field{"identifier_json_path", text("$.id")}, field{"identifier_value_regex", b.some(20, `id-(\d+)`)}, field{"conditions_attributes", array(condition)})
}

func heartbeat(b *builder, _ slot) fields {
	kinds := targetTypes()
	kinds["User"] = person
	kind := b.oneOf("User", "Group", "Service", "EscalationPolicy", "Functionality")
	name := b.title(b.product(), b.oneOf("nightly backup", "cron", "sync", "certificate renewal"))
	id := b.uuid()
	return fields{
		{"name", text(name)},
		{"description", b.note(name)},
		{"alert_summary", text(name + " is late")},
		{"alert_description", b.some(50, "Look at the last run first.")},
		{"alert_urgency_id", b.ref("rootly_alert_urgency")},
		{"interval", number(5 * (1 + b.upTo(10)))},
		{"interval_unit", text(b.oneOf("minutes", "hours", "days"))},
		{"notification_target_id", b.ref(kinds[kind])},
		{"notification_target_type", text(kind)},
		{"owner_group_ids", b.refs("rootly_team", b.upTo(1))},
		{"enabled", flag(!b.chance(10))},
		{"status", text(b.oneOf("waiting", "active", "expired"))},
		{"ping_url", text("https://webhooks.rootly.com/heartbeats/" + id)},
		{"secret", text(b.token(32))},
		{"email_address", text("heartbeat-" + id + "@email.rootly.com")},
		{"last_pinged_at", stamp(b.past())},
		{"expires_at", null},
	}
}

func liveCallRouter(b *builder, _ slot) fields {
	kind := b.oneOf("EscalationPolicy", "Service", "Group")
	return fields{
		{"kind", text(b.oneOf("voicemail", "live"))},
		{"enabled", yes},
		{"name", text(b.title(b.product(), "hotline"))},
		{"country_code", text(b.oneOf("US", "GB", "DE"))},
		{"phone_type", text("local")},
		{"phone_number", text("+1415555" + string(number(1000+b.upTo(8999))))},
		{"voicemail_greeting", text("Leave a message after the tone.")},
		{"caller_greeting", text("Please hold while we find somebody.")},
		{"unavailable_responder_message", b.some(20, "Nobody is available.")},
		{"waiting_music_url", text("https://storage.rootly.com/twilio/voicemail/BusyStrings.mp3")},
		{"sent_to_voicemail_delay", number(60)},
		{"should_redirect_to_voicemail_on_no_answer", flag(b.chance(50))},
		{"escalation_level_delay_in_seconds", number(30 + 10*b.upTo(3))},
		{"should_auto_resolve_alert_on_call_end", flag(b.chance(50))},
		{"notify_via_sms", no},
		{"notify_via_push_notification", yes},
		{"informational_notification_message", b.some(20, "Somebody called.")},
		{"alert_urgency_id", b.ref("rootly_alert_urgency")},
		{"calling_tree_prompt", text("For checkout press 1.")},
		{"paging_targets", array(b.pagingTarget())},
		{"escalation_policy_trigger_params", object(field{"id", b.ref(targetTypes()[kind])}, field{"type", text(kind)})},
	}
}

func (b *builder) pagingTarget() encoded {
	kind := b.oneOf("service", "team", "escalation_policy")
	return object(field{"id", b.ref("rootly_" + kind)}, field{"type", text(kind)}, field{"alert_urgency_id", b.ref("rootly_alert_urgency")})
}
