package importer

import (
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
)

// A Watch shows how far an import is, and measures how long its stages take.
type Watch struct {
	Progress *report.Progress

	now     func() time.Time
	started time.Time
	seconds map[string]float64
}

func newWatch(p *report.Progress, now func() time.Time) *Watch {
	return &Watch{Progress: p, now: now, started: now(), seconds: map[string]float64{}}
}

// Time measures a stage until the returned function is called. A stage that is measured twice took both times.
func (w *Watch) Time(stage string) (stop func()) {
	began := w.now()
	return func() { w.seconds[stage] += w.now().Sub(began).Seconds() }
}

// elapsed is how long the import has taken so far.
func (w *Watch) elapsed() float64 { return w.now().Sub(w.started).Seconds() }
