package audit

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// ParseStored reads an event that was stored in any of the formats. Its credentials were removed before.
func ParseStored(line []byte) (Event, error) {
	raw := json.RawMessage(line)
	tree, err := parseTree(line)
	if err == nil && tree.get("class_uid") != nil {
		raw = fromOCSF(line, &tree)
	}
	e, err := Parse(raw)
	e.Redacted = true
	return e, err
}

// fromOCSF converts an event of OCSF into the shape of the API, as far as possible.
func fromOCSF(line []byte, t *value) json.RawMessage {
	b := []byte{'{'}
	add := func(name string, raw json.RawMessage) {
		if !isNull(raw) && string(raw) != `""` {
			b = append(appendQuoted(append(b, separatorOf(b)...), name), ':')
			b = append(b, raw...)
		}
	}
	metadata, entity, user := t.get("metadata"), t.get("entity"), t.get("actor").get("user")
	if user == nil {
		user = t.get("user")
	}
	at := metadata.get("original_time").in(line)
	if millis, err := strconv.ParseInt(t.get("time").said(), 10, 64); err == nil && isNull(at) {
		at = json.RawMessage(quote(time.UnixMilli(millis).UTC().Format(time.RFC3339Nano)))
	}
	add("id", metadata.get("uid").in(line))
	add("created_at", at)
	add("event", metadata.get("event_code").in(line))
	if entity.get("type").said() != "Other" {
		add("item_type", entity.get("type").in(line))
	}
	add("item_id", entity.get("uid").in(line))
	add("item_name", entity.get("name").in(line))
	add("user_id", user.get("uid").in(line))
	add("user_name", user.get("full_name").in(line))
	add("user_email", user.get("email_addr").in(line))
	add("ip_address", t.get("src_endpoint").get("ip").in(line))
	add("user_agent", t.get("http_request").get("user_agent").in(line))
	add("request_id", t.get("http_request").get("uid").in(line))
	add("session_id", t.get("actor").get("session").get("uid").in(line))
	add("object_changes", changesOfSides(line, entity.get("data"), t.get("entity_result").get("data")))
	if rest := t.get("unmapped"); rest != nil {
		for i := range rest.parts {
			add(rest.parts[i].key, rest.parts[i].in(line))
		}
	}
	return append(b, '}')
}

func separatorOf(b []byte) string {
	if len(b) > 1 {
		return ","
	}
	return ""
}

// changesOfSides pairs the fields before and after. Fields that are equal on both sides did not change; with one side
// only, every field did.
func changesOfSides(line []byte, was, is *value) json.RawMessage {
	var list []Change
	for _, side := range []*value{was, is} {
		if side == nil {
			continue
		}
		for i := range side.parts {
			field := side.parts[i].key
			before, after := was.get(field).in(line), is.get(field).in(line)
			known := strings.Compare(string(before), string(after)) == 0
			for _, c := range list {
				known = known || c.Field == field
			}
			if is != nil && is.get(field) == nil {
				known = true // part of the object that did not change
			}
			if !known {
				list = append(list, Change{Field: field, Before: before, After: after})
			}
		}
	}
	return pairs(list)
}
