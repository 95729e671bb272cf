package drift_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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

// part is an event about a workflow w1, one of whose fields went from one value to another.
func part(minute int, by, field, before, after string) audit.Event {
	e := event(minute, "update GeniusWorkflow w1 by "+by)
	e.Changes = []audit.Change{{Field: field, Before: json.RawMessage(before), After: json.RawMessage(after)}}
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
	})
	severity := func(id string) drift.Item { return drift.Item{Type: "Severity", ID: id} }
	for name, c := range map[string]struct {
		q    drift.Question
		want drift.Confidence
		who  string
		open string
	}{
		"latest first, only who touched the field": {
			drift.Question{Kind: drift.Changed, Item: severity("s1"), Fields: []string{"color"}}, drift.Exact, "ken ada", ""},
		"nobody touched the field": {
			drift.Question{Kind: drift.Changed, Item: severity("s1"), Fields: []string{"position"}}, drift.Unknown, "", ""},
		"one of two fields is explained": {
			drift.Question{Kind: drift.Changed, Item: severity("s1"), Fields: []string{"position", "description"}}, drift.Exact, "eve", "position"},
		"destroyed": {
			drift.Question{Kind: drift.Removed, Item: severity("s2")}, drift.Exact, "ada", ""},
		"made": {
			drift.Question{Kind: drift.Added, Item: drift.Item{Type: "Service", ID: "x"}}, drift.Exact, "wei", ""},
		"an update does not make": {
			drift.Question{Kind: drift.Added, Item: severity("s1")}, drift.Unknown, "", ""},
		"a recorded kind does not borrow its owner's author": {
			drift.Question{Kind: drift.Changed, Item: severity("s9"), Owner: drift.Item{Type: "GeniusWorkflow", ID: "w1"}, Fields: []string{"name"}}, drift.Unknown, "", ""},
		"a kind that is not recorded": {
			drift.Question{Kind: drift.Changed, Item: drift.Item{ID: "p1"}, Fields: []string{"name"}}, drift.Unknown, "", ""},
	} {
		got := r.Who(c.q)
		if who := people(got.Events); got.Confidence != c.want || who != c.who || strings.Join(got.Open, " ") != c.open || len(got.Candidates) > 0 {
			t.Errorf("%s: %s by %s, open %v, want %s by %s", name, got.Confidence, who, got.Open, c.want, c.who)
		}
	}
}

func people(events []audit.Event) string {
	var names []string
	for _, e := range events {
		names = append(names, e.UserName)
	}
	return strings.Join(names, " ")
}

// Of a part, only its owner's events are there. They name an author where they name the part.
func TestWhoOfAPart(t *testing.T) {
	t.Parallel()
	const me, other = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
	task := func(id, name string) string { return `{"id":"` + id + `","name":"` + name + `"}` }
	all := []drift.Kind{drift.Changed, drift.Added, drift.Removed}
	for name, c := range map[string]struct {
		e      audit.Event
		parent []drift.Kind // for what kinds of drift it is the author
		may    bool         // whether it is a candidate for the others
	}{
		"edited in a list":     {part(1, "ada", "tasks", "["+task(me, "a")+"]", "["+task(me, "b")+"]"), all[:1], false},
		"added to a list":      {part(1, "ada", "tasks", "["+task(other, "a")+"]", "["+task(other, "a")+","+task(me, "b")+"]"), all[1:2], false},
		"taken from a list":    {part(1, "ada", "task_ids", `["`+me+`","`+other+`"]`, `["`+other+`"]`), all[2:], false},
		"under its id":         {part(1, "ada", "anything", `{"`+me+`":{"name":"a"}}`, `{"`+me+`":{"name":"b"}}`), all[:1], false},
		"another of the list":  {part(1, "ada", "tasks", "["+task(me, "a")+","+task(other, "a")+"]", "["+task(me, "a")+","+task(other, "b")+"]"), nil, false},
		"another field of it":  {part(1, "ada", "tasks", `[{"id":"`+me+`","enabled":true}]`, `[{"id":"`+me+`","enabled":false}]`), nil, false},
		"only the order":       {part(1, "ada", "task_ids", `["`+me+`","`+other+`"]`, `["`+other+`","`+me+`"]`), nil, false},
		"a count":              {part(1, "ada", "tasks_count", `1`, `2`), nil, true},
		"nobody in the list":   {part(1, "ada", "workflow_tasks", `["a"]`, `["b"]`), nil, true},
		"only that it is late": {part(1, "ada", "updated_at", `"2026-01-01"`, `"2026-01-02"`), nil, true},
		"the owner's own":      {part(1, "ada", "name", `"a"`, `"b"`), nil, false},
		"nothing said":         {event(1, "update GeniusWorkflow w1 by ada"), nil, true},
		"its beginning":        {event(1, "create GeniusWorkflow w1 by ada"), nil, false},
		"its end":              {event(1, "destroy GeniusWorkflow w1 by ada"), all[2:], false},
		"of another owner":     {event(1, "update GeniusWorkflow w2 by ada"), nil, false},
	} {
		r := drift.NewRecord([]audit.Event{c.e})
		for _, kind := range all {
			got := r.Who(drift.Question{
				Kind: kind, Item: drift.Item{ID: me}, Owner: drift.Item{Type: "GeniusWorkflow", ID: "w1"},
				Within: []string{"tasks", "workflow_tasks"}, Fields: []string{"name"},
			})
			want, may := drift.Unknown, c.may
			if slices.Contains(c.parent, kind) {
				want, may = drift.Parent, false
			}
			if got.Confidence != want || (len(got.Candidates) > 0) != may || (len(got.Events) > 0) != (want == drift.Parent) {
				t.Errorf("%s, %s: %s by %s, candidates %s; want %s", name, kind, got.Confidence, people(got.Events), people(got.Candidates), want)
			}
		}
	}
}
