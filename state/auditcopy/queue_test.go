package auditcopy

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// some makes events.
func some(t testing.TB, n int) []audit.Event {
	t.Helper()
	var events []audit.Event
	for i := range n {
		events = append(events, event(t, i, day.Add(time.Duration(i)*time.Second)))
	}
	return events
}

// TestABatchStaysTheSame holds that a batch whose acknowledgement was lost is sent again as it was,
// under its key, although more has joined the queue and another process sends it.
func TestABatchStaysTheSame(t *testing.T) {
	t.Parallel()
	e, state := newEndpoint(), t.TempDir()
	e.lose = func() bool { return true }
	o := Options{State: state, Receiver: e}
	all := some(t, 30)
	first := open(t, "https://endpoint.example/in", o)
	if n, err := first.Add(t.Context(), all[:10]); n != 10 || err != nil {
		t.Fatal(n, err)
	}
	if left, err := first.Flush(t.Context()); left.Waiting != 10 || err == nil {
		t.Fatal(left, err)
	}
	first.Close()
	second := open(t, "https://endpoint.example/in", o)
	defer second.Close()
	if n, err := second.Add(t.Context(), all); n != 20 || err != nil {
		t.Fatal(n, err)
	}
	e.lose = nil
	if left, err := second.Flush(t.Context()); left.Waiting != 0 || err != nil {
		t.Fatal(left, err)
	}
	if len(e.batch) != 2 {
		t.Errorf("%d batches", len(e.batch))
	}
	if got := e.ids(t); len(got) != 30 {
		t.Errorf("%d events", len(got))
	}
}

// A picky receiver takes batches up to a size, and none with a bad entry.
type picky struct {
	*endpoint
	most    int
	bad     func(entry string) bool
	largest int
	sent    int
}

// Send implements [Receiver].
func (p *picky) Send(ctx context.Context, b Batch) (Receipt, error) {
	p.sent++
	size := 0
	for _, entry := range b.Entries {
		size += len(entry) + 1
		if p.bad != nil && p.bad(string(entry)) {
			return Receipt{}, fmt.Errorf("%w: 400", ErrUnacceptable)
		}
	}
	if p.most > 0 && size > p.most {
		return Receipt{}, fmt.Errorf("%w: 413", ErrUnacceptable)
	}
	p.largest = max(p.largest, size)
	return p.endpoint.Send(ctx, b)
}

// queueOf fills a queue for a receiver.
func queueOf(t *testing.T, r Receiver, events []audit.Event) *Sink {
	t.Helper()
	s := open(t, "https://endpoint.example/in", Options{State: t.TempDir(), Receiver: r, Now: func() time.Time { return day }})
	t.Cleanup(func() { s.Close() })
	if _, err := s.Add(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAReceiverThatTakesLittle holds that batches get smaller until they are taken.
func TestAReceiverThatTakesLittle(t *testing.T) {
	t.Parallel()
	r := &picky{endpoint: newEndpoint(), most: 4000}
	s := queueOf(t, r, some(t, 200))
	if left, err := s.Flush(t.Context()); left != (Backlog{}) || err != nil {
		t.Fatal(left, err)
	}
	if got := r.ids(t); len(got) != 200 || r.largest < 2000 {
		t.Errorf("%d events, at most %d bytes at once", len(got), r.largest)
	}
}

// TestABadEventAffectsOnlyItself holds that events are set aside which a receiver rejects, wherever
// they are in the queue, that they are reported once, and that they can be sent again.
func TestABadEventAffectsOnlyItself(t *testing.T) {
	t.Parallel()
	bad := func(entry string) bool {
		return strings.Contains(entry, `"id":"0"`) || strings.Contains(entry, `"id":"477"`) || strings.Contains(entry, `"id":"1999"`)
	}
	r := &picky{endpoint: newEndpoint(), bad: bad}
	s := queueOf(t, r, some(t, 2000))
	left, err := s.Flush(t.Context())
	if err != nil || left.Waiting != 0 || left.Rejected != 3 {
		t.Fatal(left, err)
	}
	if got := r.ids(t); len(got) != 1997 || r.sent > 100 {
		t.Errorf("%d events in %d requests", len(got), r.sent)
	}
	if got, err := s.Rejections(t.Context()); err != nil || got.Count != 3 || got.ID != "0" || !strings.Contains(got.Reason, "400") || got.File == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := s.Rejections(t.Context()); err != nil || got.Count != 0 {
		t.Errorf("reported again: %+v, %v", got, err)
	}
	r.bad = nil
	if err := s.store.(*queue).index.requeue(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Flush(t.Context()); left != (Backlog{}) || err != nil {
		t.Fatal(left, err)
	}
	sameIDs(t, "endpoint", r.ids(t), idsOf(some(t, 2000)))
}

// TestAReceiverThatRejectsEverything holds that no log is set aside because of a wrong setting.
func TestAReceiverThatRejectsEverything(t *testing.T) {
	t.Parallel()
	r := &picky{endpoint: newEndpoint(), bad: func(string) bool { return true }}
	s := queueOf(t, r, some(t, 1000))
	left, err := s.Flush(t.Context())
	if err == nil || !strings.Contains(err.Error(), "100 events in a row") || left.Waiting != 1000 || left.Rejected != 0 || !left.Since.Equal(day) {
		t.Fatal(left, err)
	}
	if got, err := s.Rejections(t.Context()); err != nil || got.Count != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	r.bad = nil
	if left, err := s.Flush(t.Context()); left != (Backlog{}) || err != nil {
		t.Fatal(left, err)
	}
	sameIDs(t, "endpoint", r.ids(t), idsOf(some(t, 1000)))
}

// A claiming receiver confirms a batch when it is asked for it, the second time.
type claiming struct {
	*endpoint
	asked []string
}

// Send implements [Receiver].
func (c *claiming) Send(ctx context.Context, b Batch) (Receipt, error) {
	c.asked = append(c.asked, fmt.Sprint(b.Claim, len(b.Entries)))
	switch {
	case b.Claim == "":
		_, err := c.endpoint.Send(ctx, b)
		return Receipt{Claim: "claim "}, err
	case len(c.asked) == 2:
		return Receipt{}, errOutage
	}
	return AllTaken(len(b.Entries)), nil
}

// TestABatchIsConfirmedLater holds that a batch that was claimed is not sent again, nor another one before it.
func TestABatchIsConfirmedLater(t *testing.T) {
	t.Parallel()
	r := &claiming{endpoint: newEndpoint()}
	s := queueOf(t, r, some(t, 10))
	if left, err := s.Flush(t.Context()); left.Waiting != 10 || err == nil {
		t.Fatal(left, err)
	}
	if _, err := s.Add(t.Context(), some(t, 30)); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Flush(t.Context()); left != (Backlog{}) || err != nil {
		t.Fatal(left, err)
	}
	if want := []string{"10", "claim 10", "claim 10", "20", "claim 20"}; !slices.Equal(r.asked, want) {
		t.Errorf("asked %q, want %q", r.asked, want)
	}
	sameIDs(t, "endpoint", r.ids(t), idsOf(some(t, 30)))
}

func idsOf(events []audit.Event) []string {
	var ids []string
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestTheQueueStaysShort holds that a long backfill is passed on while it runs.
func TestTheQueueStaysShort(t *testing.T) {
	t.Parallel()
	e := newEndpoint()
	r := newRemote(t, 2*unsentLimit, 2)
	r.now, r.step, r.page = r.end(), 0, batchSize
	s, _ := one(t, filepath.Join(t.TempDir(), "plain"))
	sink := open(t, "https://endpoint.example/in", Options{State: t.TempDir(), Receiver: e})
	defer sink.Close()
	longest := 0
	s.Sinks, s.Source, s.Start = []*Sink{sink}, r.read, day
	s.Now = func() time.Time { return r.now }
	s.Progress = func(int, int, time.Time) {
		left, err := sink.store.(*queue).index.backlog(t.Context())
		if err != nil {
			t.Error(err)
		}
		longest = max(longest, left.Waiting)
	}
	if _, err := s.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if longest > unsentLimit+batchSize {
		t.Errorf("%d events waited", longest)
	}
	sameIDs(t, "endpoint", e.ids(t), r.ids())
}
