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
		one("rootly_team"), one("rootly_environment"), one("rootly_severity"), one("rootly_incident_type"),
		one("rootly_service"), one("rootly_service"), one("rootly_cause"), one("rootly_functionality"), one("rootly_service"),
		one("rootly_incident_role"), one("rootly_workflow_group"), growWorkflow, growFormField, growWorkflow,
		one("rootly_service"), growWorkflow,
	}
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
	if b.left > 0 && b.chance(20) {
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
