package drift

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// Confidence says how certain an author is.
type Confidence string

// The confidences. Rootly records changes of some kinds of objects only, so not every author can be found. None is
// guessed.
const (
	Exact   Confidence = "exact"   // an event of the object that names what changed
	Parent  Confidence = "parent"  // an event of the object's owner that names the object as one of its parts
	Unknown Confidence = "unknown" // no event that says so
)

// An Item names an object as the audit log does.
type Item struct {
	Type string // such as "GeniusWorkflow"; empty for kinds without events
	ID   string
}

// A Question is what to find the author of.
type Question struct {
	Kind   Kind     // Added: made outside of code; Removed: destroyed; Changed
	Item   Item     // the object
	Owner  Item     // its owner, if it has one
	Within []string // where the owner's events may list such objects: names of collections, such as "tasks"
	Fields []string // top-level attributes that changed

	// What was recorded, and what is live: objects, cty.NilVal if unknown. Events from before the recorded value, and
	// from after the live one, belong to other changes.
	Was, Is cty.Value
}

// An Answer names the author, and how certain that is.
type Answer struct {
	Confidence Confidence
	Events     []audit.Event // latest first; if a change has fields, only the relevant ones
	Open       []string      // fields of the question that no event names

	// Candidates are events of the owner, latest first, that touched objects of this kind or do not name what they
	// touched. Nobody can know whether this object was among them, so they name no author.
	Candidates []audit.Event
}

// A Record finds events by the object that they are about.
type Record struct {
	byItem map[Item][]audit.Event
	slugs  map[Item]string // ids of objects by their slug
	own    map[string]bool // ids of events that restored what was recorded; they name no author
}

// NewRecord sorts events. Own are the ids of events without an author: they settle what came before them.
func NewRecord(events []audit.Event, own map[string]bool) *Record {
	r := &Record{byItem: map[Item][]audit.Event{}, slugs: map[Item]string{}, own: own}
	for _, e := range events {
		item := Item{e.ItemType, e.ItemID}
		r.byItem[item] = append(r.byItem[item], e)
		for _, slug := range e.Slugs() {
			r.slugs[Item{e.ItemType, slug}] = e.ItemID
		}
	}
	for _, list := range r.byItem {
		sort.SliceStable(list, func(i, j int) bool { return list[i].At.After(list[j].At) })
	}
	return r
}

// known is an item by its id, even if a state knows it by its slug.
func (r *Record) known(item Item) Item {
	if id := r.slugs[item]; id != "" && len(r.byItem[item]) == 0 {
		item.ID = id
	}
	return item
}

// Who answers a question.
func (r *Record) Who(q Question) Answer {
	q.Item, q.Owner = r.known(q.Item), r.known(q.Owner)
	if q.Item.Type != "" { // its own events would name it
		return answered(Exact, r.exact(q), q)
	}
	var told, perhaps []audit.Event
	for _, e := range r.byItem[q.Owner] {
		if r.own[e.ID] {
			continue
		}
		switch concerned, may := q.part(e); {
		case len(concerned) > 0:
			e.Changes = concerned
			told = append(told, e)
		case may:
			perhaps = append(perhaps, e)
		}
	}
	if len(told) > 0 {
		return answered(Parent, told, Question{})
	}
	return Answer{Confidence: Unknown, Candidates: perhaps}
}

// Last finds the latest event of an object, whatever it changed. Parts without events of their own have none.
func (r *Record) Last(q Question) Answer {
	q.Item = r.known(q.Item)
	for _, e := range r.byItem[q.Item] {
		if q.Item.Type != "" && !r.own[e.ID] {
			return Answer{Confidence: Exact, Events: []audit.Event{e}}
		}
	}
	return Answer{Confidence: Unknown}
}

// answered is the answer that events give.
func answered(c Confidence, events []audit.Event, q Question) Answer {
	if len(events) == 0 {
		return Answer{Confidence: Unknown}
	}
	a := Answer{Confidence: c, Events: events}
	for _, f := range q.Fields {
		named := slices.ContainsFunc(events, func(e audit.Event) bool { return len(about(e.Changes, []string{f})) > 0 })
		if q.Kind == Changed && !named && !slices.Contains(a.Open, f) {
			a.Open = append(a.Open, f)
		}
	}
	return a
}

// exact finds the object's own events that say what happened.
func (r *Record) exact(q Question) []audit.Event {
	if q.Kind == Changed {
		return r.updates(q)
	}
	for _, e := range r.byItem[q.Item] {
		if q.Kind == Added && e.Action == "create" || q.Kind == Removed && e.Action == "destroy" {
			if r.own[e.ID] {
				return nil
			}
			e.Changes = nil // everything
			return []audit.Event{e}
		}
	}
	return nil
}

// updates finds the events that lead from the recorded values of the fields to the live ones, the latest first.
func (r *Record) updates(q Question) []audit.Event {
	events := r.byItem[q.Item]
	told := make([][]audit.Change, len(events)) // the relevant part of each event
	for _, field := range slices.Compact(slices.Sorted(slices.Values(q.Fields))) {
		was, is := valueOf(q.Was, field), valueOf(q.Is, field)
		reached := !slices.ContainsFunc(events, func(e audit.Event) bool { return leadsTo(e, field, is) })
		for i, e := range events {
			changes := about(e.Changes, []string{field})
			if e.Action != "update" || len(changes) == 0 {
				continue
			}
			if r.own[e.ID] {
				break
			}
			if reached = reached || leadsTo(e, field, is); !reached {
				continue
			}
			told[i] = append(told[i], changes...)
			if len(changes) == 1 && changes[0].Field == field && sameJSON(changes[0].Before, was) {
				break
			}
		}
	}
	var found []audit.Event
	for i, e := range events {
		if len(told[i]) > 0 {
			e.Changes = told[i]
			found = append(found, e)
		}
	}
	return found
}

// leadsTo reports whether an event gave a field a value.
func leadsTo(e audit.Event, field string, value cty.Value) bool {
	return slices.ContainsFunc(e.Changes, func(c audit.Change) bool { return c.Field == field && sameJSON(c.After, value) })
}

// valueOf is the value of a field; cty.NilVal if unknown.
func valueOf(object cty.Value, field string) cty.Value {
	if object == cty.NilVal || object.IsNull() || !object.Type().IsObjectType() || !object.Type().HasAttribute(field) {
		return cty.NilVal
	}
	return object.GetAttr(field)
}

// sameJSON reports whether an event has a value; missing equals empty.
func sameJSON(raw json.RawMessage, v cty.Value) bool {
	if v == cty.NilVal || !v.IsWhollyKnown() || len(raw) == 0 {
		return false
	}
	ty, err := ctyjson.ImpliedType(raw)
	if err != nil {
		return false
	}
	told, err := ctyjson.Unmarshal(raw, ty)
	return err == nil && (told.RawEquals(loose(v)) || hollow(told) && hollow(v))
}

// hollow reports whether a value is empty.
func hollow(v cty.Value) bool {
	return v.IsNull() || v.Type() == cty.String && v.AsString() == "" || !v.Type().IsPrimitiveType() && v.LengthInt() == 0
}

// about keeps the changes of these fields.
func about(changes []audit.Change, fields []string) []audit.Change {
	var kept []audit.Change
	for _, c := range changes {
		for _, f := range fields {
			if c.Field == f || strings.HasPrefix(c.Field, f+".") {
				kept = append(kept, c)
				break
			}
		}
	}
	return kept
}
