package organisation

func communicationsType(b *builder, s slot) fields {
	name := b.title(b.oneOf("Customer", "Executive", "Regulator", "Partner"), "updates")
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"color", b.colour()},
		{"position", number(b.rank(s.kind, ""))},
	}
}

func communicationsStage(b *builder, s slot) fields {
	name := b.title(b.oneOf("Investigating", "Identified", "Monitoring", "Resolved"), b.oneOf("stage", "step"))
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"position", number(b.rank(s.kind, ""))},
	}
}

func communicationsTemplate(b *builder, s slot) fields {
	name := b.title(b.product(), "notice")
	kind := b.pick("rootly_communications_type")
	made := stamp(b.past())
	stage := object(
		field{"email_body", text("<p>{{ incident.title }}</p>\n<p>{{ incident.summary }}</p>")},
		field{"email_subject", text("{{ incident.title }}")},
		field{"slack_content", b.some(60, "*{{ incident.title }}*")},
		field{"sms_content", b.some(60, "{{ incident.title }}: {{ incident.short_url }}")},
		field{"created_at", made}, field{"updated_at", made},
		field{"communication_stage", pair(b.pick("rootly_communications_stage"), "Investigating")},
		field{"communication_template", pair(s.id, name)})
	row := object(field{"data", object(field{"id", text(b.uuid())}, field{"type", text("communications_template_stages")}, field{"attributes", stage})})
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"position", number(b.rank(s.kind, ""))},
		{"communication_type_id", text(kind)},
		{"communication_template_stages", array(row)},
		{"communication_type", pair(kind, "Customer updates")},
	}
}

func communicationsGroup(b *builder, _ slot) fields {
	name := b.title(b.product(), "subscribers")
	kind := b.oneOf("service", "severity", "functionality", "group", "incident_type")
	user := b.userNumber()
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"communication_type_id", b.ref("rootly_communications_type")},
		{"is_private", flag(b.chance(30))},
		{"condition_type", text(b.oneOf("any", "all"))},
		{"sms_channel", flag(b.chance(50))},
		{"email_channel", yes},
		{"communication_group_conditions", array(b.subscription(kind))},
		{"communication_group_members", array(object(field{"id", text(b.uuid())}, field{"user_id", user}))},
		{"member_ids", array(user)},
		{"slack_channel_ids", empty},
		{"communication_external_group_members", array(object(field{"id", text(b.uuid())}, field{"name", text("Vendor desk")},
			field{"email", text("desk@example.org")}, field{"phone_number", text("+14155550123")}))},
	}
}

// subscription is the condition under which a group is notified of an incident.
func (b *builder) subscription(kind string) encoded {
	target := "rootly_" + kind
	if kind == "group" {
		target = "rootly_team"
	}
	id := b.pick(target)
	condition := fields{{"id", text(b.uuid())}, {"condition", text("is_one_of")}, {"property_type", text(kind)},
		{"service_ids", null}, {"severity_ids", null}, {"functionality_ids", null}, {"group_ids", null}, {"incident_type_ids", null},
		{"properties", array(pair(id, b.product()))}}
	return condition.with(field{kind + "_ids", texts(id)}).encode()
}
