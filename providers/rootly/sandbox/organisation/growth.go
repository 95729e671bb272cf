package organisation

// A step adds a few objects that belong together.
type step func(b *builder)

// grow repeats a script until the organisation has its size.
func (b *builder) grow(script []step) {
	for b.left > 0 {
		for _, s := range script {
			if b.left > 0 {
				s(b)
			}
		}
	}
}

// one adds a single object without a parent.
func one(kind string) step {
	return func(b *builder) { b.add(kind, "") }
}

// few adds an object of a type that even large organisations have few of.
func few(kind string) step {
	return func(b *builder) {
		if len(b.pools[kind]) < 6 || b.chance(4) {
			b.add(kind, "")
		}
	}
}

// sometimes does a step in so many rounds of a hundred.
func sometimes(percent int, s step) step {
	return func(b *builder) {
		if b.chance(percent) {
			s(b)
		}
	}
}

// coreScript makes the types that every organisation has.
func (b *builder) coreScript() []step {
	return []step{
		one("rootly_team"), few("rootly_environment"), few("rootly_severity"), few("rootly_incident_type"),
		one("rootly_service"), one("rootly_service"), few("rootly_cause"), one("rootly_functionality"), one("rootly_service"),
		few("rootly_incident_role"), few("rootly_workflow_group"), growWorkflow, growFormField, growWorkflow,
		one("rootly_service"), growWorkflow,
	}
}

// fullScript makes what a product team brings along, with the rarer things now and then.
func (b *builder) fullScript() []step {
	return append(b.coreScript(),
		growWorkflow, one("rootly_service"), growEscalation, growWorkflow, growAlerts, growWorkflow,
		sometimes(50, growSchedule), sometimes(50, growDashboard), growWorkflow, sometimes(60, growPlaybook),
		sometimes(25, growCatalog), growWorkflow, sometimes(15, growStatusPage), sometimes(15, growRetrospective),
		sometimes(10, growCommunications), sometimes(5, addPermissionSet), sometimes(20, growPlacement), growWorkflow,
		sometimes(40, one("rootly_heartbeat")), sometimes(20, one("rootly_secret")), sometimes(20, one("rootly_webhooks_endpoint")),
		sometimes(10, one("rootly_role")), sometimes(10, one("rootly_on_call_role")), sometimes(20, one("rootly_api_key")),
		sometimes(10, one("rootly_live_call_router")), sometimes(10, growEdge), sometimes(20, one("rootly_sub_status")),
		sometimes(10, one("rootly_sla")), sometimes(10, one("rootly_custom_form")), sometimes(10, one("rootly_alert_field")),
		sometimes(10, one("rootly_post_mortem_template")), sometimes(10, one("rootly_authorization")),
		sometimes(10, one("rootly_alert_group")), growWorkflow, one("rootly_service"),
	)
}

// under adds up to n children of a type, as far as the size allows.
func (b *builder) under(kind, parent string, n int) {
	for range min(n, b.left) {
		b.add(kind, parent)
	}
}

// growWorkflow adds a workflow with three to eight tasks.
func growWorkflow(b *builder) {
	kind := b.oneOf(append(workflowKinds(), "rootly_workflow_incident", "rootly_workflow_incident", "rootly_workflow_alert")...)
	id := b.add(kind, "")
	for range min(3+b.upTo(5), b.left) {
		b.add(b.taskKind(), id)
	}
	if b.left > 0 && len(b.pools["rootly_form_field_option"]) > 0 && b.chance(20) {
		b.add("rootly_workflow_form_field_condition", id)
	}
}

// taskKind draws a type of task; half of all tasks are of the few types that people love.
func (b *builder) taskKind() string {
	if b.chance(50) {
		return b.oneOf("rootly_workflow_task_send_slack_message", "rootly_workflow_task_create_slack_channel",
			"rootly_workflow_task_http_client", "rootly_workflow_task_create_jira_issue", "rootly_workflow_task_print",
			"rootly_workflow_task_send_email", "rootly_workflow_task_page_rootly_on_call_responders",
			"rootly_workflow_task_create_zoom_meeting", "rootly_workflow_task_update_incident")
	}
	return b.tasks[b.rng.IntN(len(b.tasks))].kind
}

// growFormField adds a form field with its options and positions.
func growFormField(b *builder) {
	id := b.add("rootly_form_field", "")
	b.under("rootly_form_field_option", id, 2+b.upTo(4))
	b.under("rootly_form_field_position", id, 1+b.upTo(2))
}

// growEscalation adds a policy with its paths and who is paged on them.
func growEscalation(b *builder) {
	id := b.add("rootly_escalation_policy", "")
	b.under("rootly_escalation_path", id, 1+b.upTo(2))
	b.under("rootly_escalation_level", id, 2+b.upTo(2))
}

// growSchedule adds a schedule with a rotation and its members.
func growSchedule(b *builder) {
	id := b.add("rootly_schedule", "")
	for range min(1+b.upTo(1), b.left) {
		rotation := b.add("rootly_schedule_rotation", id)
		b.members(rotation, 1+b.upTo(5))
		b.under("rootly_schedule_rotation_active_day", rotation, b.upTo(2))
	}
}

// growAlerts adds a source of alerts and the route that they take.
func growAlerts(b *builder) {
	b.under("rootly_alerts_source", "", 1)
	b.under("rootly_alert_route", "", b.upTo(1))
	b.under("rootly_alert_urgency", "", b.upTo(1))
}

func growDashboard(b *builder) {
	b.under("rootly_dashboard_panel", b.add("rootly_dashboard", ""), 2+b.upTo(4))
}

func growPlaybook(b *builder) {
	b.under("rootly_playbook_task", b.add("rootly_playbook", ""), 2+b.upTo(3))
}

func growCatalog(b *builder) {
	id := b.add("rootly_catalog", "")
	b.under("rootly_catalog_property", id, 1+b.upTo(1))
	b.under("rootly_catalog_entity", id, 5+b.upTo(15))
}

func growStatusPage(b *builder) {
	id := b.add("rootly_status_page", "")
	b.under("rootly_status_page_component_group", id, 1)
	b.under("rootly_status_page_component", id, 2+b.upTo(4))
	b.under("rootly_status_page_template", id, 1+b.upTo(2))
}

func growRetrospective(b *builder) {
	id := b.add("rootly_retrospective_process", "")
	b.under("rootly_retrospective_step", id, 2+b.upTo(3))
	if b.left > 0 {
		b.under("rootly_retrospective_process_group_step", b.add("rootly_retrospective_process_group", id), 1+b.upTo(1))
	}
}

func growCommunications(b *builder) {
	b.under("rootly_communications_type", "", 1)
	b.under("rootly_communications_template", "", 1)
	b.under("rootly_communications_group", "", 1)
}

func growPlacement(b *builder) {
	if b.left < 2 {
		return
	}
	id := b.add("rootly_form_field_placement", b.pick("rootly_form_field"))
	b.add("rootly_form_field_placement_condition", id)
}

func growEdge(b *builder) {
	b.under("rootly_edge_connector_action", b.add("rootly_edge_connector", ""), 1+b.upTo(2))
}
