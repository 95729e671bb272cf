package drift

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// part finds what an event of the owner says about the object: the changes that name the object and differ before and
// after. If there are none, may reports whether the event touched objects of this kind, or anything at all, without
// naming them. What Rootly records about parts is not documented, so only the object's own id counts as its name.
func (q Question) part(e audit.Event) (concerned []audit.Change, may bool) {
	if e.Action == "destroy" { // its parts were deleted with it
		if q.Kind == Removed {
			return []audit.Change{{Field: "id", Before: quoted(q.Owner.ID), After: json.RawMessage("null")}}, false
		}
		return nil, false
	}
	vague, definite := false, false
	for _, c := range e.Changes {
		before, after := search(c.Before, q.Item.ID), search(c.After, q.Item.ID)
		switch {
		case q.agrees(before.found, after.found):
			concerned = append(concerned, audit.Change{Field: c.Field, Before: before.found, After: after.found})
		case q.lists(c.Field) && !before.names && !after.names:
			vague = true
		case !bookkeeping[c.Field]:
			definite = true
		}
	}
	return concerned, e.Action == "update" && len(concerned) == 0 && (vague || !definite)
}

// bookkeeping are the fields that change with every other field.
var bookkeeping = map[string]bool{"id": true, "created_at": true, "updated_at": true, "lock_version": true}

// agrees reports whether an event describes the change of the object.
func (q Question) agrees(before, after json.RawMessage) bool {
	if bytes.Equal(before, after) {
		return false
	}
	switch q.Kind {
	case Added:
		return before == nil
	case Removed:
		return after == nil
	}
	if before == nil || after == nil {
		return false
	}
	var was, is map[string]json.RawMessage
	if json.Unmarshal(before, &was) != nil || json.Unmarshal(after, &is) != nil {
		return false
	}
	return slices.ContainsFunc(q.Fields, func(f string) bool { return !bytes.Equal(was[f], is[f]) })
}

// lists reports whether a field of the owner lists objects of this kind.
func (q Question) lists(field string) bool {
	return slices.ContainsFunc(q.Within, func(name string) bool {
		one := strings.TrimSuffix(name, "s")
		return field == name || field == name+"_attributes" || field == name+"_count" || field == one+"_ids" || field == one+"_id"
	})
}

// A sighting is what a value contains about an object.
type sighting struct {
	found json.RawMessage // the object as it is in the value; nil: not there
	names bool            // whether it names any object
}

// search looks for an object in a value: an object with its id, the value under its id, or the id alone.
func search(raw json.RawMessage, id string) sighting {
	var list []json.RawMessage
	var fields map[string]json.RawMessage
	var text string
	var s sighting
	switch {
	case json.Unmarshal(raw, &text) == nil:
		s.names = graph.IsUUID(text)
		if text == id && id != "" {
			s.found = raw
		}
	case json.Unmarshal(raw, &list) == nil:
		for _, inner := range list {
			s.add(search(inner, id))
		}
	case json.Unmarshal(raw, &fields) == nil:
		if own := search(fields["id"], id); own.found != nil {
			return sighting{found: raw, names: true}
		}
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if name == id {
				s.add(sighting{found: fields[name], names: true})
				continue
			}
			s.add(search(fields[name], id))
		}
	}
	return s
}

func (s *sighting) add(other sighting) {
	s.names = s.names || other.names
	if s.found == nil {
		s.found = other.found
	}
}

func quoted(s string) json.RawMessage {
	raw, _ := json.Marshal(s) // a text: cannot fail
	return raw
}
