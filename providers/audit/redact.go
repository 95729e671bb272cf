package audit

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// redacted replaces a credential, as in Rootly's own answers.
const redacted = "[REDACTED]"

// Redact returns the event without credentials, in addition to what Rootly hides itself. A value is a credential by its
// name, by its form, or by package secret's rules. In item types that contain credentials, every value is one unless
// the field is known to be harmless. That a field changed stays visible: before and after are both there, and null
// stays null.
//
// The given event is not changed. A second call changes nothing.
func Redact(e Event) Event {
	if e.Redacted {
		return e
	}
	e.Raw = redact(e.Raw, under{top: true, itemType: e.ItemType})
	e.Changes = redactChanges(e.ItemType, e.Changes)
	return redactTexts(e)
}

// redact returns the event of the record without credentials. Its changes are parts of the redacted text.
func (r record) redact(e Event) Event {
	if r.top == nil {
		return Redact(e)
	}
	r.edits = takeOut(*r.top, under{top: true, itemType: e.ItemType})
	e.Raw = apply(r.raw, r.edits)
	switch changes, plain := changesOf(r, e.Action); {
	case !plain:
		e.Changes = redactChanges(e.ItemType, e.Changes)
	case len(r.edits) > 0:
		for i := range changes {
			changes[i].Field = hide("", changes[i].Field)
		}
		e.Changes = changes
	}
	return redactTexts(e)
}

func redactChanges(itemType string, changes []Change) []Change {
	if changes == nil {
		return nil
	}
	clean := make([]Change, len(changes))
	for i, c := range changes {
		at := under{name: c.Field, secret: isSecret(c.Field), header: isHeaders[c.Field] || isClosed(itemType, c.Field)}
		clean[i] = Change{Field: hide("", c.Field), Before: redact(c.Before, at), After: redact(c.After, at)}
	}
	return clean
}

// redactTexts redacts the fields of an event that were copied from the text.
func redactTexts(e Event) Event {
	for _, text := range []*string{&e.ItemName, &e.UserName, &e.UserAgent} {
		*text = hide("", *text)
	}
	e.Redacted = true
	return e
}

// harmless are the fields that are not credentials, in item types that contain credentials. Every other field of such
// an object counts as one, whatever its name.
var harmless = map[string]map[string]bool{
	"Secret": {
		"id": true, "name": true, "slug": true, "kind": true, "description": true, "created_at": true, "updated_at": true, "deleted_at": true,
		"team_id": true, "user_id": true, "hashicorp_vault_mount": true, "hashicorp_vault_path": true, "hashicorp_vault_version": true,
	},
	"ApiKey": {
		"id": true, "name": true, "slug": true, "kind": true, "description": true, "created_at": true, "updated_at": true, "deleted_at": true,
		"expires_at": true, "last_used_at": true, "rotated_at": true, "revoked_at": true, "role_id": true, "on_call_role_id": true, "group_id": true,
		"group_ids": true, "team_id": true, "user_id": true, "active": true,
	},
}

// isClosed reports whether a field of an item type is hidden whatever its value.
func isClosed(itemType, field string) bool {
	open, holds := harmless[itemType]
	return holds && !open[field]
}

// redact removes the credentials from a JSON text.
func redact(raw json.RawMessage, at under) json.RawMessage {
	if len(raw) == 0 || bytes.Equal(raw, null) {
		return raw
	}
	tree, err := parseTree(raw)
	if err != nil {
		return json.RawMessage(quote(redacted)) // what cannot be read cannot be shown
	}
	return apply(raw, takeOut(tree, at))
}

// takeOut lists the parts of a value to remove.
func takeOut(tree value, at under) []edit {
	if _, closed := harmless[at.itemType]; at.top && !closed {
		r := record{attributes: tree.get("attributes")}
		if r.attributes == nil {
			r.attributes = &tree
		}
		at.itemType = r.text("item_type", "resource_type")
	}
	s := shutter{}
	s.walk(tree, at)
	return s.edits
}

// A shutter collects what must be hidden.
type shutter struct{ edits []edit }

// under is the place of a value.
type under struct {
	name   string
	secret bool // whether everything under that name is a credential
	top    bool // whether these are the event's own fields
	header bool // whether these are HTTP headers, or others that may all be credentials

	itemType string // of the event, at its top and where its object begins
	fields   bool   // whether these are the fields of the object
	rows     bool   // whether they are in a list whose rows name their field
}

func (s *shutter) walk(v value, at under) {
	switch v.kind {
	case '{':
		s.object(v, at)
	case '[':
		at.rows = at.fields
		for _, part := range v.parts {
			s.walk(part, at)
		}
	case 's':
		s.text(v, at)
	case 'n':
		if at.header || at.name != "" && len(secret.Find(at.name, v.text)) > 0 {
			s.replace(v, redacted)
		}
	}
}

func (s *shutter) object(v value, at under) {
	pair := pairOf(v)
	for _, part := range v.parts {
		told := ofName(part.key)
		if told.holds {
			s.edits = append(s.edits, edit{part.keyAt, part.keyEnd, quote(hide("", part.key))})
		}
		below := under{name: part.key, top: at.top && isEnvelope[part.key]}
		if at.top {
			below.itemType, below.fields = at.itemType, isObject[part.key]
		}
		switch {
		case at.top && isReference[part.key]:
			below.name = ""
		case pair != "" && isSide[part.key]:
			below.name = pair
		case at.name != "" && isSide[part.key]:
			below.name = at.name
		}
		if below.secret = told.secret; below.name != part.key {
			below.secret = isSecret(below.name)
		}
		if at.secret && !below.secret {
			below.name, below.secret = at.name, true
		}
		below.header = isHeaders[below.name] || at.header && (pair == "" || !isPairName[part.key]) || at.closes(part.key, pair)
		s.walk(part, below)
	}
}

// closes reports whether a member of the event's object is hidden whatever its value.
func (at under) closes(key, pair string) bool {
	switch {
	case !at.fields:
		return false
	case !at.rows:
		return isClosed(at.itemType, key)
	}
	return isSide[key] && isClosed(at.itemType, pair)
}

// isObject are the fields of an event that contain the fields of the object.
var isObject = map[string]bool{"object": true, "object_changes": true, "changes": true}

// isHeaders are the settings that contain headers.
var isHeaders = map[string]bool{"headers": true, "custom_headers": true}

// isPairName are the keys for the name of a value.
var isPairName = map[string]bool{"name": true, "key": true, "header": true, "field": true, "attribute": true}

// isEnvelope are the fields that may contain the fields of an event.
var isEnvelope = map[string]bool{"data": true, "attributes": true, "metadata": true, "event": true}

// isReference are fields of an event that identify sessions and keys, but are not credentials.
var isReference = map[string]bool{"session_id": true, "api_key_id": true}

// isSide are the names between a name and its value.
var isSide = map[string]bool{
	"value": true, "from": true, "to": true, "before": true, "after": true, "old": true, "new": true,
	"old_value": true, "new_value": true,
}

// pairOf is the name that an object gives to the value in it, as lists of headers do. If there are several, a name of a
// credential takes precedence.
func pairOf(v value) string {
	if !hasValue(v) {
		return ""
	}
	name := ""
	for _, key := range []string{"name", "key", "header", "field", "attribute"} {
		part := v.get(key)
		if part == nil || part.kind != 's' {
			continue
		}
		if name == "" || isSecret(part.text) {
			name = part.text
		}
	}
	return name
}

// hasValue reports whether an object looks like a name with its value, or with its values before and after.
func hasValue(v value) bool {
	if v.get("value") != nil {
		return true
	}
	for _, side := range sides {
		if v.get(side[0]) != nil && v.get(side[1]) != nil {
			return true
		}
	}
	return false
}

func (s *shutter) text(v value, at under) {
	if inner := strings.TrimSpace(v.text); strings.HasPrefix(inner, "{") || strings.HasPrefix(inner, "[") {
		if tree, err := parseTree([]byte(v.text)); err == nil {
			inside := shutter{}
			inside.walk(tree, at)
			if len(inside.edits) > 0 {
				s.replace(v, string(apply([]byte(v.text), inside.edits)))
			}
			return
		}
	}
	if at.header && !isBlank(v.text) {
		s.replace(v, redacted)
		return
	}
	if hidden := hide(at.name, v.text); hidden != v.text {
		s.replace(v, hidden)
	}
}

func (s *shutter) replace(v value, with string) {
	s.edits = append(s.edits, edit{v.start, v.end, quote(with)})
}

// hide removes the credentials from a text under a name.
func hide(name, text string) string {
	if isBlank(text) {
		return text
	}
	var b strings.Builder
	at := 0
	for _, f := range secret.Find(name, text) {
		if f.Start >= at {
			b.WriteString(text[at:f.Start])
			b.WriteString(redacted)
		}
		at = max(at, f.End)
	}
	if at == 0 {
		return text
	}
	b.WriteString(text[at:])
	return b.String()
}

// isBlank reports whether a text is empty, or hidden already.
func isBlank(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || s == redacted || s == "[FILTERED]"
}

// isSecret reports whether any value under a name is a credential, even if its form does not show it.
func isSecret(name string) bool { return ofName(name).secret }

// A naming is what a name implies.
type naming struct {
	secret bool // any value under it is a credential
	holds  bool // it contains a credential
}

// names caches what names imply: most events use the same few.
var names = sync.OnceValue(func() *nameBook { return &nameBook{told: map[string]naming{}} })

type nameBook struct {
	sync.RWMutex
	told map[string]naming
}

// ofName is what a name implies.
func ofName(name string) naming {
	const longest, most = 64, 4096
	book := names()
	book.RLock()
	n, known := book.told[name]
	book.RUnlock()
	if known {
		return n
	}
	n = naming{secret: secret.IsName(name), holds: hide("", name) != name}
	if n.holds || len(name) > longest {
		return n // no credential is cached
	}
	book.Lock()
	defer book.Unlock()
	if len(book.told) < most {
		book.told[strings.Clone(name)] = n
	}
	return n
}
