package auditcopy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// day is where the clocks of tests begin.
var day = time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)

// event makes an event as the API would give it.
func event(t testing.TB, n int, at time.Time) audit.Event {
	t.Helper()
	actions := []string{"create", "update", "destroy"}
	raw := fmt.Sprintf(`{"id":"%d","type":"audits","attributes":{"id":%d,"event":%q,"item_type":%q,"item_id":"item-%d",`+
		`"object":{"name":"Item, \"%d\""},"object_changes":{"name":["old\nname","Item %d"]},"user_id":%d,"user_name":"User %d",`+
		`"user_email":"user%d@example.com","source":"web","created_at":%q}}`,
		n, n, actions[n%3], []string{"GeniusWorkflow", "Group", "Severity", "Service"}[n%4], n%50, n, n, n%20, n%20, n%20,
		at.UTC().Format("2006-01-02T15:04:05.000Z"))
	e, err := audit.Parse(json.RawMessage(raw))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A remote is an audit log whose clock runs while it is read: events turn up meanwhile, late ones
// between those that were there.
type remote struct {
	random   *rand.Rand
	events   []audit.Event // sorted by time
	visible  []time.Time   // since when each is there
	now      time.Time
	step     time.Duration // that each page takes
	page     int
	faults   int  // one in so many pages fails; 0: none
	reversed bool // the newest first, whatever is asked
}

var errOutage = errors.New("outage")

// newRemote has n events in bursts that share a moment; one in ten turns up to nine minutes late.
func newRemote(t testing.TB, n int, seed uint64) *remote { return newSparse(t, n, seed, 8*time.Second) }

// newSparse has bursts that are up to so much apart.
func newSparse(t testing.TB, n int, seed uint64, gap time.Duration) *remote {
	t.Helper()
	r := &remote{random: rand.New(rand.NewPCG(seed, 1)), now: day, step: 3 * time.Second, page: 100}
	at := day
	for len(r.events) < n {
		at = at.Add(time.Duration(r.random.Int64N(int64(gap))).Truncate(time.Millisecond))
		for range 1 + r.random.IntN(40) {
			late := time.Duration(0)
			if r.random.IntN(10) == 0 {
				late = time.Duration(r.random.IntN(540)) * time.Second
			}
			r.events = append(r.events, event(t, len(r.events), at))
			r.visible = append(r.visible, at.Add(late))
		}
	}
	return r
}

// end is when everything is there.
func (r *remote) end() time.Time { return r.events[len(r.events)-1].At.Add(10 * time.Minute) }

func (r *remote) there(from, to time.Time) []audit.Event {
	var found []audit.Event
	for i, e := range r.events {
		if !e.At.Before(from) && (to.IsZero() || e.At.Before(to)) && !r.visible[i].After(r.now) {
			found = append(found, e)
		}
	}
	if r.reversed {
		slices.Reverse(found)
	}
	return found
}

// read pages by number, as the API does.
func (r *remote) read(_ context.Context, from, to time.Time) iter.Seq2[audit.Batch, error] {
	return func(yield func(audit.Batch, error) bool) {
		total := -1
		doubt := ""
		for page := 0; ; page++ {
			r.now = r.now.Add(r.step)
			if r.faults > 0 && r.random.IntN(r.faults) == 0 {
				yield(audit.Batch{}, errOutage)
				return
			}
			all := r.there(from, to)
			if total >= 0 && len(all) != total {
				doubt = "the collection changed while it was read"
			}
			total = len(all)
			start, end := min(page*r.page, total), min((page+1)*r.page, total)
			last := end == total
			b := audit.Batch{Events: all[start:end]}
			if last {
				b.Incomplete = doubt
			}
			if !yield(b, nil) || last {
				return
			}
		}
	}
}

func (r *remote) ids() []string {
	var ids []string
	for _, e := range r.events {
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return ids
}
