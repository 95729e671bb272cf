package collector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/auditlog"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// SyncSettings say how [Sync] copies.
type SyncSettings struct {
	Sinks

	Start    time.Time     // where new sinks begin; zero: now
	Overlap  time.Duration // how much is read again
	Enrich   []string      // sources to ask for each, to learn of which an event is; none: not asked
	Follow   bool          // go on until the context ends
	Interval time.Duration // between rounds
	Metrics  string        // address of /healthz and /metrics; empty: not served
}

// ErrPartial says that a sync is complete but for what it has reported.
var ErrPartial = errors.New("some events were not kept or not delivered")

// Sync copies what is new in the audit log to the sinks.
func Sync(ctx context.Context, w World, client *api.Client, s SyncSettings) (err error) {
	sinks, done, err := s.open(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	for _, to := range s.To {
		if text := to.Note(s.Start, w.Now()); text != "" {
			w.Report.Note(text)
		}
	}
	cursor, err := auditcopy.OpenCursor(s.cursorPath())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cursor.Close()) }()
	if text := cursor.Repaired(); text != "" {
		w.Report.Note(text)
	}
	log := auditlog.Log{Client: client}
	sync := &auditcopy.Sync{
		Source: log.Batches, Sinks: sinks, Cursor: cursor, Overlap: s.Overlap, Start: s.Start, Now: w.Now, Clock: log.Now,
	}
	if len(s.Enrich) > 0 {
		x, text, err := auditlog.NewEnricher(ctx, client, s.Enrich)
		if err != nil {
			return err
		}
		if text != "" {
			w.Report.Note(text)
		}
		w.Report.Note("--enrich makes " + x.Cost())
		sync.Enrich = x.Enrich
	}
	if s.Follow {
		return s.follow(ctx, w, sync, client)
	}
	return syncOnce(ctx, w, sync)
}

// syncOnce runs one round and reports it.
func syncOnce(ctx context.Context, w World, sync *auditcopy.Sync) error {
	p := w.Report.Progress(nil)
	p.Stage("Read", 0)
	all := 0
	sync.Progress = func(read, _ int, newest time.Time) {
		all += read
		p.Step(0, fmt.Sprintf("%s, up to %s", report.Plural(all, "event"), newest.UTC().Format(time.DateOnly)))
	}
	round, err := sync.Once(ctx)
	p.Close()
	reportRound(w, round)
	if err == nil {
		explainNothing(w, round)
	}
	switch {
	case ctx.Err() != nil:
		return hint.With(errors.New("interrupted"), "what was read is kept; the next run continues from there")
	case err == nil && (round.Undelivered != nil || round.Aside > 0 || len(round.Rejected) > 0):
		reportProblems(w, append(leftOut(round, sync.Cursor), round.Undelivered))
		return ErrPartial
	}
	return errors.Join(err, errors.Join(leftOut(round, sync.Cursor)...), round.Undelivered)
}

func reportProblems(w World, problems []error) {
	for _, problem := range problems {
		if problem != nil {
			w.Report.Problem(problem, hint.Of(problem))
		}
	}
}

// leftOut says which events a round did not keep, or a receiver did not take.
func leftOut(round auditcopy.Round, cursor *auditcopy.Cursor) []error {
	problems := []error{aside(round, cursor)}
	for _, name := range slices.Sorted(maps.Keys(round.Rejected)) {
		problems = append(problems, rejected(name, round.Rejected[name]))
	}
	return problems
}

// rejected says which events a receiver will not take.
func rejected(name string, r auditcopy.Rejections) error {
	return hint.With(fmt.Errorf("%s rejected %d of its events; the first, %s: %s", name, r.Count, r.ID, r.Reason),
		"they are set aside in "+r.File+" (table rejected), and others are delivered; --retry-rejected sends them again")
}

// aside says what a round set aside, if anything.
func aside(round auditcopy.Round, cursor *auditcopy.Cursor) error {
	if round.Aside == 0 {
		return nil
	}
	return hint.With(fmt.Errorf("%d events could not be read; the first: %w", round.Aside, round.Unreadable),
		"they are kept in "+cursor.Aside()+" as received, without credentials, and not in any sink; show them to Rootly's support")
}

// explainNothing says why a backfill may have found nothing.
func explainNothing(w World, round auditcopy.Round) {
	if len(round.Filled) > 0 && round.Read == 0 {
		w.Report.Note("no events since --backfill-from; possible reasons: nothing was changed since then; the role of the API key may not " +
			"see them (permission Audits - read); or Rootly did not record such changes")
	}
}

// reportRound says what a round did.
func reportRound(w World, round auditcopy.Round) {
	for _, name := range round.New {
		w.Report.Note(fmt.Sprintf("%s is new and starts now; --backfill-from TIME adds earlier events", name))
	}
	for _, text := range round.Notes {
		w.Report.Note(text)
	}
	for _, name := range slices.Sorted(maps.Keys(round.Added)) {
		text := fmt.Sprintf("%s: %d events read, %d new", name, round.Read, round.Added[name])
		left := round.Left[name]
		if left.Waiting > 0 {
			text += fmt.Sprintf("; %d wait for the receiver", left.Waiting)
		}
		if left.Rejected > 0 {
			text += fmt.Sprintf("; %d rejected", left.Rejected)
		}
		w.Report.Line(text)
	}
}
