package organisation

// rawTraps are blocks that the provider takes as they are: one key it does not know, or one
// value of another type, and it drops the whole block without a word.
func rawTraps() []trap {
	mapped := []string{"create_jira_issue", "create_jira_subtask"}
	all := []trap{
		{name: "trigger with an unknown key", kind: "rootly_workflow_incident", set: having(field{"trigger_params.incident_condition_region", text("ANY")})},
		{name: "trigger with visibilities as booleans", kind: "rootly_workflow_incident", set: having(field{"trigger_params.incident_visibilities", "[true,false]"})},
		{name: "trigger with visibilities as booleans", kind: "rootly_workflow_action_item", set: having(field{"trigger_params.incident_visibilities", "[true]"})},
		{name: "trigger with visibilities as booleans", kind: "rootly_workflow_post_mortem", set: having(field{"trigger_params.incident_visibilities", "[false]"})},
		{name: "trigger with conditions on alert fields", kind: "rootly_workflow_alert", set: knowing(fieldConditions)},
		{name: "payload conditions as an object", kind: "rootly_workflow_alert", set: having(field{"trigger_params.alert_payload_conditions",
			`{"logic":"ANY","conditions":[{"query":"$.name","operator":"IS","values":["checkout"],"use_regexp":true}]}`})},
		{name: "payload conditions as JSON in a text", kind: "rootly_workflow_alert", set: having(field{"trigger_params.alert_payload_conditions",
			`{"logic":"ALL","conditions":"[{\"query\":\"$.name\",\"operator\":\"IS\",\"values\":[\"checkout\"],\"use_regexp\":false}]"}`})},
		{name: "task with an unknown key", kind: "rootly_workflow_task_update_pagerduty_incident", set: having(field{"task_params.labels", `["sev1"]`})},
		{name: "task with a member's mail address", kind: "rootly_workflow_task_create_microsoft_teams_chat",
			set: having(field{"task_params.members", `[{"id":"29:1a2b","name":"Ada Okafor","email":"ada.okafor@example.com"}]`})},
		{name: "task with another JSON type: max_tokens", kind: "rootly_workflow_task_create_anthropic_chat_completion", set: having(field{"task_params.max_tokens", null})},
		{name: "criteria with an unknown key", kind: "rootly_retrospective_process", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"retrospective_process_matching_criteria", object(field{"severity_ids", b.refs("rootly_severity", 1)}, field{"cause_ids", empty})}}
		})},
		{name: "panel grouped by an object", kind: "rootly_dashboard_panel", set: having(field{"params",
			`{"display":"table","description":"","table_fields":["id"],"legend":{"groups":"all"},"datalabels":{"enabled":true},"datasets":[{"name":"By region","collection":"incidents","filter":[],"group_by":{"key":"custom_field","value":"region"},"aggregate":{"operation":"count","key":"results","cumulative":false}}]}`})},
	}
	all = append(all, of("task with a number as id", having(field{"task_params.issue_type", `{"id":10001,"name":"Incident"}`}), taskTypes(mapped...)...)...)
	all = append(all, of("task with an empty map", having(field{"task_params.priority", "{}"}, field{"task_params.status", "{}"}), taskTypes(mapped...)...)...)
	all = append(all, of("task with labels as a text", having(field{"task_params.labels", text("incident, sev1")}), taskTypes("create_motion_task", "update_motion_task")...)...)
	all = append(all, of("task with a temperature as number", having(field{"task_params.temperature", "0.70"}, field{"task_params.top_p", "1"}),
		taskTypes("create_openai_chat_completion", "create_mistral_chat_completion")...)...)
	return append(all, spellingTraps()...)
}

// fieldConditions is the shape that the API gives and the provider does not take.
func fieldConditions(b *builder, _ slot) []field {
	condition := object(field{"alert_field_id", b.ref("rootly_alert_field")}, field{"condition_type", text("IS")}, field{"values", texts("eu-west-1")})
	return []field{{"trigger_params.alert_field_conditions", array(condition)}}
}

// spellingTraps are tasks that call themselves by another name than their type.
func spellingTraps() []trap {
	var all []trap
	for _, k := range []string{"create_anthropic_chat_completion", "create_go_to_meeting", "create_google_gemini_chat_completion",
		"create_mistral_chat_completion", "create_watsonx_chat_completion"} {
		all = append(all, of("task type in another spelling", having(field{"task_params.task_type", text(k + "_task")}), taskTypes(k)...)...)
	}
	return all
}

// unheldTraps are things that the provider never reads or cannot hold.
func unheldTraps() []trap {
	return []trap{
		{name: "retrospective template in markdown", kind: "rootly_post_mortem_template",
			set: having(field{"format", text("markdown")}, field{"content", text("<h1>{{ incident.title }}</h1>\n" + longText(20<<10))})},
		{name: "template and fields at once", kind: "rootly_alerts_source", set: knowing(func(b *builder, _ slot) []field {
			row := object(field{"alert_field_id", b.ref("rootly_alert_field")}, field{"template_body", text("{{ alert.data.host }}")})
			return []field{{"alert_template_attributes", alertTemplate()}, {"alert_source_fields_attributes", array(row)}}
		})},
		{name: "disabled rule of a route", kind: "rootly_alert_route", set: knowing(func(b *builder, _ slot) []field {
			rule := object(field{"name", text("Off")}, field{"position", number(1)}, field{"enabled", no}, field{"fallback_rule", yes},
				field{"destinations", array(b.target())}, field{"condition_groups", empty})
			return []field{{"rules", array(rule)}}
		})},
		{name: "condition with an empty type", kind: "rootly_alert_route", set: knowing(func(b *builder, _ slot) []field {
			condition := b.alertCondition().with(field{"conditionable_type", blank}, field{"conditionable_id", blank}, field{"property_field_type", text("payload")})
			group := object(field{"position", number(1)}, field{"conditions", array(condition.encode())})
			rule := object(field{"name", text("One")}, field{"position", number(1)}, field{"fallback_rule", no},
				field{"destinations", array(b.target())}, field{"condition_groups", array(group)})
			return []field{{"rules", array(rule)}}
		})},
		{name: "password that is redacted", kind: "rootly_status_page", set: having(field{"authentication_enabled", yes},
			field{"authentication_method", text("password")}, field{"authentication_password", text("[REDACTED]")})},
		{name: "certificate that is redacted", kind: "rootly_status_page", set: having(field{"authentication_enabled", yes},
			field{"authentication_method", text("saml")}, field{"saml_idp_cert", text("[REDACTED]")},
			field{"saml_idp_sso_service_url", text("https://idp.example.com/sso")}, field{"saml_idp_cert_fingerprint", text("AB:CD:EF")})},
		{name: "domain names with records", kind: "rootly_status_page", set: having(field{"external_domain_names", texts("status.example.com")},
			field{"cname_records", `{"status.example.com":"pages.rootly.com"}`})},
		{name: "subscriptions that are not read", kind: "rootly_edge_connector", set: having(field{"subscriptions", texts("incident.created")})},
		{name: "rotation with members and its own hours", kind: "rootly_schedule_rotation", set: rotationWithMembers},
		{name: "rotation with the members of old", kind: "rootly_schedule_rotation", set: rotationWithUsers},
		{name: "rotation in no zone", kind: "rootly_schedule_rotation", set: having(field{"time_zone", blank})},
		{name: "connector action", kind: "rootly_edge_connector_action", set: having(field{"icon", null}, field{"parameters", empty})},
		{name: "time of day in another spelling", kind: "rootly_escalation_policy", set: having(field{"business_hours",
			object(field{"time_zone", text("Etc/UTC")}, field{"days", texts("S", "M")}, field{"start_time", text("09:00 AM")}, field{"end_time", text("05:30 PM")})})},
		{name: "published components", kind: "rootly_workflow_task_publish_incident", set: knowing(publishedComponents)},
	}
}

// rotationWithMembers takes turns between people and a schedule, in hours of its own.
func rotationWithMembers(b *builder, t *trap) {
	hours := array(object(field{"start_time", text("08:00")}, field{"end_time", text("12:00")}),
		object(field{"start_time", text("13:00")}, field{"end_time", text("17:00")}))
	parent := b.pick("rootly_schedule")
	id := b.trap(t, parent, field{"active_all_week", no}, field{"active_days", texts("M", "T", "W")},
		field{"active_time_type", text("custom")}, field{"active_time_attributes", hours})
	b.members(id, 3)
	for _, s := range b.pools["rootly_schedule"] {
		if s.id != parent {
			b.member(id, "Schedule", s.id, 9)
			break
		}
	}
}

// rotationWithUsers describes its members twice, as old organisations do.
func rotationWithUsers(b *builder, t *trap) {
	id := b.trap(t, b.pick("rootly_schedule"))
	b.members(id, 2)
	b.add("rootly_schedule_rotation_user", id)
}

func publishedComponents(b *builder, _ slot) []field {
	keys := b.picks("rootly_status_page_component", 2)
	var states fields
	for _, k := range keys {
		states = append(states, field{k, text("major_outage")})
	}
	return []field{{"task_params.selected_component_keys", texts(keys...)}, {"task_params.selected_component_statuses", states.encode()}}
}
