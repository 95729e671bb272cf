package organisation

// targetTraps point at every kind of thing that a pair of type and id can point at.
func targetTraps() []trap {
	var all []trap
	for _, kind := range []string{"Service", "Group", "EscalationPolicy", "Functionality"} {
		all = append(all,
			trap{name: "group sent to " + kind, kind: "rootly_alert_group", set: targeting("targets", kind, true)},
			trap{name: "rule sent to " + kind, kind: "rootly_alert_routing_rule", set: targeting("destination", kind, false)},
			trap{name: "route sent to " + kind, kind: "rootly_alert_route", set: routing(kind)},
			trap{name: "router that triggers " + kind, kind: "rootly_live_call_router", set: knowing(func(b *builder, _ slot) []field {
				return []field{{"kind", text("live")}, {"escalation_policy_trigger_params", object(field{"id", b.ref(targetTypes()[kind])}, field{"type", text(kind)})}}
			})},
			notified(kind, targetTypes()[kind]))
	}
	all = append(all, notified("User", person))
	for _, kind := range []string{"service", "team", "escalation_policy"} {
		all = append(all, trap{name: "paging target " + kind, kind: "rootly_live_call_router", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"paging_targets", array(object(field{"id", b.ref("rootly_" + kind)}, field{"type", text(kind)}, field{"alert_urgency_id", b.ref("rootly_alert_urgency")}))}}
		})})
	}
	for _, kind := range []string{"team", "user", "schedule", "service", "slack_channel", "microsoft_teams_channel"} {
		all = append(all, trap{name: "level that pages " + kind, kind: "rootly_escalation_level", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"notification_target_params", array(b.levelTarget(kind))}}
		})})
	}
	for _, kind := range []string{"alert_urgency", "working_hour", "json_path", "field", "service", "source", "related_incidents"} {
		all = append(all, trap{name: "path taken by " + kind, kind: "rootly_escalation_path", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"rules", array(b.pathRule(kind))}}
		})})
	}
	return append(all, rarerTargets()...)
}

func targeting(attr, kind string, list bool) func(*builder, *trap) {
	return knowing(func(b *builder, _ slot) []field {
		one := object(field{"target_type", text(kind)}, field{"target_id", b.ref(targetTypes()[kind])})
		if list {
			one = array(one)
		}
		return []field{{attr, one}}
	})
}

func routing(kind string) func(*builder, *trap) {
	return knowing(func(b *builder, _ slot) []field {
		to := object(field{"target_type", text(kind)}, field{"target_id", b.ref(targetTypes()[kind])})
		rule := object(field{"name", text("All")}, field{"position", number(1)}, field{"fallback_rule", yes}, field{"destinations", array(to)}, field{"condition_groups", empty})
		return []field{{"rules", array(rule)}}
	})
}

func notified(kind, target string) trap {
	return trap{name: "heartbeat that notifies " + kind, kind: "rootly_heartbeat", set: knowing(func(b *builder, _ slot) []field {
		return []field{{"notification_target_type", text(kind)}, {"notification_target_id", b.ref(target)}}
	})}
}

func rarerTargets() []trap {
	all := []trap{
		{name: "shadow of a schedule", kind: "rootly_on_call_shadow", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"shadowable_type", text("Schedule")}, {"shadowable_id", b.ref("rootly_schedule")}}
		})},
		{name: "alert field in a source's rules", kind: "rootly_alerts_source", set: knowing(sourceByField)},
		{name: "alert field and urgencies in a group's conditions", kind: "rootly_alert_group", set: knowing(groupByField)},
		{name: "alert field in a route's conditions", kind: "rootly_alert_route", set: knowing(routeByField)},
		{name: "alert field in a rule's conditions", kind: "rootly_alert_routing_rule", set: knowing(func(b *builder, _ slot) []field {
			condition := object(field{"id", text(b.uuid())}, field{"property_field_type", text("attribute")}, field{"property_field_name", null},
				field{"property_field_condition_type", text("is_one_of")}, field{"property_field_value", null}, field{"property_field_values", texts("eu")},
				field{"conditionable_type", text("AlertField")}, field{"conditionable_id", b.ref("rootly_alert_field")})
			return []field{{"condition_groups", array(object(field{"id", text(b.uuid())}, field{"position", number(1)}, field{"conditions", array(condition)}))}}
		})},
	}
	for _, key := range []string{"severity", "group", "incident_type"} {
		all = append(all, trap{name: "process for a " + key, kind: "rootly_retrospective_process", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"retrospective_process_matching_criteria", b.criteria(key)}}
		})})
	}
	for _, kind := range []string{"Service", "Functionality"} {
		all = append(all, trap{name: "component that mirrors " + kind, kind: "rootly_status_page_component", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"source_type", text(kind)}, {"source_id", b.ref(targetTypes()[kind])}}
		})})
	}
	for _, kind := range []string{"service", "severity", "functionality", "group", "incident_type"} {
		all = append(all, trap{name: "subscribers of a " + kind, kind: "rootly_communications_group", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"communication_group_conditions", array(b.subscription(kind))}}
		})})
	}
	return all
}

func sourceByField(b *builder, _ slot) []field {
	rule := object(field{"json_path", null}, field{"operator", text("is")}, field{"value", text("eu-west-1")}, field{"conditionable_type", text("AlertField")},
		field{"conditionable_id", b.ref("rootly_alert_field")}, field{"kind", text("alert_field")}, field{"alert_urgency_id", b.ref("rootly_alert_urgency")})
	condition := object(field{"field", null}, field{"operator", text("is")}, field{"value", text("ok")}, field{"conditionable_type", text("AlertField")},
		field{"conditionable_id", b.ref("rootly_alert_field")}, field{"kind", text("alert_field")})
	resolution := object(field{"enabled", yes}, field{"condition_type", text("any")}, field{"identifier_matchable_type", text("AlertField")},
		field{"identifier_matchable_id", b.ref("rootly_alert_field")}, field{"identifier_reference_kind", text("alert_field")},
		field{"identifier_json_path", null}, field{"identifier_value_regex", null}, field{"conditions_attributes", array(condition)})
	return []field{{"alert_source_urgency_rules_attributes", array(rule)}, {"resolution_rule_attributes", resolution}}
}

func groupByField(b *builder, _ slot) []field {
	byField := b.alertCondition().with(field{"property_field_type", text("alert_field")}, field{"conditionable_type", text("AlertField")},
		field{"conditionable_id", b.ref("rootly_alert_field")}, field{"alert_urgency_ids", b.refs("rootly_alert_urgency", 2)})
	value := object(field{"record_id", b.ref("rootly_alert_urgency")}, field{"record_type", text("AlertUrgency")})
	return []field{{"conditions", array(byField.with(field{"values", array(value)}).encode())}}
}

func routeByField(b *builder, _ slot) []field {
	byField := b.alertCondition().with(field{"property_field_type", text("alert_field")}, field{"conditionable_type", text("AlertField")},
		field{"conditionable_id", b.ref("rootly_alert_field")}, field{"alert_urgency_ids", b.refs("rootly_alert_urgency", 2)})
	group := object(field{"position", number(1)}, field{"conditions", array(byField.encode())})
	rule := object(field{"name", text("By region")}, field{"position", number(1)}, field{"fallback_rule", no},
		field{"destinations", array(b.target())}, field{"condition_groups", array(group)})
	return []field{{"rules", array(rule)}}
}
