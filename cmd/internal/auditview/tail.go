package auditview

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// TailSettings say what [Tail] prints.
type TailSettings struct {
	Filter audit.Filter
	Recent int // events that are printed at once; more only where Filter.Since asks for them

	Now      func(context.Context) (time.Time, error)         // the clock of the source
	Sleep    func(ctx context.Context, d time.Duration) error // between two polls
	Hopeless func(error) bool                                 // whether trying again is pointless
}

// The pauses between two polls: short while events come, and longer while none do or the source fails.
const (
	shortestPause = 2 * time.Second
	longestPause  = 30 * time.Second
)

// lateness is how late an event may appear and still be printed.
const lateness = 2 * time.Minute

// A tail is the state of a tail: what was printed so far.
type tail struct {
	TailSettings
	to    report.Handler
	seen  map[string]time.Time
	since time.Time // everything before it was printed or is not wanted
	pause time.Duration
}

// Tail prints new events as they come, the oldest first, until the context ends, which is no error.
func Tail(ctx context.Context, to report.Handler, source audit.Source, s TailSettings) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	t := &tail{TailSettings: s, to: to, seen: map[string]time.Time{}, since: now, pause: shortestPause}
	if err := t.begin(ctx, source); err != nil {
		return ended(ctx, err)
	}
	for {
		if err := s.Sleep(ctx, t.pause); err != nil {
			return ended(ctx, err)
		}
		printed, err := t.poll(ctx, source)
		if err != nil && (ctx.Err() != nil || s.Hopeless(err)) {
			return ended(ctx, err)
		}
		if err != nil {
			to.Note(fmt.Sprintf("%v; trying again in %s", err, min(2*t.pause, longestPause)))
		}
		t.adapt(printed)
	}
}

// ended returns no error if the context ended.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// adapt chooses the next pause.
func (t *tail) adapt(printed int) {
	if printed > 0 {
		t.pause = shortestPause
		return
	}
	t.pause = min(t.pause*3/2, longestPause)
}

// begin prints the newest events, as context for the following ones.
func (t *tail) begin(ctx context.Context, source audit.Source) error {
	var events []audit.Event
	for e, err := range wanted(source.Events(ctx, t.Filter), t.Filter) {
		if isUnreadable(err) {
			continue
		}
		if err != nil {
			return err
		}
		if t.Filter.Since.IsZero() && len(events) == t.Recent {
			break
		}
		events = append(events, e)
	}
	return t.print(events)
}

// poll prints what is new.
func (t *tail) poll(ctx context.Context, source audit.Source) (printed int, err error) {
	f := t.Filter
	f.Since = t.since.Add(-lateness)
	var events []audit.Event
	for e, err := range wanted(source.Events(ctx, f), f) {
		if isUnreadable(err) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if _, known := t.seen[e.ID]; !known {
			events = append(events, e)
		}
	}
	return len(events), t.print(events)
}

// print prints events that came newest first, and remembers them as long as they may be returned again.
func (t *tail) print(events []audit.Event) error {
	slices.Reverse(events)
	for _, e := range events {
		t.seen[e.ID] = e.At
		if e.At.After(t.since) {
			t.since = e.At
		}
	}
	for id, at := range t.seen {
		if at.Before(t.since.Add(-2 * lateness)) {
			delete(t.seen, id)
		}
	}
	return t.to.Events(report.Events{List: eachOf(events), Brief: true})
}
