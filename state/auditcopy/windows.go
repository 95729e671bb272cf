package auditcopy

import (
	"context"
	"fmt"
	"time"
)

const (
	firstWindow  = time.Hour
	widestWindow = 90 * 24 * time.Hour
	busyWindow   = 5_000 // number of events from which on the next window is smaller
)

// windows reads a log that is not in the order of created_at: one time span after the other, each to its end before the
// cursor moves.
func (r *round) windows(ctx context.Context, from time.Time) error {
	r.Notes = append(r.Notes, "events are not listed in the order of created_at; reading them by time range")
	width := firstWindow
	for {
		to, last := from.Add(width), false
		if !to.Before(r.began) {
			to, last = time.Time{}, true
		}
		n, newest, err := r.window(ctx, from, to)
		if err != nil || last {
			return err
		}
		if !newest.IsZero() {
			if err := r.advance(newest); err != nil {
				return err
			}
		}
		switch {
		case n > busyWindow:
			width = max(width/2, time.Second)
		case n < busyWindow/4:
			width = min(2*width, widestWindow)
		}
		from = to
	}
}

// window reads one span, and reads it again if it shifted meanwhile.
func (r *round) window(ctx context.Context, from, to time.Time) (n int, newest time.Time, err error) {
	doubt := ""
	for range passes {
		n, newest = 0, time.Time{}
		for batch, err := range r.Source(ctx, from, to) {
			if err != nil {
				return n, newest, err
			}
			if err := r.setAside(batch.Unreadable); err != nil {
				return n, newest, err
			}
			if err := r.keep(ctx, batch.Events); err != nil {
				return n, newest, err
			}
			for _, e := range batch.Events {
				newest = later(newest, e.At)
			}
			n, doubt = n+len(batch.Events), batch.Incomplete
		}
		r.Newest = later(r.Newest, newest)
		if doubt == "" {
			break
		}
	}
	if doubt != "" {
		r.Notes = append(r.Notes, fmt.Sprintf("events kept shifting while they were read (%s); the next run reads the last %s again", doubt, r.Overlap))
	}
	if to.IsZero() && !newest.IsZero() {
		err = r.advance(newest)
	}
	return n, newest, err
}
