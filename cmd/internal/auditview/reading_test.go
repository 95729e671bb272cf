package auditview

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// slow takes its time for every event.
type slow int

func (n slow) Events(context.Context, audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for i := range int(n) {
			time.Sleep(70 * time.Millisecond)
			if !yield(audit.Event{ID: fmt.Sprint(i), At: time.Date(2026, 10, 1, 0, 0, -i, 0, time.UTC), Action: "update"}, nil) {
				return
			}
		}
	}
}

// A long reading says from time to time how far it is, also where nothing is found.
func TestLongReadingsShowHowFarTheyAre(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(to report.Handler, f audit.Filter) error{
		"list": func(to report.Handler, f audit.Filter) error {
			return List(t.Context(), to, slow(300), ListSettings{Filter: f})
		},
		"timeline": func(to report.Handler, f audit.Filter) error {
			return Timeline(t.Context(), to, slow(300), ListSettings{Filter: f})
		},
		"summary": func(to report.Handler, f audit.Filter) error {
			return Summarise(t.Context(), to, slow(300), SummarySettings{Filter: f, By: []string{"action"}})
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out, notes bytes.Buffer
			to := report.New(report.Options{Out: &out, Err: &notes, Now: time.Now})
			if err := run(to, audit.Filter{Actions: []string{"destroy"}}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(notes.String(), "200 events, back to 2026-09-30") {
				t.Errorf("%s: %s", name, notes.String())
			}
		})
	}
}
