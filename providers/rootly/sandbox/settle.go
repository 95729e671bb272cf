package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mozillazg/go-unidecode"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// settle sets what Rootly decides about a new object: its owner, position, slug and times.
func (w *writer) settle(rec *record, attrs attributes) {
	w.settleOwner(rec, attrs)
	if raw, ok := attrs["position"]; ok && text(raw) == "" && w.tables.Types[rec.API].Accepts["position"] == "number" {
		attrs["position"] = encode(len(w.store.byOwner[key{rec.API, rec.Parent}]) + 1)
	}
	if _, ok := attrs["slug"]; ok {
		attrs["slug"] = encode(w.store.slug(rec, attrs))
	}
	if _, ok := attrs["id"]; ok { // a few types repeat it
		attrs["id"] = encode(rec.ID)
	}
	now := encode(w.ids.stamp())
	attrs["created_at"], attrs["updated_at"] = now, now
	for name, make := range generated[rec.API] {
		attrs[name] = encode(make(rec.ID))
	}
}

// settleOwner writes down whose the object is.
func (w *writer) settleOwner(rec *record, attrs attributes) {
	t := w.t
	if t.is != "" {
		attrs[t.by] = encode(t.is)
		return
	}
	if len(t.owners) > 0 && t.by != "" { // listed below something that is not its parent
		owner := w.store.owner(t)
		attrs[t.by] = encode(owner.ID)
		rec.Parent = owner.Parent
	}
	name := w.tables.ownerAttrs[rec.API]
	switch {
	case name == "" || rec.Parent == "":
	case len(t.owners) == 1 && numeric[t.owners[0]] && json.Valid([]byte(rec.Parent)):
		attrs[name] = json.RawMessage(rec.Parent)
	default:
		attrs[name] = encode(rec.Parent)
	}
}

var slugGap = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes a name for paths. A slug that is taken gets the start of the id behind it.
func (s *store) slug(rec *record, attrs attributes) string {
	base := ""
	for _, name := range []string{"name", "title", "label", "value", "task"} {
		if base = text(attrs[name]); base != "" {
			break
		}
	}
	base = strings.Trim(slugGap.ReplaceAllString(strings.ToLower(unidecode.Unidecode(base)), "-"), "-")
	if base == "" {
		return rec.ID
	}
	if len(s.where(rec.API, "slug", base)) > 0 {
		return base + "-" + strings.SplitN(rec.ID, "-", 2)[0]
	}
	return base
}

// A maker makes ids and times. The lock of the store guards it.
type maker struct {
	store *store
	clock func() time.Time
	seed  uint64
	made  uint64
}

// stamp is the time as Rootly writes it.
func (m *maker) stamp() string {
	return m.clock().UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// next counts: two servers with one seed that do the same make the same ids.
func (m *maker) next(api string) string {
	for {
		m.made++
		id := m.identity(api)
		if m.store.get(api, id) == nil {
			return id
		}
	}
}

func (m *maker) identity(api string) string {
	if numeric[api] {
		return strconv.FormatUint(500000+m.made, 10)
	}
	var in [16]byte
	binary.BigEndian.PutUint64(in[:8], m.seed)
	binary.BigEndian.PutUint64(in[8:], m.made)
	h := sha256.Sum256(in[:])
	h[6], h[8] = h[6]&0x0f|0x40, h[8]&0x3f|0x80 // version 4, as Rootly's
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// numeric are the types with numbers for ids.
var numeric = map[string]bool{"custom_fields": true, "custom_field_options": true}

// generated are attributes that Rootly makes, from the id of their object.
var generated = map[string]map[string]func(id string) any{
	"alert_sources": {
		"secret":           secretOf,
		"webhook_endpoint": func(id string) any { return "https://webhooks.rootly.example/webhooks/incoming/" + id },
		"status":           func(string) any { return "setup_incomplete" },
	},
	"heartbeats": {
		"secret":        secretOf,
		"ping_url":      func(id string) any { return "https://api.rootly.example/v1/heartbeats/" + id + "/ping" },
		"email_address": func(id string) any { return "heartbeat-" + id + "@email.rootly.example" },
		"status":        func(string) any { return "waiting" },
	},
	"webhooks_endpoints": {"secret": secretOf},
	"roles": {
		"is_deletable": func(string) any { return true },
		"is_editable":  func(string) any { return true },
	},
}

func secretOf(id string) any {
	return fmt.Sprintf("%x", sha256.Sum256([]byte("secret of "+id)))
}

// nestedPaths are the attributes within blocks that Rootly makes, by JSON:API type.
func nestedPaths() map[string][]string {
	m := make(map[string][]string)
	for _, t := range catalogue.Types() {
		for path := range t.Omit {
			i := strings.LastIndex(path, ".")
			if i > 0 && madeNested[path[i+1:]] {
				m[t.API] = appendNew(m[t.API], path)
			}
		}
	}
	m["communications_groups"] = appendNew(m["communications_groups"], "communication_external_group_members.id")
	return m
}

var madeNested = map[string]bool{"id": true, "created_at": true, "updated_at": true}

// number gives the elements of nested blocks the ids and times that Rootly makes.
func (w *writer) number(rec *record, attrs attributes) {
	for _, path := range w.tables.nested[rec.API] {
		first, rest, _ := strings.Cut(path, ".")
		raw := attrs[first]
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		v, ok := decode(raw)
		if ok && w.ids.fill(v, strings.Split(rest, ".")) {
			attrs[first] = encode(v)
		}
	}
}

// fill sets the end of a path in every element below v, and reports whether any was missing.
func (m *maker) fill(v any, path []string) bool {
	switch v := v.(type) {
	case []any:
		changed := false
		for _, e := range v {
			changed = m.fill(e, path) || changed
		}
		return changed
	case map[string]any:
		if len(path) > 1 {
			return m.fill(v[path[0]], path[1:])
		}
		if v[path[0]] != nil && v[path[0]] != "" {
			return false
		}
		if path[0] == "id" {
			v["id"] = m.next("")
			return true
		}
		v[path[0]] = m.stamp()
		return true
	}
	return false
}

const (
	retroConfigs    = "retrospective_configurations"
	edgeActions     = "edge_connector-actions" // as the provider spells it
	edgeActionsAlso = "edge_connector_actions" // as the OpenAPI document does
	stagesWrite     = "communication_template_stages_attributes"
	redacted        = "[REDACTED]"
)

// translate turns what was written into what is read, where the two differ.
func (w *writer) translate(rec *record, attrs, given attributes) {
	switch rec.API {
	case edgeActions:
		unpack(attrs, given["metadata"])
	case "secrets":
		redact(attrs, "secret")
	case "status_pages":
		redact(attrs, "authentication_password")
		redact(attrs, "saml_idp_cert")
	case "communications_templates":
		w.stages(rec, attrs, given)
	case "post_mortem_templates":
		render(attrs, given)
	case "users":
		delete(attrs, "role_id")
		delete(attrs, "on_call_role_id")
	}
	w.number(rec, attrs)
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
func (w *writer) stages(rec *record, attrs, given attributes) {
	if kind := w.store.get("communications_types", text(attrs["communication_type_id"])); kind != nil {
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
		if r := w.store.get("communications_stages", id); r != nil {
			name = text(attribute(r.Body, "name"))
		}
		inner := map[string]any{
			"communication_stage":    map[string]string{"id": id, "name": name},
			"communication_template": map[string]string{"id": rec.ID, "name": text(attrs["name"])},
			"created_at":             w.ids.stamp(),
			"updated_at":             w.ids.stamp(),
		}
		for _, k := range []string{"email_body", "email_subject", "slack_content", "sms_content"} {
			inner[k] = stage[k]
		}
		read = append(read, map[string]any{"data": map[string]any{
			"id": w.ids.next(""), "type": "communications_template_stages", "attributes": inner,
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
func (w *writer) makeMembers(rec *record, given attributes) {
	raw, ok := given[membersRelation]
	var list []attributes
	if rec.API != "schedule_rotations" || !ok || json.Unmarshal(raw, &list) != nil {
		return
	}
	old := make(map[string]string)
	for _, r := range append([]*record(nil), w.store.byOwner[key{membersRelation, rec.ID}]...) {
		old[memberName(r.attributes())] = r.ID
		w.store.remove(r)
	}
	for _, m := range list {
		id := old[memberName(m)]
		if id == "" || w.store.get(membersRelation, id) != nil {
			id = w.ids.next(membersRelation)
		}
		if raw := m["member_id"]; raw != nil {
			m["member_id"] = encode(text(raw))
		}
		delete(m, "id")
		body := encode(map[string]any{"id": id, "type": membersRelation, "attributes": m})
		w.store.put(&record{Object: Object{API: membersRelation, ID: id, Parent: rec.ID, Body: body}})
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
