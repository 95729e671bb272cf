package audit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

var null = json.RawMessage("null")

// changesOf finds what was changed, field by field. Of an object that is gone and whose changes
// nobody wrote down, each field went.
func changesOf(r record, action string) []Change {
	for _, name := range []string{"object_changes", "changes"} {
		raw, said := unquoted(r.raw, r.attributes.get(name))
		if list := listed(raw, said); list != nil {
			return sorted(list)
		}
		if said.kind != '{' || len(said.parts) == 0 {
			continue
		}
		list := make([]Change, 0, len(said.parts))
		for i := range said.parts {
			list = append(list, change(raw, &said.parts[i], action))
		}
		return last(sorted(list))
	}
	if action != "destroy" {
		return nil
	}
	raw, said := unquoted(r.raw, r.attributes.get("object"))
	var list []Change
	for i := range said.parts {
		if part := &said.parts[i]; said.kind == '{' && !isNull(part.in(raw)) {
			list = append(list, Change{Field: part.key, Before: part.in(raw), After: null})
		}
	}
	return last(sorted(list))
}

// last leaves one change of each field: of several members of one name, the last counts.
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

// unquoted is the JSON in a string with the text that it stands in, or the value itself; of nothing it is a value of no kind.
func unquoted(raw []byte, v *value) ([]byte, value) {
	if v == nil {
		return raw, value{}
	}
	if v.kind == 's' && strings.HasPrefix(v.text, "{") {
		if inner, err := parseTree([]byte(v.text)); err == nil {
			return []byte(v.text), inner
		}
	}
	return raw, *v
}

// change reads the value of a field: [before, after], an object with both, or what there is now.
func change(raw []byte, v *value, action string) Change {
	if v.kind == '[' && len(v.parts) == 2 {
		return Change{Field: v.key, Before: v.parts[0].in(raw), After: v.parts[1].in(raw)}
	}
	for _, side := range sides {
		before, after := v.get(side[0]), v.get(side[1])
		if before != nil && after != nil && len(v.parts) == 2 {
			return Change{Field: v.key, Before: before.in(raw), After: after.in(raw)}
		}
	}
	if action == "destroy" {
		return Change{Field: v.key, Before: v.in(raw), After: null}
	}
	return Change{Field: v.key, Before: null, After: v.in(raw)}
}

// sides are the names that sources give to what was and what is.
var sides = [][2]string{{"from", "to"}, {"before", "after"}, {"old", "new"}, {"old_value", "new_value"}}

// listed reads changes that are a list of objects, each of which names its field.
func listed(raw []byte, v value) []Change {
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
				c.Before = v.in(raw)
			}
			if v := row.get(side[1]); v != nil {
				c.After = v.in(raw)
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
