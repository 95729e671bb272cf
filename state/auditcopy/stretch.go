package auditcopy

import (
	"context"
	"fmt"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A stretch is a part of the log that is read in one go, in the order of created_at.
type stretch struct {
	*round
	from    time.Time
	newest  time.Time // of what came, and from when nothing did
	last    time.Time // of the event that came last
	sure    time.Time // what came before it is stored, as far as the order shows
	pending []audit.Event

	unordered bool // the reader does not keep the order: a part of the log proves nothing
}

// read reads until the stretch is long enough, and reports whether there is more.
func (st *stretch) read(ctx context.Context) (more bool, err error) {
	doubt := ""
	for range passes {
		count := 0
		doubt, st.sure, st.newest, st.last = "", st.from, st.from, time.Time{}
		for batch, err := range st.Source(ctx, st.from, time.Time{}) {
			if err != nil {
				return false, err
			}
			if err := st.setAside(batch.Unreadable); err != nil {
				return false, err
			}
			if err := st.take(ctx, batch.Events); err != nil || st.unordered {
				return false, err
			}
			doubt = batch.Incomplete
			count += len(batch.Events)

			// A stretch has to make progress, however many events share one moment.
			if count >= st.stretchLength() && st.newest.After(st.from) {
				return true, st.settle(ctx)
			}
		}
		if doubt == "" {
			return false, st.settle(ctx)
		}
		if err := st.flush(ctx); err != nil {
			return false, err
		}
	}
	st.Notes = append(st.Notes, fmt.Sprintf("events kept shifting while they were read (%s); the next run reads the last %s again", doubt, st.Overlap))
	return false, st.advance(st.newest)
}

func (st *stretch) stretchLength() int {
	if st.Stretch > 0 {
		return st.Stretch
	}
	return 20_000
}

// take collects events and stores them once there are enough.
func (st *stretch) take(ctx context.Context, events []audit.Event) error {
	sure := st.newest
	for _, e := range events {
		if e.At.Before(st.last) {
			st.unordered = true
			return nil
		}
		st.last, st.newest = e.At, later(st.newest, e.At)
	}
	// This batch follows the earlier ones in order, which shows that those were complete.
	if len(events) > 0 {
		st.sure = sure
	}
	st.pending = append(st.pending, events...)
	st.Newest = later(st.Newest, st.newest)
	if len(st.pending) < batchSize {
		return nil
	}
	if err := st.flush(ctx); err != nil {
		return err
	}
	return st.advance(st.sure)
}

// settle stores what is left of a pass that reached its end.
func (st *stretch) settle(ctx context.Context) error {
	if err := st.flush(ctx); err != nil {
		return err
	}
	return st.advance(st.newest)
}

func (st *stretch) flush(ctx context.Context) error {
	if len(st.pending) == 0 {
		return nil
	}
	events := st.pending
	st.pending = nil
	return st.keep(ctx, events)
}
