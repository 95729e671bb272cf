package organisation

// A catalogField is a property of a catalogue or of a native type.
type catalogField struct {
	id   string
	kind string // text, or what its values point at
}

// nativeKinds are the types that carry catalogue fields of their own.
func nativeKinds() []string {
	return []string{"service", "functionality", "team", "environment", "cause", "incident_type"}
}

// valueKind is the Terraform type that values of such a field point at.
func (b *builder) valueKind(kind string) string {
	switch kind {
	case "service", "functionality", "environment", "cause", "incident_type":
		return "rootly_" + kind
	case "reference":
		return "rootly_catalog_entity"
	case "group":
		return "rootly_team"
	case "user":
		return person
	}
	return ""
}

func catalog(b *builder, s slot) fields {
	name := b.title(b.oneOf("Regions", "Customers", "Vendors", "Clusters", "Products", "Data centres"), b.oneOf("EMEA", "AMER", "internal"))
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"icon", text(b.oneOf("globe-alt", "server-stack", "users", "shapes"))},
		{"position", number(b.rank(s.kind, ""))},
		{"external_id", b.some(10, b.external("cat-"))},
		{"managed_by", b.managedBy()},
	}
}

func catalogEntity(b *builder, s slot) fields {
	name := b.title(b.product(), b.oneOf("EU", "US", "APAC", "One", "Two"))
	values := empty
	if id := b.pickUnder("rootly_catalog_property", s.parent); id != "" {
		values = array(b.property(catalogField{id, "text"}))
	}
	return fields{
		{"catalog_id", text(s.parent)},
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"public_description", b.some(10, "What customers read.")},
		{"position", number(b.rank(s.kind, s.parent))},
		{"backstage_id", b.some(10, "default/resource/eu")},
		{"external_id", b.some(20, b.external("ent-"))},
		{"managed_by", b.managedBy()},
		{"properties", values},
	}
}

// catalogProperty makes a field of a catalogue, or of a native type where there is no parent.
func catalogProperty(b *builder, s slot) fields {
	kind := b.oneOf("text", "text", "boolean")
	owner := "catalog"
	if s.parent == "" {
		owner = nativeKinds()[(b.rank("native", "")-1)%len(nativeKinds())]
		kind = b.oneOf("text", "service", "group", "user", "environment")
		b.native[owner] = append(b.native[owner], catalogField{s.id, kind})
	}
	name := b.title(b.oneOf("Tier", "Owner", "Region", "Runbook", "Contract", "Compliance"), owner)
	return fields{
		{"catalog_id", maybeText(s.parent)},
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"kind", text(kind)},
		{"kind_catalog_id", null},
		{"multiple", flag(b.chance(20))},
		{"position", number(b.rank(s.kind, s.parent))},
		{"required", flag(b.chance(20))},
		{"catalog_type", text(owner)},
		{"external_id", null},
		{"managed_by", b.managedBy()},
	}
}

func checklistTemplate(b *builder, _ slot) fields {
	name := b.title(b.product(), "readiness")
	first := object(field{"field_source", text("builtin")}, field{"field_key", text("description")}, field{"catalog_property_id", null})
	owner := object(field{"id", text("owner_user_ids")}, field{"type", text("field")})
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"catalog_type", text("Service")},
		{"scope_type", text("Team")},
		{"scope_id", text("4711")},
		{"fields", array(first)},
		{"owners", array(owner)},
	}
}
