package organisation

// referenceTraps are references in circles, into the void, or where nobody looks for them.
func referenceTraps() []trap {
	return []trap{
		{name: "service and policy that name each other", kind: "rootly_service", set: serviceAndPolicy},
		{name: "service that needs itself", kind: "rootly_service", set: knowing(func(b *builder, s slot) []field {
			return []field{{"service_ids", texts(s.id, b.pick("rootly_service"))}}
		})},
		{name: "default values that are options of the field", kind: "rootly_form_field", set: optionAsDefault},
		{name: "default value that is a service", kind: "rootly_form_field", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"input_kind", text("select")}, {"value_kind", text("service")}, {"default_values", b.refs("rootly_service", 1)}}
		})},
		{name: "field with values of a catalogue", kind: "rootly_form_field", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"value_kind", text("catalog_entity")}, {"value_kind_catalog_id", b.ref("rootly_catalog")},
				{"auto_set_by_catalog_property_id", b.ref("rootly_catalog_property")}, {"default_values", b.refs("rootly_catalog_entity", 1)}}
		})},
		{name: "slugs of custom forms", kind: "rootly_form_field", set: onCustomForm},
		{name: "workflow that starts itself", kind: "rootly_workflow_task_trigger_workflow", set: selfStarting},
		{name: "answer to another task's message", kind: "rootly_workflow_task_send_slack_message", set: knowing(func(b *builder, s slot) []field {
			other := b.pickUnder("rootly_workflow_task_send_slack_message", s.parent)
			if other == s.id {
				other = b.pick("rootly_workflow_task_send_slack_blocks")
			}
			return []field{{"task_params.parent_message_thread_task", pair(other, "Send slack message")}}
		})},
		{name: "id inside a JSON text", kind: "rootly_workflow_task_http_client", set: knowing(func(b *builder, _ slot) []field {
			body := object(field{"service", b.ref("rootly_service")}, field{"teams", b.refs("rootly_team", 2)})
			return []field{{"task_params.body", text(string(body))}, {"task_params.params", text(string(object(field{"policy", b.ref("rootly_escalation_policy")})))}}
		})},
		{name: "id inside Liquid", kind: "rootly_workflow_task_send_slack_message", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"task_params.text", text(`{% if incident.service_ids contains "` + b.pick("rootly_service") + `" %}Checkout{% endif %}`)}}
		})},
		{name: "id where none is declared", kind: "rootly_workflow_task_print", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"task_params.message", b.ref("rootly_team")}}
		})},
		{name: "person by number and by text", kind: "rootly_workflow_task_add_role", set: knowing(func(b *builder, _ slot) []field {
			id := b.pick(person)
			return []field{{"task_params.assigned_to_user_id", text(id)}, {"task_params.assigned_to_user", pair(id, "Ada Okafor")}}
		})},
		{name: "owner who is a person", kind: "rootly_service", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"owner_user_ids", numbers(b.picks(person, 3))}}
		})},
		{name: "values of every kind of catalogue field", kind: "rootly_service", set: everyProperty},
		{name: "entity that points at another", kind: "rootly_catalog_entity", set: entityOfEntity},
		{name: "checklist of a catalogue", kind: "rootly_catalog_checklist_template", set: knowing(func(b *builder, _ slot) []field {
			row := object(field{"field_source", text("custom")}, field{"field_key", null}, field{"catalog_property_id", b.ref("rootly_catalog_property")})
			return []field{{"catalog_type", text("Catalog")}, {"scope_type", text("Catalog")}, {"scope_id", b.ref("rootly_catalog")},
				{"fields", array(row)}, {"owners", array(object(field{"id", b.ref(person)}, field{"type", text("user")}))}}
		})},
		{name: "condition on a custom field, managed by a person", kind: "rootly_sla", set: knowing(func(b *builder, _ slot) []field {
			f := b.pools["rootly_form_field_option"][0]
			row := object(field{"id", text(b.uuid())}, field{"position", number(1)}, field{"conditionable_type", text("SLAs::CustomFieldCondition")},
				field{"property", null}, field{"operator", text("is_one_of")}, field{"values", texts(f.id)}, field{"form_field_id", text(f.parent)})
			return []field{{"manager_role_id", null}, {"manager_user_id", b.userNumber()}, {"conditions", array(row)},
				{"completion_deadline_sub_status_id", b.ref("rootly_sub_status")}}
		})},
		{name: "grant to the whole organisation", kind: "rootly_authorization", set: having(field{"grantee_type", text("Team")}, field{"grantee_id", text("4711")})},
		{name: "policy that is gone", kind: "rootly_service", dangling: true, set: gone("escalation_policy_id")},
		{name: "group that is gone", kind: "rootly_workflow_incident", dangling: true, set: gone("workflow_group_id")},
		{name: "services that are gone", kind: "rootly_workflow_incident", dangling: true, set: knowing(func(b *builder, _ slot) []field {
			return []field{{"service_ids", texts(b.pick("rootly_service"), b.uuid())}}
		})},
		{name: "team that is gone", kind: "rootly_workflow_task_add_team", dangling: true, set: gone("task_params.group_id")},
		{name: "person who is gone", kind: "rootly_schedule", dangling: true, set: having(field{"owner_user_id", "999999"})},
	}
}

// gone points at something that was deleted.
func gone(attr string) func(*builder, *trap) {
	return knowing(func(b *builder, _ slot) []field { return []field{{attr, text(b.uuid())}} })
}

func serviceAndPolicy(b *builder, t *trap) {
	policy := b.reserve("rootly_escalation_policy", "")
	id := b.trap(t, "", field{"escalation_policy_id", text(policy.id)})
	b.fill(policy, field{"service_ids", texts(id)})
	path := b.add("rootly_escalation_path", policy.id)
	b.add("rootly_escalation_level", policy.id, field{"escalation_policy_path_id", text(path)},
		field{"notification_target_params", array(object(field{"id", text(id)}, field{"type", text("service")}, field{"team_members", null}))})
}

func optionAsDefault(b *builder, t *trap) {
	s := b.reserve(t.kind, "")
	b.trapped[s.id] = t
	first, second := b.reserve("rootly_form_field_option", s.id), b.reserve("rootly_form_field_option", s.id)
	b.fill(s, field{"input_kind", text("multi_select")}, field{"default_values", texts(first.id, second.id)})
	b.fill(first, field{"default", yes})
	b.fill(second)
}

// onCustomForm puts a field on a form that the organisation made itself.
func onCustomForm(b *builder, t *trap) {
	slug := text(b.slugOf("Security report"))
	b.add("rootly_custom_form", "", field{"name", text("Security report")}, field{"slug", slug}, field{"command", slug})
	set := b.add("rootly_form_set", "", field{"forms", array(slug, text("web_new_incident_form"))})
	id := b.trap(t, "", field{"shown", array(text("web_new_incident_form"), slug)}, field{"required", array(slug)})
	b.add("rootly_form_field_placement", id, field{"form", slug}, field{"form_set_id", text(set)})
}

func selfStarting(b *builder, t *trap) {
	parent := b.pick("rootly_workflow_simple")
	b.trap(t, parent, field{"task_params.workflow", pair(parent, "Myself")})
}

// everyProperty gives a service a catalogue field of every kind.
func everyProperty(b *builder, t *trap) {
	var values []encoded
	for _, kind := range []string{"text", "boolean", "service", "functionality", "environment", "cause", "incident_type", "group", "user", "reference"} {
		p := b.add("rootly_catalog_property", "", field{"kind", text(kind)}, field{"catalog_type", text("service")}, field{"kind_catalog_id", b.catalogOf(kind)})
		values = append(values, b.property(catalogField{p, kind}))
	}
	for _, native := range nativeKinds() {
		p := b.add("rootly_catalog_property", "", field{"kind", text("service")}, field{"catalog_type", text(native)})
		if native != "service" {
			b.add("rootly_"+native, "", field{"properties", array(b.property(catalogField{p, "service"}))})
		}
	}
	b.trap(t, "", field{"properties", array(values...)})
}

func (b *builder) catalogOf(kind string) encoded {
	if kind != "reference" {
		return null
	}
	return b.ref("rootly_catalog")
}

func entityOfEntity(b *builder, t *trap) {
	parent := b.pools["rootly_catalog"][0].id
	p := b.add("rootly_catalog_property", parent, field{"kind", text("reference")}, field{"kind_catalog_id", text(parent)})
	s := b.reserve(t.kind, parent)
	b.trapped[s.id] = t
	b.fill(s, field{"properties", array(object(field{"catalog_property_id", text(p)}, field{"value", text(b.pickUnder(t.kind, parent))}))})
}
