package auditview

import (
	"context"
	"fmt"
	"iter"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// ListSettings say what [List] prints.
type ListSettings struct {
	Filter audit.Filter
	Limit  int         // of events; 0: none
	Diff   bool        // in the table: each field before and after
	Wide   bool        // in the table: every column, uncut
	Copy   bool        // the source is a copy, which may lack events
	Kinds  audit.Kinds // the item types that are known
}

// List prints the events of a source that the filter lets through, newest first.
func List(ctx context.Context, to report.Handler, source audit.Source, s ListSettings) error {
	tally := &tally{limit: s.Limit}
	r := read(to)
	defer r.Close()
	events := tally.count(wanted(tally.readable(r.follow(source.Events(ctx, s.Filter))), s.Filter), s.Limit)
	if err := to.Events(report.Events{List: events, Diff: s.Diff, Wide: s.Wide}); err != nil {
		return err
	}
	if s.Copy && tally.events == 0 {
		explainCopy(to, s.Filter)
		return nil
	}
	tally.explain(to, s)
	if tally.unreadable != nil {
		to.Problem(fmt.Errorf("%d events could not be read and are not listed; the first: %w", tally.lost, tally.unreadable),
			"audit sync keeps such events as received, for Rootly's support")
		return ErrPartial
	}
	return nil
}

// explainCopy says why a copy may have no events.
func explainCopy(to report.Handler, f audit.Filter) {
	if len(f.Sources)+len(f.APIKeys) > 0 {
		to.Note("Rootly filters by --source and --api-key, but a copy may have neither: leave out --from to ask Rootly itself; audit sync --enrich adds both to new events")
	}
	to.Note("no events; possible reasons: no event in the copy matches the range and the filter, or the copy does not go back that far: " +
		"audit sync --backfill-from TIME fills it in")
}

// wanted drops the events that do not match the filter.
func wanted(events iter.Seq2[audit.Event, error], f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for e, err := range events {
			if err == nil && !f.Match(e) {
				continue
			}
			if !yield(audit.Redact(e), err) {
				return
			}
		}
	}
}
