package auditview

import (
	"context"
	"fmt"
	"strconv"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// ShowSettings say what [Show] prints.
type ShowSettings struct {
	ID     string
	Filter audit.Filter // limits the search
}

// Show prints one event of a source.
func Show(ctx context.Context, to report.Handler, source audit.Source, s ShowSettings) error {
	r := read(to)
	e, err := findEvent(ctx, source, s.Filter, s.ID)
	r.Close()
	if err != nil {
		return err
	}
	return to.Event(audit.Redact(e))
}

// patience is how many events in a row may be older than the one that is searched. Ids grow with time, but events may
// appear late.
const patience = 1000

// findEvent looks through the log for an event.
func findEvent(ctx context.Context, source audit.Source, f audit.Filter, id string) (audit.Event, error) {
	number, err := strconv.ParseUint(id, 10, 64)
	numbered := err == nil
	older := 0
	if indexed, ok := source.(interface {
		Find(ctx context.Context, id string) (audit.Event, bool, error)
	}); ok {
		e, found, err := indexed.Find(ctx, id)
		if err != nil || found && f.Match(e) {
			return e, err
		}
		return audit.Event{}, hint.With(fmt.Errorf("no event has the id %s", id), "the copy may not go back that far: audit sync --backfill-from TIME fills it in")
	}
	for e, err := range source.Events(ctx, f) {
		if isUnreadable(err) {
			continue
		}
		if err != nil {
			return audit.Event{}, err
		}
		if e.ID == id {
			return e, nil
		}
		have, err := strconv.ParseUint(e.ID, 10, 64)
		if numbered && err == nil && have < number {
			older++
		} else {
			older = 0
		}
		if older > patience {
			break
		}
	}
	return audit.Event{}, hint.With(fmt.Errorf("no event has the id %s", id), "audit list shows ids; --since may be too recent, or the role of the API key may not see the event")
}
