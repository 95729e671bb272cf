package drift_test

import (
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

func event(action, itemType, id, user string, minute int, fields ...string) audit.Event {
	e := audit.Event{Action: action, ItemType: itemType, ItemID: id, UserName: user, At: time.Unix(int64(minute)*60, 0)}
	for _, f := range fields {
		e.Changes = append(e.Changes, audit.Change{Field: f})
	}
	return e
}

func TestWho(t *testing.T) {
	t.Parallel()
	r := drift.NewRecord([]audit.Event{
		event("update", "Severity", "s1", "ada", 1, "color"),
		event("update", "Severity", "s1", "ken", 2, "name", "color"),
		event("update", "Severity", "s1", "eve", 3, "description"),
		event("destroy", "Severity", "s2", "ada", 4),
		event("create", "Service", "x", "wei", 5),
		event("update", "GeniusWorkflow", "w1", "tim", 6, "name"),
		event("update", "GeniusWorkflow", "w1", "zoe", 7, "name"),
	})
	severity := func(id string) drift.Item { return drift.Item{Type: "Severity", ID: id} }
	workflow := drift.Item{Type: "GeniusWorkflow", ID: "w1"}
	for name, c := range map[string]struct {
		q    drift.Question
		want drift.Confidence
		who  []string
	}{
		"latest first, only who touched the field": {
			drift.Question{Kind: drift.Changed, Item: severity("s1"), Fields: []string{"color"}}, drift.Exact, []string{"ken", "ada"}},
		"nobody touched the field": {
			drift.Question{Kind: drift.Changed, Item: severity("s1"), Fields: []string{"position"}}, drift.Unknown, nil},
		"destroyed": {
			drift.Question{Kind: drift.Removed, Item: severity("s2")}, drift.Exact, []string{"ada"}},
		"made": {
			drift.Question{Kind: drift.Added, Item: drift.Item{Type: "Service", ID: "x"}}, drift.Exact, []string{"wei"}},
		"an update does not make": {
			drift.Question{Kind: drift.Added, Item: severity("s1")}, drift.Unknown, nil},
		"a task is seen on its workflow": {
			drift.Question{Kind: drift.Changed, Item: drift.Item{ID: "t1"}, Owner: workflow, Fields: []string{"name"}}, drift.Parent, []string{"zoe"}},
		"a recorded kind does not borrow its owner's author": {
			drift.Question{Kind: drift.Changed, Item: severity("s9"), Owner: workflow, Fields: []string{"name"}}, drift.Unknown, nil},
		"a kind that is not recorded": {
			drift.Question{Kind: drift.Changed, Item: drift.Item{ID: "p1"}, Fields: []string{"name"}}, drift.Unknown, nil},
	} {
		got := r.Who(c.q)
		var who []string
		for _, e := range got.Events {
			who = append(who, e.UserName)
		}
		if got.Confidence != c.want || len(who) != len(c.who) {
			t.Errorf("%s: %s by %v, want %s by %v", name, got.Confidence, who, c.want, c.who)
			continue
		}
		for i := range who {
			if who[i] != c.who[i] {
				t.Errorf("%s: by %v, want %v", name, who, c.who)
			}
		}
	}
}
