package drift

import (
	"sort"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// Confidence is how surely an author is known.
type Confidence string

// The confidences. Rootly records changes of some kinds of objects only, so not every author can
// be known; none is guessed.
const (
	Exact   Confidence = "exact"   // an event of the object that names what changed
	Parent  Confidence = "parent"  // an event of the object's owner, whose part it is
	Unknown Confidence = "unknown" // no event
)

// An Item names an object as the audit log does.
type Item struct {
	Type string // such as "GeniusWorkflow"; empty for kinds that are not recorded
	ID   string
}

// A Question is what to find the author of.
type Question struct {
	Kind   Kind     // Added: made outside of code; Removed: destroyed; Changed
	Item   Item     // the object
	Owner  Item     // its owner, if it has one
	Fields []string // top-level attributes that changed
}

// An Answer is who did it, and how surely that is known.
type Answer struct {
	Confidence Confidence
	Events     []audit.Event // latest first; with only the fields concerned, unless they are the owner's
}

// A Record finds events by the object that they are about.
type Record struct {
	byItem map[Item][]audit.Event
}

// NewRecord arranges events.
func NewRecord(events []audit.Event) *Record {
	r := &Record{byItem: map[Item][]audit.Event{}}
	for _, e := range events {
		item := Item{e.ItemType, e.ItemID}
		r.byItem[item] = append(r.byItem[item], e)
	}
	for _, list := range r.byItem {
		sort.SliceStable(list, func(i, j int) bool { return list[i].At.After(list[j].At) })
	}
	return r
}

// Who answers a question.
func (r *Record) Who(q Question) Answer {
	if exact := r.exact(q); len(exact) > 0 {
		return Answer{Exact, exact}
	}
	if q.Item.Type == "" && q.Owner.Type != "" {
		if owners := r.byItem[q.Owner]; len(owners) > 0 {
			return Answer{Parent, owners[:1]}
		}
	}
	return Answer{Confidence: Unknown}
}

// exact finds the events of the object itself that tell of what happened.
func (r *Record) exact(q Question) []audit.Event {
	if q.Item.Type == "" {
		return nil
	}
	var found []audit.Event
	for _, e := range r.byItem[q.Item] {
		switch {
		case q.Kind == Added && e.Action == "create", q.Kind == Removed && e.Action == "destroy":
			found = append(found, e)
		case q.Kind == Changed && e.Action == "update":
			if concerned := about(e.Changes, q.Fields); len(concerned) > 0 {
				e.Changes = concerned
				found = append(found, e)
			}
		}
	}
	return found
}

// about keeps the changes of the fields.
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
