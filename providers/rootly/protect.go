package rootly

// protect says why destroying an object must be prevented: Rootly made it, and could not or would
// not make it again. Empty for objects that people made.
func protect(obj *Object) string {
	attrs := obj.Node.Attributes
	const builtIn = "built into Rootly"
	switch obj.Type.Name {
	case "rootly_form_field":
		if kind := text(attrs, "kind"); kind != "" && kind != "custom" {
			return builtIn
		}
	case "rootly_alert_field":
		if kind := text(attrs, "kind"); kind != "" && kind != "custom" {
			return builtIn
		}
	case "rootly_role":
		if v, ok := attrs["is_deletable"].(bool); ok && !v {
			return builtIn
		}
	case "rootly_on_call_role":
		if kind := text(attrs, "system_role"); kind != "" && kind != "custom" {
			return builtIn
		}
	case "rootly_retrospective_process":
		if isTrue(attrs, "is_default") {
			return "the default process, which Rootly cannot delete"
		}
	case "rootly_form_set":
		if isTrue(attrs, "is_default") {
			return "the default form set, which Rootly cannot delete"
		}
	case "rootly_escalation_path":
		if isTrue(attrs, "default") {
			return "the default path, which its policy cannot do without"
		}
	case "rootly_incident_permission_set_boolean", "rootly_incident_permission_set_resource",
		"rootly_retrospective_configuration", "rootly_form_field_position":
		return "made by Rootly together with its owner"
	}
	return ""
}
