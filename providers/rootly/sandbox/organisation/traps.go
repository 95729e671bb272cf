package organisation

// A trap is a live object that a careless importer gets wrong: the plan shows a change, or
// fails, or a reference is lost.
type trap struct {
	name string
	kind string // Terraform type

	// set adds the object or objects.
	set func(b *builder, t *trap)

	// refused says that the provider's plan fails whatever the code says.
	refused bool

	// dangling says that the object points at something that is gone.
	dangling bool
}

// traps is every trap of the showcase.
func traps() []trap {
	var all []trap
	for _, group := range [][]trap{nullTraps(), laggingTraps(), rawTraps(), textTraps(), secretTraps(), referenceTraps(),
		targetTraps(), systemTraps(), refusedTraps(), emptyTraps(), unheldTraps()} {
		all = append(all, group...)
	}
	return all
}

// having adds one object with fixed changes to its recipe.
func having(changes ...field) func(*builder, *trap) {
	return func(b *builder, t *trap) { b.trap(t, b.someParent(t.kind), changes...) }
}

// knowing adds one object with changes that depend on the others.
func knowing(change func(b *builder, s slot) []field) func(*builder, *trap) {
	return func(b *builder, t *trap) {
		s := b.reserve(t.kind, b.someParent(t.kind))
		b.trapped[s.id] = t
		b.fill(s, change(b, s)...)
	}
}

// trap adds one object under a parent and remembers why.
func (b *builder) trap(t *trap, parent string, changes ...field) string {
	s := b.reserve(t.kind, parent)
	b.trapped[s.id] = t
	b.fill(s, changes...)
	return s.id
}

// someParent is an owner for another object of that type.
func (b *builder) someParent(kind string) string {
	if kind == "rootly_catalog_property" {
		return b.pick("rootly_catalog")
	}
	if kinds := b.rows[kind].Parents; len(kinds) > 0 {
		return b.pickAny(kinds)
	}
	return ""
}

// of gives each of some types the same trap.
func of(name string, set func(*builder, *trap), kinds ...string) []trap {
	var out []trap
	for _, k := range kinds {
		out = append(out, trap{name: name, kind: k, set: set})
	}
	return out
}

// taskTypes completes the names of types of tasks.
func taskTypes(kinds ...string) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = "rootly_workflow_task_" + k
	}
	return out
}

// nullTraps are defaults that are checked against a fixed set where the API answers null.
func nullTraps() []trap {
	one := func(kind, attr string) trap {
		return trap{name: "null where the default is checked: " + attr, kind: kind, set: having(field{attr, null})}
	}
	all := []trap{
		{name: "path without time restrictions", kind: "rootly_escalation_path",
			set: having(field{"time_restriction_time_zone", null}, field{"time_restrictions", empty})},
		one("rootly_escalation_level", "paging_strategy_configuration_strategy"),
		one("rootly_escalation_level", "paging_strategy_configuration_schedule_strategy"),
		one("rootly_status_page", "authentication_method"),
		one("rootly_live_call_router", "waiting_music_url"),
		one("rootly_alert_routing_rule", "destination"),
		one("rootly_alerts_source", "deduplication_key_kind"),
		{name: "resolution rule without a matchable", kind: "rootly_alerts_source", set: knowing(looseResolution)},
		{name: "business hours without a zone", kind: "rootly_escalation_policy", set: having(field{"business_hours",
			object(field{"time_zone", null}, field{"days", texts("M", "F")}, field{"start_time", text("09:00")}, field{"end_time", text("17:00")})})},
	}
	for _, c := range checkedDefaults() {
		all = append(all, of("null where the default is checked: "+c.attr, having(field{c.attr, null}), taskTypes(c.tasks...)...)...)
	}
	return all
}

// A checkedDefault is a parameter of some tasks whose default the provider checks.
type checkedDefault struct {
	attr  string
	tasks []string
}

func checkedDefaults() []checkedDefault {
	return []checkedDefault{
		{"task_params.dependency_direction", []string{"create_asana_task", "create_asana_subtask", "update_asana_task"}},
		{"task_params.priority", []string{"create_jsmops_alert", "page_jsmops_on_call_responders", "create_opsgenie_alert", "page_opsgenie_on_call_responders"}},
		{"task_params.urgency", []string{"page_pagerduty_on_call_responders"}},
		{"task_params.private", []string{"create_slack_channel", "create_microsoft_teams_channel"}},
		{"task_params.chat_type", []string{"create_microsoft_teams_chat"}},
		{"task_params.auto_recording", []string{"create_zoom_meeting"}},
		{"task_params.conference_call_info", []string{"create_go_to_meeting"}},
		{"task_params.method", []string{"http_client"}},
		{"task_params.labels_mode", []string{"update_github_issue"}},
		{"task_params.attribute_to_query_by", []string{"update_incident"}},
	}
}

func looseResolution(*builder, slot) []field {
	rule := object(field{"enabled", yes}, field{"condition_type", text("all")}, field{"identifier_matchable_type", null},
		field{"identifier_matchable_id", null}, field{"identifier_reference_kind", text("payload")},
		field{"identifier_json_path", text("$.id")}, field{"identifier_value_regex", null}, field{"conditions_attributes", empty})
	return []field{{"resolution_rule_attributes", rule}}
}

// laggingTraps are values that Rootly knows and the provider's validator does not.
func laggingTraps() []trap {
	mapping := object(field{"auto_resolve", no}, field{"resolve_state", null}, field{"accept_threaded_emails", no},
		field{"field_mappings_attributes", array(object(field{"field", text("alert_description")}, field{"json_path", text("$.body")}))})
	return []trap{
		{name: "source type cloudflare", kind: "rootly_alerts_source", set: having(field{"source_type", text("cloudflare")})},
		{name: "field mapping alert_description", kind: "rootly_alerts_source",
			set: having(field{"source_type", text("generic_webhook")}, field{"sourceable_attributes", mapping})},
		{name: "country SE", kind: "rootly_live_call_router", set: having(field{"country_code", text("SE")}, field{"phone_number", text("+46850550100")})},
		{name: "country CH", kind: "rootly_live_call_router", set: having(field{"country_code", text("CH")}, field{"phone_number", text("+41445550100")})},
		{name: "paging target functionality", kind: "rootly_live_call_router", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"paging_targets", array(object(field{"id", b.ref("rootly_functionality")}, field{"type", text("functionality")},
				field{"alert_urgency_id", b.ref("rootly_alert_urgency")}))}}
		})},
		{name: "restriction zone Asuncion", kind: "rootly_escalation_path", set: having(field{"time_restriction_time_zone", text("Asuncion")})},
		{name: "deferral window in a zone by its Rails name", kind: "rootly_escalation_path", set: knowing(deferral)},
		{name: "business hours in America/Vancouver", kind: "rootly_escalation_policy", set: having(field{"business_hours",
			object(field{"time_zone", text("America/Vancouver")}, field{"days", texts("M", "T")}, field{"start_time", text("08:00")}, field{"end_time", text("16:00")})})},
		{name: "permission that the provider does not know", kind: "rootly_on_call_role", set: having(field{"contacts_permissions", texts("read", "create")})},
	}
}

// deferral makes a path that waits for the morning and then takes another one.
func deferral(b *builder, s slot) []field {
	block := fields{{"all_day", no}, {"start_time", text("22:00")}, {"end_time", text("06:00")}, {"position", number(1)}}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		block = append(block, field{day, yes})
	}
	rule := object(field{"rule_type", text("deferral_window")}, field{"time_zone", text("Hawaii")}, field{"time_blocks", array(block.encode())})
	return []field{{"path_type", text("deferral")}, {"after_deferral_behavior", text("execute_path")},
		{"after_deferral_path_id", text(b.pickUnder("rootly_escalation_path", s.parent))}, {"rules", array(rule)}}
}
