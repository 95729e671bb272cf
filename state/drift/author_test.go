package drift_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// event makes one that happened in a minute of its own: "update Severity s1 by ada".
func event(minute int, said string, fields ...string) audit.Event {
	e := audit.Event{At: time.Unix(int64(minute)*60, 0)}
	by := ""
	fmt.Sscanf(said, "%s %s %s %s %s", &e.Action, &e.ItemType, &e.ItemID, &by, &e.UserName)
	for _, f := range fields {
		e.Changes = append(e.Changes, audit.Change{Field: f})
	}
	return e
}

func TestWho(t *testing.T) {
	t.Parallel()
	r := drift.NewRecord([]audit.Event{
		event(1, "update Severity s1 by ada", "color"),
		event(2, "update Severity s1 by ken", "name", "color"),
		event(3, "update Severity s1 by eve", "description"),
		event(4, "destroy Severity s2 by ada"),
		event(5, "create Service x by wei"),
		event(6, "update GeniusWorkflow w1 by tim", "name"),
		event(7, "update GeniusWorkflow w1 by zoe", "name"),
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
