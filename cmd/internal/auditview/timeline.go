package auditview

import (
	"context"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// Timeline prints the whole life of an object, the oldest event first, with each field before and after.
func Timeline(ctx context.Context, to report.Handler, source audit.Source, s ListSettings) error {
	t := &tally{}
	var events []audit.Event
	r := read(to)
	for e, err := range t.count(wanted(t.readable(r.follow(source.Events(ctx, s.Filter))), s.Filter), 0) {
		if err != nil {
			return err
		}
		events = append(events, e)
	}
	slices.Reverse(events)
	if len(events) == 0 {
		t.explain(to, s)
		return nil
	}
	if err := to.Events(report.Events{List: eachOf(events), Diff: true, Wide: s.Wide}); err != nil {
		return err
	}
	if events[0].Action != "create" {
		to.Note("the log does not say when the object was created: it may be older than the log, or than --since")
	}
	return nil
}

// eachOf iterates over the events of a list.
func eachOf(events []audit.Event) func(func(audit.Event, error) bool) {
	return func(yield func(audit.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}
