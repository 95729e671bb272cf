package auditview

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// ListSettings say what [List] prints.
type ListSettings struct {
	Filter audit.Filter
	Limit  int          // of events; 0: none
	Output string       // table, json, ndjson or csv
	Format audit.Format // of json and ndjson
	Diff   bool         // in the table: each field before and after
	Wide   bool         // in the table: every column, uncut
	Copy   bool         // the source is a copy, which may lack events
	Kinds  audit.Kinds  // the item types that are known
}

// List prints the events of a source that the filter lets through, newest first.
func List(ctx context.Context, w World, source audit.Source, s ListSettings) error {
	tally := &tally{limit: s.Limit}
	r := w.read()
	defer r.Close()
	events := tally.count(wanted(tally.readable(r.follow(source.Events(ctx, s.Filter))), s.Filter), s.Limit)
	if err := s.print(w, r, events); err != nil {
		return err
	}
	if s.Copy && tally.events == 0 {
		explainCopy(w, s.Filter)
		return nil
	}
	tally.explain(w, s)
	if tally.unreadable != nil {
		report.Problem(w.Err, fmt.Errorf("%d events could not be read and are not listed; the first: %w", tally.lost, tally.unreadable),
			"audit sync keeps such events as received, for Rootly's support")
		return ErrPartial
	}
	return nil
}

// explainCopy says why a copy may have no events.
func explainCopy(w World, f audit.Filter) {
	if len(f.Sources)+len(f.APIKeys) > 0 {
		report.Note(w.Err, "Rootly filters by --source and --api-key, but a copy may have neither: leave out --from to ask Rootly itself; audit sync --enrich adds both to new events")
	}
	report.Note(w.Err, "no events; usual reasons: no event in the copy matches the range and the filter, or the copy does not go back that far: "+
		"audit sync --backfill-from TIME fills it in")
}

// wanted drops the events that the filter does not let through.
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

// print prints events in the form that is asked for.
func (s *ListSettings) print(w World, r reading, events iter.Seq2[audit.Event, error]) error {
	if s.Output == "table" {
		return s.table(w, r, events)
	}
	return s.records(w, r, events)
}

// table prints events for people, some hundred at a time, so that any number of them fits.
func (s *ListSettings) table(w World, r reading, events iter.Seq2[audit.Event, error]) error {
	const most = 1000
	view := report.AuditView{Zone: w.Zone, Wide: s.Wide, Diff: s.Diff, Getenv: w.Getenv}
	var deeds []report.AuditEvent
	for e, err := range events {
		if err != nil {
			return err
		}
		deeds = append(deeds, deedOf(e, s.Diff))
		if len(deeds) == most {
			r.Close()
			if err := view.Write(w.Out, deeds); err != nil {
				return err
			}
			deeds = deeds[:0]
		}
	}
	r.Close()
	if len(deeds) == 0 {
		return nil
	}
	return view.Write(w.Out, deeds)
}

// records prints events for programs, one by one.
func (s *ListSettings) records(w World, r reading, events iter.Seq2[audit.Event, error]) error {
	out := report.NewRecords(w.Out, s.Output, audit.Columns())
	for e, err := range events {
		if err != nil {
			return errors.Join(err, out.Close())
		}
		r.Close()
		if s.Output == "csv" {
			if err := out.Cells(audit.CSV(e)); err != nil {
				return err
			}
			continue
		}
		row, err := s.Format.Encode(e)
		if err != nil {
			return err
		}
		if err := out.JSON(row); err != nil {
			return err
		}
	}
	return out.Close()
}
