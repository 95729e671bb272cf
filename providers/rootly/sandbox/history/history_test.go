package history_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/history"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox/organisation"
)

var until = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func TestEventsAreBelievable(t *testing.T) {
	t.Parallel()
	objects := organisation.New(organisation.Options{Seed: 1})
	now := map[string]map[string]json.RawMessage{}
	for _, o := range objects {
		var body struct{ Attributes map[string]json.RawMessage }
		if err := json.Unmarshal(o.Body, &body); err != nil {
			t.Fatal(err)
		}
		now[o.ID] = body.Attributes
	}
	events := history.Events(history.Options{Objects: objects, Until: until, Seed: 1})
	if len(events) < 40 {
		t.Fatalf("%d events are no month", len(events))
	}
	kinds, ways, together := map[string]bool{}, map[string]bool{}, 0
	for i, e := range events {
		kinds[e.ItemType], ways[e.Actor.Source] = true, true
		if i > 0 && e.At.Before(events[i-1].At) {
			t.Errorf("event %d is before the one before it", i)
		}
		if i > 0 && e.At.Equal(events[i-1].At) {
			together++
		}
		if e.At.After(until) || e.At.Before(until.AddDate(0, 0, -31)) {
			t.Errorf("event %d is at %s, which is not in the month", i, e.At)
		}
		holdEvent(t, e, now[e.ItemID])
	}
	if len(kinds) < 12 || len(ways) < 5 || together < 5 {
		t.Errorf("%d kinds, %d ways, %d events at one moment: too uniform", len(kinds), len(ways), together)
	}
}

// holdEvent checks that an event agrees with what the object is now.
func holdEvent(t *testing.T, e sandbox.Event, now map[string]json.RawMessage) {
	t.Helper()
	var changes map[string][2]json.RawMessage
	if err := json.Unmarshal(e.Changes, &changes); err != nil || len(changes) == 0 {
		t.Fatalf("%s of %s: changes %s: %v", e.Event, e.ItemType, e.Changes, err)
	}
	if now == nil {
		return
	}
	if e.Event != "update" {
		t.Errorf("%s %s is said to be %s, but it is there since long", e.ItemType, e.ItemID, e.Event)
	}
	for field, pair := range changes {
		if diff := cmp.Diff(string(now[field]), string(pair[1])); diff != "" {
			t.Errorf("%s %s.%s is not what it became: %s", e.ItemType, e.ItemID, field, diff)
		}
	}
}

// The first event is the same at any hour: the key of Terraform is made before it is used.
func TestTheKeyComesFirst(t *testing.T) {
	t.Parallel()
	objects := organisation.New(organisation.Options{Seed: 1})
	for hour := range 24 {
		for seed := range uint64(3) {
			end := until.Add(time.Duration(hour) * time.Hour)
			first := history.Events(history.Options{Objects: objects, Until: end, Seed: seed})[0]
			if first.ItemType != "ApiKey" || first.Event != "create" || first.At.Before(end.AddDate(0, 0, -31)) {
				t.Errorf("until %s, seed %d: the first event is %s %s at %s", end, seed, first.Event, first.ItemType, first.At)
			}
		}
	}
}

func TestSameMonthTwice(t *testing.T) {
	t.Parallel()
	month := func(seed uint64) []sandbox.Event {
		return history.Events(history.Options{Objects: organisation.New(organisation.Options{Seed: 3, Size: 200}), Until: until, Seed: seed})
	}
	if diff := cmp.Diff(month(1), month(1)); diff != "" {
		t.Errorf("the same options give another month: %s", diff)
	}
	if cmp.Equal(month(1), month(2)) {
		t.Error("another seed gives the same month")
	}
}

func TestEmptyOrganisation(t *testing.T) {
	t.Parallel()
	if len(history.Events(history.Options{Until: until})) == 0 {
		t.Error("not even the stories happened")
	}
}
