package auditcopy

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// A Reader reads the events from a moment on, up to but not including another one; a zero time means no end. It
// requests them in the order of created_at.
type Reader func(ctx context.Context, from, to time.Time) iter.Seq2[audit.Batch, error]

// A Sync copies what is new from a reader to sinks.
type Sync struct {
	Source  Reader
	Sinks   []*Sink
	Cursor  *Cursor
	Overlap time.Duration // how much is read again
	Start   time.Time     // where a sink begins that has no place yet; zero: at its newest event, or now
	Now     func() time.Time

	// Clock is the clock by which the source dates events. It is read when a sink begins now. Nil: Now.
	Clock func(ctx context.Context) (time.Time, error)

	// Stretch is how many events are read before the reader is called again. Default 20,000. It limits what a reader
	// has to remember.
	Stretch int

	// Enrich adds to events what their source provides in other ways, before sinks get them. Nil: nothing is added.
	Enrich func(ctx context.Context, events []audit.Event) ([]audit.Event, error)

	// Progress is called after each batch with the number of events that it added to all sinks, and when the newest happened.
	Progress func(read, added int, newest time.Time)
}

// A Round is what one run of a sync did.
type Round struct {
	Read     int                   // events received, including known ones
	Added    map[string]int        // events that were new, by sink
	Left     map[string]Backlog    // what receivers do not have yet, by sink
	Rejected map[string]Rejections // events that receivers rejected, by sink
	Newest   time.Time             // created_at of the newest event received
	New      []string              // sinks that had no place, and begin now
	Filled   []string              // sinks that had no place, and begin where Start says
	Aside    int                   // data that was no event, stored next to the cursor in this round
	Notes    []string              // what a person should know

	// Unreadable is the reason for the first data that was set aside in this round.
	Unreadable error

	// Undelivered says why events wait. They are kept, and the next run sends them.
	Undelivered error
}

// batchSize is how many events are made durable together.
const batchSize = 1000

// passes is how often a stretch is read again that shifts while it is read.
const passes = 3

// Once reads what is new. If a sink fails, the others continue, and the next run catches up. The Round is returned also
// with an error.
func (s *Sync) Once(ctx context.Context) (Round, error) {
	r := &round{Sync: s, began: s.Now(), Round: Round{Added: map[string]int{}, Left: map[string]Backlog{}, Rejected: map[string]Rejections{}}}
	if err := r.prepare(ctx); err != nil {
		return r.Round, err
	}
	err := r.walk(ctx)
	if errors.Is(err, errStuck) {
		err = nil
	}
	for _, f := range r.followers {
		if f.failed != nil {
			err = errors.Join(err, f.failed)
			continue
		}
		r.Undelivered = errors.Join(r.Undelivered, r.deliver(ctx, f.sink))
	}
	return r.Round, err
}

// deliver sends what waits, and records what a receiver does not have.
func (r *round) deliver(ctx context.Context, sink *Sink) error {
	left, undelivered := sink.Flush(ctx)
	if left != (Backlog{}) {
		r.Left[sink.Name()] = left
	}
	rejected, err := sink.Rejections(context.WithoutCancel(ctx))
	if rejected.Count > 0 {
		r.Rejected[sink.Name()] = rejected
	}
	return errors.Join(undelivered, err)
}

// A round is a run under way.
type round struct {
	*Sync
	Round
	began     time.Time
	followers []*follower
}

// A follower is a sink with the place that it has reached.
type follower struct {
	sink   *Sink
	place  place
	from   time.Time // events before it are not for this sink
	failed error

	unsent int  // events since the last flush
	down   bool // its receiver did not accept events in this round
}

// unsentLimit is how many events may queue up before they are sent.
const unsentLimit = 5 * batchSize

// add gives events to the sink, and sends them from time to time, so that the queue stays short during a long read.
func (f *follower) add(ctx context.Context, events []audit.Event) (int, error) {
	n, err := f.sink.Add(ctx, events)
	f.unsent += n
	if err != nil || f.down || f.unsent < unsentLimit {
		return n, err
	}
	f.unsent = 0
	_, undelivered := f.sink.Flush(ctx)
	f.down = undelivered != nil // the round ends with another attempt, which reports the reason
	return n, nil
}

// prepare finds out where each sink continues.
func (r *round) prepare(ctx context.Context) error {
	for _, sink := range r.Sinks {
		f := &follower{sink: sink}
		known, ok := r.Cursor.file.Sinks[sink.Name()]
		replaced := ok && known.Identity != sink.store.identity()
		switch {
		case replaced && r.Start.IsZero():
			return hint.With(fmt.Errorf("continue %s: %w: it was recreated since", sink.Name(), ErrReplaced),
				"restore the old one, or give the start of the new one with --backfill-from TIME")
		case !ok && r.Start.IsZero():
			var err error
			if f.place, err = r.begin(ctx, sink); err != nil {
				return err
			}
		case !ok || replaced:
			f.place = place{Identity: sink.store.identity(), Start: r.Start, At: r.Start}
			r.Filled = append(r.Filled, sink.Name())
			if replaced {
				r.Notes = append(r.Notes, fmt.Sprintf("%s was recreated and is filled from %s on", sink.Name(), r.Start.UTC().Format(time.RFC3339)))
			}
		case !r.Start.IsZero() && r.Start.Before(known.Start):
			f.place = place{Identity: known.Identity, Start: r.Start, At: r.Start}
			r.Notes = append(r.Notes, fmt.Sprintf("%s is filled from %s on", sink.Name(), r.Start.UTC().Format(time.RFC3339)))
		default:
			f.place = known
		}
		f.from = later(f.place.Start, f.place.At.Add(-r.Overlap))
		if err := r.Cursor.set(sink.Name(), f.place); err != nil {
			return err
		}
		r.followers = append(r.followers, f)
		r.Added[sink.Name()] = 0
	}
	return nil
}

// clockSkew is how much earlier than now a new sink begins: the clocks of servers differ a little, and events may
// appear late.
const clockSkew = time.Minute

// begin finds where a sink begins that has no recorded place. If it has events, its cursor was lost or a webhook filled
// it: it continues after the newest of them.
func (r *round) begin(ctx context.Context, sink *Sink) (place, error) {
	newest, err := sink.store.newest(ctx)
	if err != nil {
		return place{}, keepErr("read", sink.Name(), err)
	}
	if newest.IsZero() {
		r.New = append(r.New, sink.Name())
		if r.Clock != nil {
			if r.began, err = r.Clock(ctx); err != nil {
				return place{}, fmt.Errorf("read the time of the API: %w", err)
			}
		}
		return place{Identity: sink.store.identity(), Start: r.began.Add(-clockSkew), At: r.began}, nil
	}
	at := earlier(newest, r.began)
	r.Notes = append(r.Notes, fmt.Sprintf("%s has events but is not in the cursor: continuing from its newest event, of %s, and %s before it; "+
		"--backfill-from TIME reads earlier events that may be missing", sink.Name(), at.UTC().Format(time.RFC3339), r.Overlap))
	return place{Identity: sink.store.identity(), Start: at.Add(-r.Overlap), At: at}, nil
}

// walk reads stretch by stretch until there is no more.
func (r *round) walk(ctx context.Context) error {
	from := r.followers[0].from
	for _, f := range r.followers {
		from = earlier(from, f.from)
	}
	for {
		st := &stretch{round: r, from: from, newest: from}
		more, err := st.read(ctx)
		if err != nil {
			return err
		}
		if st.unordered {
			return r.windows(ctx, from)
		}
		if !more {
			return nil
		}
		from = st.newest
	}
}

// keep gives events to every sink that wants them and still works.
func (r *round) keep(ctx context.Context, events []audit.Event) (err error) {
	if r.Enrich != nil {
		if events, err = r.Enrich(ctx, events); err != nil {
			return err
		}
	}
	total := 0
	for _, f := range r.followers {
		if f.failed != nil {
			continue
		}
		wanted := events
		if slices.ContainsFunc(events, func(e audit.Event) bool { return e.At.Before(f.from) }) {
			wanted = slices.DeleteFunc(slices.Clone(events), func(e audit.Event) bool { return e.At.Before(f.from) })
		}
		n, err := f.add(ctx, wanted)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.failed = err
		r.Added[f.sink.Name()] += n
		total += n
	}
	r.Read += len(events)
	if r.Progress != nil {
		r.Progress(len(events), total, r.Newest)
	}
	for _, f := range r.followers {
		if f.failed == nil {
			return nil
		}
	}
	return errStuck
}

// setAside stores data that could not be read as an event, so that it stops nothing and is not lost.
func (r *round) setAside(list []*audit.Unreadable) error {
	for _, u := range list {
		fresh, err := r.Cursor.setAside(u.Raw)
		if err != nil {
			return err
		}
		if fresh && r.Aside == 0 {
			r.Unreadable = u
		}
		if fresh {
			r.Aside++
		}
	}
	return nil
}

// errStuck ends a walk when no sink works any more. The sinks have reported the reasons.
var errStuck = errors.New("no sink accepts events")

// advance records that everything before a moment is stored. Events from the time since the run began may still appear
// late, so it goes no further than the start of the run.
func (r *round) advance(at time.Time) error {
	at = earlier(at, r.began)
	for _, f := range r.followers {
		if f.failed != nil || !at.After(f.place.At) {
			continue
		}
		f.place.At = at
		if err := r.Cursor.set(f.sink.Name(), f.place); err != nil {
			return err
		}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
