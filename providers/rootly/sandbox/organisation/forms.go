package organisation

// formField makes a custom field; its options are children.
func formField(b *builder, s slot) fields {
	name := b.title(b.oneOf("Affected", "Customer", "Region", "Business", "Root", "Detection"), b.oneOf("impact", "tier", "area", "method", "contact", "team"))
	return fields{
		{"kind", text("custom")},
		{"input_kind", text(b.oneOf("select", "multi_select", "text", "textarea", "checkbox", "number", "date"))},
		{"value_kind", text("inherit")},
		{"value_kind_catalog_id", null},
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"shown", texts(b.someOf(1+b.upTo(2), forms()...)...)},
		{"required", texts(b.someOf(b.upTo(1), forms()...)...)},
		{"show_on_incident_details", flag(b.chance(50))},
		{"enabled", flag(!b.chance(10))},
		{"default_values", empty},
		{"auto_set_by_catalog_property_id", null},
		{"resource_type", text("incident")},
	}
}

// forms are the forms that a field can stand on.
func forms() []string {
	return []string{"web_new_incident_form", "web_update_incident_form", "web_incident_post_mortem_form",
		"web_incident_mitigation_form", "web_incident_resolution_form", "slack_new_incident_form", "slack_update_incident_form"}
}

func formFieldOption(b *builder, s slot) fields {
	return fields{
		{"id", text(s.id)},
		{"form_field_id", text(s.parent)},
		{"value", text(b.title(b.oneOf("None", "Some", "Many", "All", "EU", "US", "Gold", "Silver", "Automatic", "By a customer")))},
		{"color", b.colour()},
		{"default", flag(b.chance(10))},
		{"position", number(b.rank(s.kind, s.parent))},
	}
}

func formFieldPosition(b *builder, s slot) fields {
	list := forms()
	rank := b.rank(s.kind, s.parent)
	return fields{
		{"form_field_id", text(s.parent)},
		{"form", text(list[(rank-1)%len(list)])},
		{"position", number(1 + b.upTo(30))},
	}
}

func formFieldPlacement(b *builder, s slot) fields {
	return fields{
		{"form_field_id", text(s.parent)},
		{"form_set_id", b.ref("rootly_form_set")},
		{"form", text(b.oneOf(forms()...))},
		{"position", number(b.rank(s.kind, s.parent))},
		{"required", flag(b.chance(30))},
		{"required_operator", text(b.oneOf("and", "or"))},
		{"placement_operator", text(b.oneOf("and", "or"))},
		{"non_editable", flag(b.chance(10))},
	}
}

func formFieldPlacementCondition(b *builder, s slot) fields {
	option := b.pick("rootly_form_field_option")
	f := b.owner(option)
	return fields{
		{"form_field_placement_id", text(s.parent)},
		{"conditioned", text(b.oneOf("placement", "required"))},
		{"position", number(b.rank(s.kind, s.parent))},
		{"form_field_id", maybeText(f)},
		{"comparison", text(b.oneOf("equal", "not_equal"))},
		{"values", b.optionsOf(option)},
	}
}

// optionsOf is a list of values that holds an option, and mostly another of the same field.
func (b *builder) optionsOf(option string) encoded {
	other := b.pickUnder("rootly_form_field_option", b.owner(option))
	if other == option {
		return texts(option)
	}
	return texts(option, other)
}

func formSet(b *builder, _ slot) fields {
	name := b.title(b.product(), "forms")
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"is_default", no},
		{"forms", texts(b.someOf(3, forms()...)...)},
	}
}

func formSetCondition(b *builder, s slot) fields {
	option := b.pick("rootly_form_field_option")
	f := b.owner(option)
	return fields{
		{"form_set_id", text(s.parent)},
		{"form_field_id", maybeText(f)},
		{"comparison", text("equal")},
		{"values", b.optionsOf(option)},
	}
}

func customForm(b *builder, _ slot) fields {
	name := b.title(b.product(), "report")
	slug := b.slugOf(name)
	return fields{
		{"name", text(name)},
		{"slug", text(slug)},
		{"description", b.note(name)},
		{"enabled", flag(!b.chance(10))},
		{"command", text(slug)},
	}
}

func customField(b *builder, s slot) fields {
	name := b.title("Legacy", b.product())
	return fields{
		{"label", text(name)},
		{"kind", text("select")},
		{"enabled", yes},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"shown", texts("incident_form", "incident_slack_form")},
		{"required", texts("incident_form")},
		{"default", b.some(20, "Unknown")},
		{"position", number(b.rank(s.kind, ""))},
	}
}

func customFieldOption(b *builder, s slot) fields {
	return fields{
		{"custom_field_id", encoded(s.parent)},
		{"value", text(b.oneOf("Yes", "No", "Unknown"))},
		{"color", b.colour()},
		{"default", no},
		{"position", number(b.rank(s.kind, s.parent))},
	}
}
