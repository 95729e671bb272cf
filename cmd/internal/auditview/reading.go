package auditview

import (
	"fmt"
	"iter"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A reading shows how far a log has been read, until the first event is printed. A short read shows nothing.
type reading struct{ *report.Progress }

// read begins to read a log.
func read(to report.Handler) reading {
	p := to.Progress(nil)
	p.Stage("Read", 0)
	return reading{p}
}

// follow counts the events of a source.
func (r reading) follow(events iter.Seq2[audit.Event, error]) iter.Seq2[audit.Event, error] {
	const step = 100
	return func(yield func(audit.Event, error) bool) {
		defer r.Close()
		n := 0
		for e, err := range events {
			if n++; n%step == 0 {
				r.Step(0, fmt.Sprintf("%s, back to %s", report.Plural(n, "event"), e.At.UTC().Format(time.DateOnly)))
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
