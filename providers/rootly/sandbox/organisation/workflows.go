package organisation

import "strings"

// workflowKinds are the types that share the collection of workflows.
func workflowKinds() []string {
	return []string{"rootly_workflow_incident", "rootly_workflow_alert", "rootly_workflow_action_item",
		"rootly_workflow_post_mortem", "rootly_workflow_pulse", "rootly_workflow_simple"}
}

// workflow makes a workflow of any kind; only the trigger differs.
func workflow(b *builder, s slot) fields {
	name := b.title(b.oneOf("Create", "Announce", "Page", "Archive", "Remind", "Escalate", "Summarise"), b.product(),
		b.oneOf("incident channel", "retrospective", "status update", "follow-ups", "on-call", "stakeholders"))
	repeats := b.whole || b.chance(12)
	every, times := null, null
	if repeats {
		every, times = text(b.oneOf("30 minutes", "1 hour", "1 day")), text("2 days")
	}
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(b.product() + " automation")},
		{"command", b.command(s.kind, name)},
		{"command_feedback_enabled", flag(b.chance(50))},
		{"wait", b.some(15, "5 minutes", "1 hour")},
		{"repeat_every_duration", every},
		{"repeat_condition_duration_since_first_run", times},
		{"repeat_condition_number_of_repeats", number(b.upTo(1) * 3)},
		{"continuously_repeat", flag(repeats && b.chance(50))},
		{"repeat_on", texts(b.someOf(b.atLeast(b.upTo(3)), "M", "T", "W", "R", "F")...)},
		{"enabled", flag(!b.chance(10))},
		{"locked", flag(b.chance(4))},
		{"position", number(b.rank("workflow", ""))},
		{"workflow_group_id", b.maybeRef("rootly_workflow_group", 60)},
		{"trigger_params", b.trigger(s.kind)},
		{"environment_ids", b.refs("rootly_environment", b.upTo(2))},
		{"severity_ids", b.refs("rootly_severity", b.upTo(2))},
		{"incident_type_ids", b.refs("rootly_incident_type", b.upTo(1))},
		{"incident_role_ids", b.refs("rootly_incident_role", b.upTo(1))},
		{"service_ids", b.refs("rootly_service", b.upTo(2))},
		{"functionality_ids", b.refs("rootly_functionality", b.upTo(1))},
		{"group_ids", b.refs("rootly_team", b.upTo(2))},
		{"cause_ids", b.refs("rootly_cause", b.upTo(1))},
		{"sub_status_ids", b.refs("rootly_sub_status", b.upTo(1))},
	}
}

// command is the Slack command of a simple workflow.
func (b *builder) command(kind, name string) encoded {
	if kind != "rootly_workflow_simple" {
		return b.some(1, "assist")
	}
	return text(b.slugOf("run " + name))
}

// some draws one of the texts in so many cases of a hundred, else null.
func (b *builder) some(percent int, list ...string) encoded {
	if !b.whole && !b.chance(percent) {
		return null
	}
	return text(b.oneOf(list...))
}

// trigger makes trigger_params from the schema: every key that the provider knows.
func (b *builder) trigger(kind string) encoded {
	out := make(fields, 0, len(b.triggers[kind]))
	for _, p := range b.triggers[kind] {
		out = append(out, field{p.name, b.triggerParam(p, kind)})
	}
	return b.changed("trigger_params.", out).encode()
}

func (b *builder) triggerParam(p param, kind string) encoded {
	switch {
	case p.name == "trigger_type":
		return text(b.rows[kind].Kind)
	case p.name == "alert_payload_conditions":
		return b.payloadConditions()
	case p.name == "alert_field_conditions" || p.name == "incident_visibilities":
		return empty
	case p.shape == shapeTruth:
		return flag(b.chance(10))
	case p.shape == shapeTexts && len(p.to) > 0:
		return texts(b.picksAny(p.to, 2)...)
	case p.shape == shapeTexts:
		return texts(b.someOf(b.atLeast(b.upTo(2)), triggerValues(p.name, kind)...)...)
	case p.preset != "" && b.chance(88):
		return text(p.preset)
	case p.preset != "" && (p.preset == "ALL" || strings.HasSuffix(p.name, "_condition")):
		return text(b.oneOf("ALL", "ANY", "NONE"))
	case p.preset != "":
		return text(b.oneOf("IS", "IS NOT", "CONTAINS", "CONTAINS_ALL", "NONE", "SET", "UNSET"))
	case strings.HasSuffix(p.name, "_at"), strings.HasSuffix(p.name, "_summary"):
		return b.some(10, "SET", "UNSET")
	case p.name == "incident_inactivity_duration":
		return b.some(10, "10 min", "1h")
	case p.name == "incident_conditional_inactivity":
		return b.some(10, "IS")
	case strings.HasSuffix(p.name, "query_payload"):
		return b.some(20, "$.alert.labels", `$.data[?(@.level == "error")]`)
	}
	return null
}

func (b *builder) payloadConditions() encoded {
	if b.chance(70) {
		return object(field{"logic", `"ALL"`}, field{"conditions", empty})
	}
	one := object(field{"query", text("$.alert.name")}, field{"operator", text("CONTAINS")},
		field{"values", texts("checkout", "payments")}, field{"use_regexp", no})
	return object(field{"logic", text(b.oneOf("ALL", "ANY"))}, field{"conditions", array(one)})
}

// triggerValues are what a list of a trigger may hold.
func triggerValues(name, kind string) []string {
	switch name {
	case "triggers":
		return triggersOf(kind)
	case "incident_kinds":
		return []string{"normal", "normal_sub", "scheduled", "backfilled"}
	case "incident_statuses":
		return []string{"in_triage", "started", "mitigated", "resolved"}
	case "incident_post_mortem_statuses":
		return []string{"draft", "published"}
	case "incident_action_item_kinds":
		return []string{"task", "follow_up"}
	case "incident_action_item_priorities":
		return []string{"high", "medium", "low"}
	case "incident_action_item_statuses":
		return []string{"open", "in_progress", "done"}
	case "alert_statuses":
		return []string{"triggered", "acknowledged", "resolved"}
	case "alert_sources", "pulse_sources":
		return []string{"datadog", "grafana", "github"}
	}
	return []string{"env:prod", "customer facing", "team/checkout"}
}

func triggersOf(kind string) []string {
	switch kind {
	case "rootly_workflow_alert":
		return []string{"alert_created", "alert_status_updated"}
	case "rootly_workflow_action_item":
		return []string{"action_item_created", "action_item_updated", "incident_updated"}
	case "rootly_workflow_post_mortem":
		return []string{"post_mortem_created", "post_mortem_updated", "status_updated"}
	case "rootly_workflow_pulse":
		return []string{"pulse_created"}
	case "rootly_workflow_simple":
		return []string{"slack_command"}
	}
	return []string{"incident_created", "incident_updated", "severity_updated", "status_updated", "slack_channel_created"}
}

func workflowGroup(b *builder, s slot) fields {
	name := b.title(b.product(), "workflows")
	return fields{
		{"kind", text(b.oneOf("simple", "incident", "post_mortem", "action_item", "pulse", "alert"))},
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"icon", text(b.oneOf("📁", "🔥", "✨"))},
		{"expanded", flag(b.chance(50))},
		{"position", number(b.rank(s.kind, ""))},
	}
}

// formFieldCondition narrows a workflow to incidents with certain values of a form field.
func formFieldCondition(condition string) recipe {
	return func(b *builder, s slot) fields {
		option := b.pick("rootly_form_field_option")
		f := b.owner(option)
		options := b.children[family{f, "rootly_form_field_option"}]
		return fields{
			{"workflow_id", text(s.parent)},
			{"form_field_id", maybeText(f)},
			{condition, text(b.oneOf("IS", "ANY", "CONTAINS", "NONE", "SET"))},
			{"values", texts(b.someOf(b.atLeast(b.upTo(1)), "customer", option)...)},
			{"selected_catalog_entity_ids", b.refs("rootly_catalog_entity", b.upTo(1))},
			{"selected_functionality_ids", b.refs("rootly_functionality", b.upTo(1))},
			{"selected_group_ids", b.refs("rootly_team", b.upTo(1))},
			{"selected_option_ids", texts(b.someOf(b.atLeast(b.upTo(2)), options...)...)},
			{"selected_service_ids", b.refs("rootly_service", b.upTo(1))},
			{"selected_user_ids", b.userNumbers(b.upTo(1))},
			{"selected_cause_ids", b.refs("rootly_cause", b.upTo(1))},
			{"selected_environment_ids", b.refs("rootly_environment", b.upTo(1))},
			{"selected_incident_type_ids", b.refs("rootly_incident_type", b.upTo(1))},
		}
	}
}

func customFieldSelection(b *builder, s slot) fields {
	f := b.pick("rootly_custom_field")
	return fields{
		{"workflow_id", text(s.parent)},
		{"custom_field_id", encoded(f)},
		{"incident_condition", text("ANY")},
		{"values", texts(b.someOf(b.atLeast(0), "Yes")...)},
		{"selected_option_ids", numbers(b.someOf(1, b.children[family{f, "rootly_custom_field_option"}]...))},
	}
}
