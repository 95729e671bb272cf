package audit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

var null = json.RawMessage("null")

// changesOf finds what was changed, field by field. If an object was deleted and its event lists no changes, every
// field counts as removed. Plain says that the event has the changes field by field, and not as a list or in a string.
func changesOf(r record, action string) (list []Change, plain bool) {
	for _, name := range []string{"object_changes", "changes"} {
		from, said := r.unquoted(name)
		if list := listed(from, said); list != nil {
			return sorted(list), false
		}
		if said.kind != '{' || len(said.parts) == 0 {
			continue
		}
		list := make([]Change, 0, len(said.parts))
		for i := range said.parts {
			list = append(list, change(from, &said.parts[i], action))
		}
		return last(sorted(list)), !from.inner
	}
	if action != "destroy" {
		return nil, true
	}
	from, said := r.unquoted("object")
	for i := range said.parts {
		if part := &said.parts[i]; said.kind == '{' && !isNull(from.of(part)) {
			list = append(list, Change{Field: part.key, Before: from.of(part), After: null})
		}
	}
	return last(sorted(list)), !from.inner
}

// A source is the text that contains values, with the edits to make in it.
type source struct {
	raw   []byte
	edits []edit
	inner bool // the text of a string in the event
}

// of is a value as it is written, after the edits.
func (s source) of(v *value) json.RawMessage {
	raw := v.in(s.raw)
	if len(s.edits) == 0 || v == nil {
		return raw
	}
	from, _ := slices.BinarySearchFunc(s.edits, v.start, func(e edit, at int) int { return e.start - at })
	to, _ := slices.BinarySearchFunc(s.edits, v.end, func(e edit, at int) int { return e.start - at })
	return applyFrom(v.start, raw, s.edits[from:to])
}

// last keeps one change per field: if a name is repeated, the last one counts.
func last(list []Change) []Change {
	kept := list[:0]
	for i, c := range list {
		if i+1 == len(list) || list[i+1].Field != c.Field {
			kept = append(kept, c)
		}
	}
	return kept
}

// sorted orders changes by field.
func sorted(list []Change) []Change {
	slices.SortStableFunc(list, func(a, b Change) int { return strings.Compare(a.Field, b.Field) })
	return list
}

// unquoted is an attribute with the text that contains it: for a string that holds JSON, its content. Without the
// attribute it is a value of no kind.
func (r record) unquoted(name string) (source, value) {
	from, v := source{raw: r.raw, edits: r.edits}, r.attributes.get(name)
	if v == nil {
		return from, value{}
	}
	if v.kind == 's' && strings.HasPrefix(v.text, "{") {
		if inner, err := parseTree([]byte(v.text)); err == nil {
			return source{raw: []byte(v.text), inner: true}, inner
		}
	}
	return from, *v
}

// change reads the value of a field: [before, after], an object with both, or only the present value.
func change(from source, v *value, action string) Change {
	if v.kind == '[' && len(v.parts) == 2 {
		return Change{Field: v.key, Before: from.of(&v.parts[0]), After: from.of(&v.parts[1])}
	}
	for _, side := range sides {
		before, after := v.get(side[0]), v.get(side[1])
		if before != nil && after != nil && len(v.parts) == 2 {
			return Change{Field: v.key, Before: from.of(before), After: from.of(after)}
		}
	}
	if action == "destroy" {
		return Change{Field: v.key, Before: from.of(v), After: null}
	}
	return Change{Field: v.key, Before: null, After: from.of(v)}
}

// sides are the names that sources use for the values before and after.
var sides = [][2]string{{"from", "to"}, {"before", "after"}, {"old", "new"}, {"old_value", "new_value"}}

// listed reads changes that are a list of objects, each of which names its field.
func listed(from source, v value) []Change {
	if v.kind != '[' {
		return nil
	}
	var list []Change
	for i := range v.parts {
		row := &v.parts[i]
		if row.kind != '{' {
			return nil
		}
		c := Change{Field: either(row.get("field").said(), either(row.get("attribute").said(), row.get("name").said())), Before: null, After: null}
		for _, side := range sides {
			if v := row.get(side[0]); v != nil {
				c.Before = from.of(v)
			}
			if v := row.get(side[1]); v != nil {
				c.After = from.of(v)
			}
		}
		list = append(list, c)
	}
	return list
}

func isNull(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || bytes.Equal(raw, null)
}

func orNull(raw json.RawMessage) json.RawMessage {
	if isNull(raw) {
		return null
	}
	return raw
}

// Texts are the values before and after for people: a text without quotes, "(none)" for null.
func (c Change) Texts() (before, after string) { return readable(c.Before), readable(c.After) }

func readable(raw json.RawMessage) string {
	if len(raw) == 0 || bytes.Equal(raw, null) {
		return "(none)"
	}
	var s string
	if raw[0] == '"' && json.Unmarshal(raw, &s) == nil {
		if s == "" {
			return `""`
		}
		return s
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err == nil {
		return string(shown.Readable(b.Bytes()))
	}
	return string(raw)
}
