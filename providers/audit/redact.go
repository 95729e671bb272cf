package audit

import (
	"encoding/json"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// redacted is what stands in the place of a credential, as in Rootly's own answers.
const redacted = "[REDACTED]"

// Redact returns the event without credentials: a second lock behind Rootly's own. A value is one
// by the name it stands under, by its form, or by package secret's rules. That a field changed
// stays visible: before and after are both there, and null stays null.
//
// The event given is not changed. A second call changes nothing.
func Redact(e Event) Event {
	e.Raw = redact(e.Raw, "")
	changes := make([]Change, len(e.Changes))
	for i, c := range e.Changes {
		changes[i] = Change{Field: c.Field, Before: redact(c.Before, c.Field), After: redact(c.After, c.Field)}
	}
	if e.Changes != nil {
		e.Changes = changes
	}
	for _, text := range []*string{&e.ItemName, &e.UserName, &e.UserAgent} {
		*text = hide("", *text)
	}
	return e
}

// redact takes the credentials out of a JSON text that stands under a name.
func redact(raw json.RawMessage, name string) json.RawMessage {
	if len(raw) == 0 {
		return raw
	}
	tree, err := parseTree(raw)
	if err != nil {
		return json.RawMessage(quote(redacted)) // what cannot be read cannot be shown
	}
	s := shutter{}
	s.walk(tree, under{name: name, secret: isSecret(name), top: name == "", header: isHeaders[name]})
	return apply(raw, s.edits)
}

// A shutter collects what is to be hidden.
type shutter struct{ edits []edit }

// under is where a value stands.
type under struct {
	name   string
	secret bool // whether everything under that name is a credential
	top    bool // whether these are the fields that events have of themselves
	header bool // whether these are headers of HTTP, any of which may be a credential
}

func (s *shutter) walk(v value, at under) {
	switch v.kind {
	case '{':
		s.object(v, at)
	case '[':
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
		below := under{name: part.key, top: at.top && isEnvelope[part.key]}
		switch {
		case at.top && isReference[part.key]:
			below.name = ""
		case pair != "" && isSide[part.key]:
			below.name = pair
		case at.name != "" && isSide[part.key]:
			below.name = at.name
		}
		below.secret = isSecret(below.name)
		if at.secret && !below.secret {
			below.name, below.secret = at.name, true
		}
		below.header = isHeaders[below.name] || at.header && (pair == "" || !isPairName[part.key])
		s.walk(part, below)
	}
}

// isHeaders are the settings that hold headers.
var isHeaders = map[string]bool{"headers": true, "custom_headers": true}

// isPairName are the names of what names a value.
var isPairName = map[string]bool{"name": true, "key": true, "header": true, "field": true, "attribute": true}

// isEnvelope are the fields in which the fields of an event may stand.
var isEnvelope = map[string]bool{"data": true, "attributes": true, "metadata": true, "event": true}

// isReference are fields of an event that tell sessions and keys apart, and are neither.
var isReference = map[string]bool{"session_id": true, "api_key_id": true}

// isSide are the names that stand between a name and its value.
var isSide = map[string]bool{
	"value": true, "from": true, "to": true, "before": true, "after": true, "old": true, "new": true,
	"old_value": true, "new_value": true,
}

// pairOf is the name that an object gives to the value in it, as lists of headers do. Where there
// are several, one that tells of a credential counts.
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

// hide takes the credentials out of a text that stands under a name.
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

// isBlank reports whether a text says nothing, or that it was hidden already.
func isBlank(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || s == redacted || s == "[FILTERED]"
}

// isSecret reports whether any value under a name is a credential, however it looks: one that
// says nothing of itself is taken for one.
func isSecret(name string) bool {
	return name != "" && len(secret.Find(name, "opaque")) > 0
}
