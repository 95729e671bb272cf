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
		raw := unquoted(r.attributes[name])
		if list := listed(raw); list != nil {
			return sorted(list)
		}
		fields, err := object(raw)
		if err != nil || len(fields) == 0 {
			continue
		}
		list := make([]Change, 0, len(fields))
		for field, value := range fields {
			list = append(list, change(field, value, action))
		}
		return sorted(list)
	}
	if action != "destroy" {
		return nil
	}
	fields, _ := object(unquoted(r.attributes["object"]))
	var list []Change
	for field, value := range fields {
		if !isNull(value) {
			list = append(list, Change{Field: field, Before: value, After: null})
		}
	}
	return sorted(list)
}

func sorted(list []Change) []Change {
	slices.SortStableFunc(list, func(a, b Change) int { return strings.Compare(a.Field, b.Field) })
	return list
}

// unquoted is the JSON in a string, or the value itself.
func unquoted(raw json.RawMessage) json.RawMessage {
	if s := text(raw); strings.HasPrefix(s, "{") && json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	return raw
}

// change reads the value of a field: [before, after], an object with both, or what there is now.
func change(field string, raw json.RawMessage, action string) Change {
	var pair []json.RawMessage
	if json.Unmarshal(raw, &pair) == nil && len(pair) == 2 {
		return Change{Field: field, Before: orNull(pair[0]), After: orNull(pair[1])}
	}
	if c, ok := both(raw); ok {
		c.Field = field
		return c
	}
	if action == "destroy" {
		return Change{Field: field, Before: orNull(raw), After: null}
	}
	return Change{Field: field, Before: null, After: orNull(raw)}
}

// sides are the names that sources give to what was and what is.
var sides = [][2]string{{"from", "to"}, {"before", "after"}, {"old", "new"}, {"old_value", "new_value"}}

// both reads an object of nothing but a before and an after.
func both(raw json.RawMessage) (Change, bool) {
	fields, err := object(raw)
	if err != nil {
		return Change{}, false
	}
	for _, side := range sides {
		before, had := fields[side[0]]
		after, has := fields[side[1]]
		if had && has && len(fields) == 2 {
			return Change{Before: orNull(before), After: orNull(after)}, true
		}
	}
	return Change{}, false
}

// listed reads changes that are a list of objects, each of which names its field.
func listed(raw json.RawMessage) []Change {
	var rows []map[string]json.RawMessage
	if json.Unmarshal(raw, &rows) != nil {
		return nil
	}
	var list []Change
	for _, row := range rows {
		c := Change{Field: either(text(row["field"]), either(text(row["attribute"]), text(row["name"]))), Before: null, After: null}
		for _, side := range sides {
			if v, ok := row[side[0]]; ok {
				c.Before = orNull(v)
			}
			if v, ok := row[side[1]]; ok {
				c.After = orNull(v)
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
