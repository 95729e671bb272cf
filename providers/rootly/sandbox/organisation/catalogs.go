package organisation

// A catalogField is a property of a catalogue or of a native type.
type catalogField struct {
	id   string
	kind string // text, or what its values point at
}

// valueKind is the Terraform type that values of such a field point at.
func (b *builder) valueKind(kind string) string {
	switch kind {
	case "service", "functionality", "environment", "cause", "incident_type", "catalog_entity":
		return "rootly_" + kind
	case "group", "team":
		return "rootly_team"
	case "user":
		return person
	}
	return ""
}
