package auditcopy

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
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
	o := Options{State: state, Deliver: e.deliver}
	all := some(t, 30)
	first := open(t, "https://endpoint.example/in", o)
	if n, err := first.Add(t.Context(), all[:10]); n != 10 || err != nil {
		t.Fatal(n, err)
	}
	if waiting, err := first.Flush(t.Context()); waiting != 10 || err == nil {
		t.Fatal(waiting, err)
	}
	first.Close()
	second := open(t, "https://endpoint.example/in", o)
	defer second.Close()
	if n, err := second.Add(t.Context(), all); n != 20 || err != nil {
		t.Fatal(n, err)
	}
	e.lose = nil
	if waiting, err := second.Flush(t.Context()); waiting != 0 || err != nil {
		t.Fatal(waiting, err)
	}
	if len(e.batch) != 2 {
		t.Errorf("%d batches", len(e.batch))
	}
	if got := e.ids(t); len(got) != 30 {
		t.Errorf("%d events", len(got))
	}
}

// TestAReceiverThatTakesLittle holds that batches get smaller until they are taken.
func TestAReceiverThatTakesLittle(t *testing.T) {
	t.Parallel()
	e := newEndpoint()
	largest := 0
	deliver := func(ctx context.Context, d Delivery) error {
		if len(d.Body) > 4000 {
			return fmt.Errorf("%w: 413", ErrTooLarge)
		}
		largest = max(largest, len(d.Body))
		return e.deliver(ctx, d)
	}
	s := open(t, "https://endpoint.example/in", Options{State: t.TempDir(), Deliver: deliver})
	defer s.Close()
	if _, err := s.Add(t.Context(), some(t, 200)); err != nil {
		t.Fatal(err)
	}
	if waiting, err := s.Flush(t.Context()); waiting != 0 || err != nil {
		t.Fatal(waiting, err)
	}
	if got := e.ids(t); len(got) != 200 || largest < 2000 {
		t.Errorf("%d events, at most %d bytes at once", len(got), largest)
	}
}

func TestBatchesOfJSON(t *testing.T) {
	t.Parallel()
	var got Delivery
	deliver := func(_ context.Context, d Delivery) error { got = d; return nil }
	s := open(t, "https://user:pass@endpoint.example/in?x=1", Options{State: t.TempDir(), Deliver: deliver, Batch: "json", Format: audit.FormatFlat})
	defer s.Close()
	if strings.Contains(s.Name(), "pass") {
		t.Errorf("the name has the password: %s", s.Name())
	}
	if _, err := s.Add(t.Context(), some(t, 3)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]json.RawMessage
	if err := json.Unmarshal(got.Body, &rows); err != nil || len(rows) != 3 || string(rows[2]["id"]) != `"2"` {
		t.Errorf("%v: %s", err, got.Body)
	}
	if got.ContentType != "application/json" || got.To != "https://user:pass@endpoint.example/in?x=1" {
		t.Errorf("%+v", got)
	}
}

// TestTheQueueStaysShort holds that a long backfill is passed on while it runs.
func TestTheQueueStaysShort(t *testing.T) {
	t.Parallel()
	e := newEndpoint()
	r := newRemote(t, 2*unsentLimit, 2)
	r.now, r.step, r.page = r.end(), 0, batchSize
	s, _ := one(t, filepath.Join(t.TempDir(), "plain"))
	sink := open(t, "https://endpoint.example/in", Options{State: t.TempDir(), Deliver: e.deliver})
	defer sink.Close()
	longest := 0
	s.Sinks, s.Source, s.Start = []*Sink{sink}, r.read, day
	s.Now = func() time.Time { return r.now }
	s.Progress = func(int, int) {
		n, err := sink.store.(*queue).index.queue(t.Context())
		if err != nil {
			t.Error(err)
		}
		longest = max(longest, n)
	}
	if _, err := s.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if longest > unsentLimit+batchSize {
		t.Errorf("%d events waited", longest)
	}
	sameIDs(t, "endpoint", e.ids(t), r.ids())
}
