package sandbox

import (
	"encoding/json"
	"html"
	"strings"
)

const (
	retroConfigs    = "retrospective_configurations"
	edgeActions     = "edge_connector-actions" // as the provider spells it
	edgeActionsAlso = "edge_connector_actions" // as the OpenAPI document does
	stagesWrite     = "communication_template_stages_attributes"
	redacted        = "[REDACTED]"
)

// translate turns what was written into what is read, where the two differ.
func (s *Server) translate(rec *record, attrs, given attributes) {
	switch rec.API {
	case edgeActions:
		unpack(attrs, given["metadata"])
	case "secrets":
		redact(attrs, "secret")
	case "status_pages":
		redact(attrs, "authentication_password")
		redact(attrs, "saml_idp_cert")
	case "communications_templates":
		s.stages(rec, attrs, given)
	case "post_mortem_templates":
		render(attrs, given)
	case "users":
		delete(attrs, "role_id")
		delete(attrs, "on_call_role_id")
	}
	s.number(rec, attrs)
}

// unpack takes the parameters of an edge connector's action out of their wrapping.
func unpack(attrs attributes, metadata json.RawMessage) {
	var inner attributes
	if json.Unmarshal(metadata, &inner) != nil {
		return
	}
	for _, name := range []string{"description", "icon", "timeout", "parameters"} {
		if v, ok := inner[name]; ok {
			attrs[name] = v
		}
	}
}

func redact(attrs attributes, name string) {
	if text(attrs[name]) != "" {
		attrs[name] = encode(redacted)
	}
}

// render makes HTML of a template that is written as Markdown. Paragraphs are all it knows;
// what is HTML already stays as it is.
func render(attrs, given attributes) {
	content := text(given["content"])
	if content != "" && text(attrs["format"]) == "markdown" && !strings.HasPrefix(content, "<") {
		content = "<p>" + strings.ReplaceAll(html.EscapeString(content), "\n\n", "</p>\n<p>") + "</p>"
		attrs["content"] = encode(content)
	}
	if content != "" {
		attrs["content_html"] = encode(content)
	}
}

// stages turns the stages of a communications template into the objects as which they are read.
// The provider writes them under the name for reading.
func (s *Server) stages(rec *record, attrs, given attributes) {
	if kind := s.store.get("communications_types", text(attrs["communication_type_id"])); kind != nil {
		attrs["communication_type"] = encode(map[string]string{"id": kind.ID, "name": text(attribute(kind.Body, "name"))})
	}
	written := given[stagesWrite]
	if written == nil {
		written = given["communication_template_stages"]
	}
	var list []attributes
	if written == nil || json.Unmarshal(written, &list) != nil {
		return
	}
	read := []any{}
	for _, stage := range list {
		stage = flatStage(stage)
		id := text(stage["communication_stage_id"])
		name := ""
		if r := s.store.get("communications_stages", id); r != nil {
			name = text(attribute(r.Body, "name"))
		}
		inner := map[string]any{
			"communication_stage":    map[string]string{"id": id, "name": name},
			"communication_template": map[string]string{"id": rec.ID, "name": text(attrs["name"])},
			"created_at":             s.stamp(),
			"updated_at":             s.stamp(),
		}
		for _, k := range []string{"email_body", "email_subject", "slack_content", "sms_content"} {
			inner[k] = stage[k]
		}
		read = append(read, map[string]any{"data": map[string]any{
			"id": s.newID(""), "type": "communications_template_stages", "attributes": inner,
		}})
	}
	attrs["communication_template_stages"] = encode(read)
}

// flatStage takes a stage out of the object as which it is read.
func flatStage(stage attributes) attributes {
	var wrapped struct{ Attributes attributes }
	if stage["data"] == nil || json.Unmarshal(stage["data"], &wrapped) != nil || wrapped.Attributes == nil {
		return stage
	}
	var of identifier
	_ = json.Unmarshal(wrapped.Attributes["communication_stage"], &of) // without it the stage names none
	wrapped.Attributes["communication_stage_id"] = encode(of.ID)
	return wrapped.Attributes
}

// relate keeps the relationships of a user, whose roles are no attributes.
func relate(api string, doc map[string]json.RawMessage, given attributes) {
	if api != "users" {
		return
	}
	rels := make(map[string]json.RawMessage)
	if raw := doc["relationships"]; raw != nil {
		_ = json.Unmarshal(raw, &rels) // what is no object is replaced
	}
	for name, target := range map[string][2]string{"role_id": {"role", "roles"}, "on_call_role_id": {"on_call_role", "on_call_roles"}} {
		raw, ok := given[name]
		if !ok {
			continue
		}
		rels[target[0]] = encode(map[string]any{"data": nil})
		if id := text(raw); id != "" {
			rels[target[0]] = encode(map[string]any{"data": identifier{id, target[1]}})
		}
	}
	doc["relationships"] = encode(rels)
}

// makeMembers keeps the members of a rotation as objects of their own, as include= serves them.
func (s *Server) makeMembers(rec *record, given attributes) {
	raw, ok := given[membersRelation]
	var list []attributes
	if rec.API != "schedule_rotations" || !ok || json.Unmarshal(raw, &list) != nil {
		return
	}
	old := make(map[string]string)
	for _, r := range append([]*record(nil), s.store.byOwner[key{membersRelation, rec.ID}]...) {
		old[memberName(r.attributes())] = r.ID
		s.store.remove(r)
	}
	for _, m := range list {
		id := old[memberName(m)]
		if id == "" || s.store.get(membersRelation, id) != nil {
			id = s.newID(membersRelation)
		}
		if raw := m["member_id"]; raw != nil {
			m["member_id"] = encode(text(raw))
		}
		delete(m, "id")
		body := encode(map[string]any{"id": id, "type": membersRelation, "attributes": m})
		s.store.put(&record{Object: Object{API: membersRelation, ID: id, Parent: rec.ID, Body: body}})
	}
}

func memberName(m attributes) string { return text(m["member_type"]) + " " + text(m["member_id"]) }

// undeletable says why an object that Rootly made itself cannot be deleted.
func undeletable(rec *record) string {
	attrs := rec.attributes()
	switch {
	case rec.API == "roles" && text(attrs["is_deletable"]) == "false":
		return "Built-in roles cannot be deleted"
	case rec.API == "retrospective_processes" && text(attrs["is_default"]) == "true":
		return "The default retrospective process cannot be deleted"
	case rec.API == "form_fields" && text(attrs["kind"]) != "custom" && text(attrs["kind"]) != "":
		return "Built-in form fields cannot be deleted"
	}
	return ""
}
