package organisation

// Complete is the smallest size that holds every type and every trap.
const Complete = 767

// showcase makes every type and every trap.
func (b *builder) showcase() {
	b.full = true
	placed := b.placed()
	b.people()
	b.statuses()
	b.troubled = b.troubles()
	for _, s := range placed {
		b.fill(s, b.troubled[s.id]...)
	}
	b.turns()
	for _, t := range traps() {
		t.set(b, &t)
	}
	b.awkward()
	b.full = false
}

// A showing says how many objects of a type the showcase holds: in all, or under each parent.
type showing struct {
	kind string
	n    int
}

// placed reserves the showcase's objects, parents before children, so that any of them can
// point at any other.
func (b *builder) placed() []slot {
	b.incidents(3)
	var out []slot
	for _, show := range showings() {
		for _, parent := range b.parentsOf(show.kind) {
			for range show.n {
				out = append(out, b.reserve(show.kind, parent))
			}
		}
	}
	return append(out, b.placedTasks()...)
}

// placedTasks spreads one task of each type over the workflows.
func (b *builder) placedTasks() []slot {
	var parents []string
	for _, k := range workflowKinds() {
		for _, s := range b.pools[k] {
			parents = append(parents, s.id)
		}
	}
	var out []slot
	for i, plan := range b.tasks {
		out = append(out, b.reserve(plan.kind, parents[i%len(parents)]))
	}
	return out
}

// parentsOf are the objects that own those of a type: one or two of them, or nobody.
func (b *builder) parentsOf(kind string) []string {
	row := b.rows[kind]
	kinds := row.Parents
	if row.ParentPath != "" {
		kinds = []string{"incident"}
	}
	var out []string
	for _, k := range kinds {
		for _, s := range b.pools[k][:min(2, len(b.pools[k]))] {
			out = append(out, s.id)
		}
	}
	if len(kinds) == 0 {
		return []string{""}
	}
	return out[:min(2, len(out))]
}

// showings lists every type but tasks, parents before children.
func showings() []showing {
	return []showing{
		{"rootly_catalog", 3}, {"rootly_catalog_property", 2}, {"rootly_alert_urgency", 3}, {"rootly_alert_field", 3},
		{"rootly_team", 6}, {"rootly_environment", 3}, {"rootly_severity", 4}, {"rootly_incident_type", 3}, {"rootly_cause", 3},
		{"rootly_functionality", 3}, {"rootly_service", 8}, {"rootly_incident_role", 3}, {"rootly_incident_role_task", 2},
		{"rootly_sub_status", 3}, {"rootly_custom_form", 2}, {"rootly_form_set", 2}, {"rootly_form_field", 5},
		{"rootly_form_field_option", 3}, {"rootly_form_field_position", 2}, {"rootly_form_field_placement", 1},
		{"rootly_form_field_placement_condition", 1}, {"rootly_form_set_condition", 1}, {"rootly_custom_field", 2},
		{"rootly_custom_field_option", 2}, {"rootly_catalog_entity", 3}, {"rootly_catalog_checklist_template", 1},
		{"rootly_escalation_policy", 3}, {"rootly_escalation_path", 3}, {"rootly_escalation_level", 3}, {"rootly_schedule", 3},
		{"rootly_schedule_rotation", 2}, {"rootly_schedule_rotation_active_day", 2}, {"rootly_schedule_rotation_user", 1},
		{"rootly_override_shift", 1}, {"rootly_on_call_shadow", 1}, {"rootly_alerts_source", 4}, {"rootly_alert_group", 2},
		{"rootly_alert_route", 2}, {"rootly_alert_routing_rule", 1}, {"rootly_heartbeat", 3}, {"rootly_live_call_router", 2},
		{"rootly_incident_permission_set", 2}, {"rootly_incident_permission_set_boolean", 24},
		{"rootly_incident_permission_set_resource", 13}, {"rootly_role", 2}, {"rootly_on_call_role", 2}, {"rootly_api_key", 2},
		{"rootly_secret", 2}, {"rootly_webhooks_endpoint", 2}, {"rootly_edge_connector", 2}, {"rootly_edge_connector_action", 2},
		{"rootly_dashboard", 2}, {"rootly_dashboard_panel", 2}, {"rootly_authorization", 2}, {"rootly_post_mortem_template", 2},
		{"rootly_playbook", 2}, {"rootly_playbook_task", 2}, {"rootly_retrospective_configuration", 2},
		{"rootly_retrospective_process", 2}, {"rootly_retrospective_step", 2}, {"rootly_retrospective_process_group", 1},
		{"rootly_retrospective_process_group_step", 2}, {"rootly_sla", 2}, {"rootly_status_page", 2},
		{"rootly_status_page_component_group", 1}, {"rootly_status_page_component", 2}, {"rootly_status_page_template", 2},
		{"rootly_communications_type", 2}, {"rootly_communications_stage", 2}, {"rootly_communications_template", 1},
		{"rootly_communications_group", 2}, {"rootly_incident_sub_status", 1}, {"rootly_workflow_group", 3},
		{"rootly_workflow_incident", 10}, {"rootly_workflow_alert", 4}, {"rootly_workflow_action_item", 3},
		{"rootly_workflow_post_mortem", 3}, {"rootly_workflow_pulse", 2}, {"rootly_workflow_simple", 2},
		{"rootly_workflow_form_field_condition", 1}, {"rootly_workflow_action_item_form_field_condition", 1},
		{"rootly_workflow_custom_field_selection", 1},
	}
}
