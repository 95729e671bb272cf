package auditview

import (
	"errors"
	"fmt"
	"iter"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A tally counts what was read of the log while it was printed.
type tally struct {
	limit  int
	events int
	more   bool // there are events beyond the limit
	other  bool // some are not of the on-call kinds

	lost       int   // events that could not be read
	unreadable error // the first of them
}

// readable leaves out the events that cannot be read.
func (t *tally) readable(events iter.Seq2[audit.Event, error]) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for e, err := range events {
			if !isUnreadable(err) {
				if !yield(e, err) {
					return
				}
				continue
			}
			if t.lost++; t.unreadable == nil {
				t.unreadable = err
			}
		}
	}
}

// count passes events on, up to the limit.
func (t *tally) count(events iter.Seq2[audit.Event, error], limit int) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for e, err := range events {
			if err == nil && limit > 0 && t.events == limit {
				t.more = true
				return
			}
			if err == nil {
				t.events++
				t.other = t.other || !audit.OnCall(e.ItemType)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// enough is how many events of a longer list are representative.
const enough = 50

// explain says what a reader could misunderstand.
func (t *tally) explain(to report.Handler, s ListSettings) {
	f := s.Filter
	switch {
	case t.events == 0:
		to.Note("no events; possible reasons: no change matches the range and the filter; " +
			"the role of the API key may not see them (permission Audits - read); or Rootly did not record such changes at that time")
		for _, itemType := range f.ItemTypes {
			explainKind(to, s.Kinds, itemType)
		}
	case !t.other && f.OnlyTimes() && (!t.more || t.events >= enough):
		to.Note("all events are of on-call kinds; a role with the on-call permission for audits sees no others, " +
			"one with the permission Audits - read sees all")
	}
	if t.more {
		to.Note(fmt.Sprintf("only the newest %d are shown; --limit 0 shows all", t.limit))
	}
}

// explainKind says where an item type has no events whatever happens: Rootly answers an unknown one with an empty list.
func explainKind(to report.Handler, kinds audit.Kinds, itemType string) {
	if owner, yes := audit.Unrecorded(itemType); yes {
		to.Note(fmt.Sprintf("Rootly records no changes of %s; those of the %s that it belongs to have the %s's own fields only", itemType, owner, owner))
		return
	}
	if !kinds.Known(itemType) {
		to.Note(fmt.Sprintf("%s is not a documented item type; Rootly answers an unknown one with an empty list", itemType))
	}
}

// isUnreadable reports whether an error is about one event, so that the others can be read.
func isUnreadable(err error) bool {
	var one *audit.Unreadable
	return errors.As(err, &one)
}
