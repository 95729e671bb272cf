package drift

import (
	"slices"
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
	Parent  Confidence = "parent"  // an event of the object's owner that tells of the object, whose part it is
	Unknown Confidence = "unknown" // no event that says so
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
	Within []string // where the owner's own events may list such objects: names of collections, such as "tasks"
	Fields []string // top-level attributes that changed
}

// An Answer is who did it, and how surely that is known.
type Answer struct {
	Confidence Confidence
	Events     []audit.Event // latest first; with only the fields concerned, where a change has fields
	Open       []string      // fields of the question that none of the events names

	// Candidates are events of the owner, latest first, that touched objects of this kind or do not say
	// what they touched. Whether this object was among them nobody can tell: they name no author.
	Candidates []audit.Event
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
	if q.Item.Type != "" { // its own events would tell
		return answered(Exact, r.exact(q), q)
	}
	var told, perhaps []audit.Event
	for _, e := range r.byItem[q.Owner] {
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

// exact finds the events of the object itself that tell of what happened.
func (r *Record) exact(q Question) []audit.Event {
	var found []audit.Event
	for _, e := range r.byItem[q.Item] {
		switch {
		case q.Kind == Added && e.Action == "create", q.Kind == Removed && e.Action == "destroy":
			e.Changes = nil // everything
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
