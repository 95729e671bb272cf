package organisation

// permissionLists gives every list of permissions that a type has, read from the schema.
func (b *builder) permissionLists(kind string) fields {
	var out fields
	for _, p := range b.permissions[kind] {
		out = append(out, field{p.name, texts(b.someOf(b.atLeast(b.upTo(len(p.enum))), p.enum...)...)})
	}
	return out
}

func role(b *builder, s slot) fields {
	name := b.title(b.product(), b.oneOf("responder", "auditor", "lead"))
	return append(fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"incident_permission_set_id", b.maybeRef("rootly_incident_permission_set", 60)},
		{"is_deletable", yes},
		{"is_editable", yes},
	}, b.permissionLists(s.kind)...)
}

func onCallRole(b *builder, s slot) fields {
	name := b.title(b.product(), "on call")
	return append(fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"system_role", text("custom")},
		{"functionalities_permissions", texts("read")},
		{"catalogs_permissions", texts("read", "update")},
	}, b.permissionLists(s.kind)...)
}

func permissionSet(b *builder, _ slot) fields {
	name := b.title(b.product(), "incidents")
	all := []string{"create", "read", "update", "delete"}
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"private_incident_permissions", texts(b.someOf(2, all...)...)},
		{"public_incident_permissions", texts(b.someOf(3, all...)...)},
	}
}

// permissionKinds are the switches that a permission set has, once for public and once for
// private incidents.
func permissionKinds() []string {
	return []string{"publish_to_status_page", "assign_incident_roles", "invite_subscribers", "update_summary", "update_timeline",
		"trigger_workflows", "create_communications", "read_communications", "update_communications", "delete_communications",
		"send_communications", "modify_custom_fields"}
}

func permissionBoolean(b *builder, s slot) fields {
	n := b.rank(s.kind, s.parent) - 1
	kinds := permissionKinds()
	return fields{
		{"incident_permission_set_id", text(s.parent)},
		{"kind", text(kinds[n%len(kinds)])},
		{"private", flag(n >= len(kinds))},
		{"enabled", flag(b.chance(60))},
	}
}

func permissionResource(b *builder, s slot) fields {
	kinds := []string{"severities", "incident_types", "statuses", "sub_statuses"}
	classes := []string{"Severity", "IncidentType", "Status", "SubStatus"}
	pools := []string{"rootly_severity", "rootly_incident_type", "status", "rootly_sub_status"}
	n := b.rank(s.kind, s.parent) - 1
	return fields{
		{"incident_permission_set_id", text(s.parent)},
		{"kind", text(kinds[n%4])},
		{"private", flag(n%2 == 1)},
		{"resource_id", b.ref(pools[n%4])},
		{"resource_type", text(classes[n%4])},
	}
}

// addPermissionSet adds a set with all that Rootly makes along with it.
func addPermissionSet(b *builder) {
	id := b.add("rootly_incident_permission_set", "")
	b.under("rootly_incident_permission_set_boolean", id, 24)
	b.under("rootly_incident_permission_set_resource", id, 13)
}

// statuses adds the fixed states of an incident, which are no resources.
func (b *builder) statuses() {
	for _, name := range []string{"Triage", "Started", "Mitigated", "Resolved", "Cancelled"} {
		s := slot{"status", b.uuid(), ""}
		b.register(s)
		made := stamp(b.past())
		b.store("statuses", s, fields{{"name", text(name)}, {"slug", b.slug(name)}, {"description", null}, {"color", b.colour()},
			{"enabled", yes}, {"created_at", made}, {"updated_at", made}})
	}
}
