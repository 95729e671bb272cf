package organisation

func postMortemTemplate(b *builder, _ slot) fields {
	name := b.title(b.product(), "retrospective")
	content := "<h1>" + "{{ incident.title }}" + "</h1>\n<p>{{ incident.summary }}</p>\n<h2>Timeline</h2>\n{{ incident.timeline }}"
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"default", no},
		{"content", text(content)},
		{"content_html", text(content)},
		{"content_json", null},
		{"format", text("html")},
	}
}

func retrospectiveConfiguration(b *builder, s slot) fields {
	kinds := []string{"mandatory", "skip"}
	return fields{
		{"kind", text(kinds[(b.rank(s.kind, "")-1)%2])},
		{"severity_ids", b.refs("rootly_severity", 2)},
		{"group_ids", b.refs("rootly_team", b.upTo(1))},
		{"incident_type_ids", b.refs("rootly_incident_type", b.upTo(1))},
	}
}

func retrospectiveProcess(b *builder, _ slot) fields {
	name := b.title(b.product(), "process")
	return fields{
		{"name", text(name)},
		{"description", b.note(name)},
		{"is_default", no},
		{"retrospective_process_matching_criteria", b.criteria(b.oneOf("severity", "group", "incident_type"))},
	}
}

// criteria say which incidents a process is for; only one key is ever set.
func (b *builder) criteria(key string) encoded {
	target := "rootly_" + key
	if key == "group" {
		target = "rootly_team"
	}
	return object(field{key + "_ids", b.refs(target, 2)})
}

func retrospectiveStep(b *builder, s slot) fields {
	title := b.title(b.oneOf("Gather", "Write", "Review", "Publish", "Share"), b.oneOf("timeline", "summary", "actions", "report"))
	return fields{
		{"retrospective_process_id", text(s.parent)},
		{"title", text(title)},
		{"slug", b.slug(title)},
		{"description", b.note(title)},
		{"incident_role_id", b.maybeRef("rootly_incident_role", 50)},
		{"due_after_days", number(b.upTo(10))},
		{"position", number(b.rank(s.kind, s.parent))},
		{"skippable", flag(b.chance(40))},
	}
}

func retrospectiveGroup(b *builder, s slot) fields {
	return fields{
		{"retrospective_process_id", text(s.parent)},
		{"sub_status_id", b.ref("rootly_sub_status")},
		{"position", number(b.rank(s.kind, s.parent))},
	}
}

// retrospectiveGroupStep puts a step of the same process into a group.
func retrospectiveGroupStep(b *builder, s slot) fields {
	return fields{
		{"retrospective_process_group_id", text(s.parent)},
		{"retrospective_step_id", maybeText(b.pickUnder("rootly_retrospective_step", b.owner(s.parent)))},
		{"position", number(b.rank(s.kind, s.parent))},
	}
}

func playbook(b *builder, _ slot) fields {
	name := b.title(b.product(), b.oneOf("outage", "failover", "rollback", "breach"))
	return fields{
		{"title", text(name)},
		{"summary", b.note(name)},
		{"external_url", b.some(50, "https://runbooks.example.com/outage")},
		{"severity_ids", b.refs("rootly_severity", b.upTo(2))},
		{"environment_ids", b.refs("rootly_environment", b.upTo(1))},
		{"functionality_ids", b.refs("rootly_functionality", b.upTo(1))},
		{"service_ids", b.refs("rootly_service", b.upTo(2))},
		{"group_ids", b.refs("rootly_team", b.upTo(1))},
		{"incident_type_ids", b.refs("rootly_incident_type", b.upTo(1))},
		{"cause_ids", b.refs("rootly_cause", b.upTo(1))},
	}
}

func playbookTask(b *builder, s slot) fields {
	return fields{
		{"playbook_id", text(s.parent)},
		{"task", text(b.oneOf("Drain the region", "Roll back", "Tell the vendor", "Check the dashboards"))},
		{"description", b.note("Playbook")},
		{"position", number(b.rank(s.kind, s.parent))},
	}
}

func sla(b *builder, s slot) fields {
	name := b.title(b.product(), "follow-ups")
	made := stamp(b.past())
	condition := object(field{"id", text(b.uuid())}, field{"position", number(1)}, field{"conditionable_type", text("SLAs::BuiltInFieldCondition")},
		field{"property", text("severity")}, field{"operator", text("is_one_of")}, field{"values", b.refs("rootly_severity", 2)}, field{"form_field_id", null})
	notice := object(field{"id", text(b.uuid())}, field{"offset_type", text("before_due")}, field{"offset_days", number(1 + b.upTo(3))},
		field{"created_at", made}, field{"updated_at", made})
	return fields{
		{"slug", b.slug(name)},
		{"name", text(name)},
		{"description", b.note(name)},
		{"position", number(b.rank(s.kind, ""))},
		{"entity_type", text("follow_up")},
		{"condition_match_type", text(b.oneOf("ALL", "ANY"))},
		{"manager_role_id", b.ref("rootly_incident_role")},
		{"manager_user_id", null},
		{"assignment_deadline_days", number(1 + b.upTo(4))},
		{"assignment_deadline_parent_status", text("resolved")},
		{"assignment_deadline_sub_status_id", b.maybeRef("rootly_sub_status", 30)},
		{"assignment_skip_weekends", flag(b.chance(50))},
		{"completion_deadline_days", number(7 + b.upTo(21))},
		{"completion_deadline_parent_status", text("closed")},
		{"completion_deadline_sub_status_id", null},
		{"completion_skip_weekends", flag(b.chance(50))},
		{"conditions", array(condition)},
		{"notification_configurations", array(notice)},
	}
}
