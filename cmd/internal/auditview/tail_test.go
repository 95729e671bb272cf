package auditview

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A liveLog gets events, and fails, while it is followed.
type liveLog struct {
	events []audit.Event
	fails  error
}

func (l *liveLog) Events(_ context.Context, f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		if l.fails != nil {
			yield(audit.Event{}, l.fails)
			return
		}
		for _, e := range slices.Backward(l.events) {
			if f.Match(e) && !yield(e, nil) {
				return
			}
		}
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	event := func(id string, after time.Duration) audit.Event {
		return audit.Event{ID: id, At: began.Add(after), UserName: "Ada", Action: "update", ItemType: "Group", ItemName: "team " + id}
	}
	log := &liveLog{events: []audit.Event{event("1", -3*time.Hour), event("2", -2*time.Hour), event("3", -time.Hour)}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var pauses []time.Duration
	steps := []func(){
		func() { log.events = append(log.events, event("4", time.Second)) },
		func() {}, func() {}, func() {},
		func() { log.fails = errors.New("the network is down") },
		func() { log.fails = nil; log.events = append(log.events, event("6", 9*time.Second)) },
		func() {
			log.events = []audit.Event{event("4", time.Second), event("5", 3*time.Second), event("6", 9*time.Second)}
		}, // one turned up late
		cancel,
	}
	var out, notes bytes.Buffer
	err := Tail(ctx, report.New(report.Options{Out: &out, Err: &notes}), log, TailSettings{
		Recent: 2, Now: func(context.Context) (time.Time, error) { return began, nil },
		Sleep: func(ctx context.Context, d time.Duration) error {
			pauses = append(pauses, d)
			steps[0]()
			steps = steps[1:]
			return ctx.Err()
		},
		Hopeless: func(error) bool { return false },
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for line := range strings.Lines(out.String()) {
		ids = append(ids, line[strings.LastIndex(strings.TrimSpace(line), " ")+1:len(line)-1])
	}
	if diff := cmp.Diff([]string{"2", "3", "4", "6", "5"}, ids); diff != "" {
		t.Errorf("%s\n%s", diff, out.String())
	}
	if !strings.Contains(notes.String(), "the network is down; trying again") {
		t.Error(notes.String())
	}
	s := time.Second
	if diff := cmp.Diff([]time.Duration{2 * s, 2 * s, 3 * s, 4500 * time.Millisecond, 6750 * time.Millisecond, 10125 * time.Millisecond, 2 * s, 2 * s}, pauses); diff != "" {
		t.Error(diff)
	}

	log.fails = errors.New("refused")
	err = Tail(t.Context(), report.New(report.Options{Out: &out, Err: &notes}), log, TailSettings{
		Now: func(context.Context) (time.Time, error) { return began, nil }, Hopeless: func(error) bool { return true },
	})
	if err == nil {
		t.Error("a refusal does not end it")
	}
}
