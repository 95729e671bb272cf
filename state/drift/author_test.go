package drift_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

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
	}, nil)
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
		r := drift.NewRecord([]audit.Event{c.e}, nil)
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

// A field has the authors that led from the recorded value to the live one, and not those of what was settled before.
func TestWhoAlongTheValues(t *testing.T) {
	t.Parallel()
	update := func(minute int, by, before, after string) audit.Event {
		e := event(minute, "update Group g1 by "+by)
		e.ID = by
		e.Changes = []audit.Change{{Field: "color", Before: json.RawMessage(before), After: json.RawMessage(after)}}
		return e
	}
	events := []audit.Event{
		update(1, "old", `null`, `"a"`), update(2, "terraform", `"a"`, `"b"`), update(3, "ken", `"b"`, `"c"`), update(4, "ada", `"c"`, `"d"`), update(5, "late", `"d"`, `"e"`),
	}
	object := func(color string) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"color": cty.StringVal(color)})
	}
	for name, c := range map[string]struct {
		was, is cty.Value
		own     string
		want    string
	}{
		"from recorded to live":                        {object("b"), object("d"), "", "ada ken"},
		"the newest counts where no event leads to it": {object("d"), object("x"), "", "late"},
		"values that are not known":                    {cty.NilVal, cty.NilVal, "", "late ada ken terraform old"},
		"nothing is as good as empty":                  {object(""), object("a"), "", "old"},
		"what Terraform did settles it":                {object("x"), object("e"), "terraform", "late ada ken"},
		"what Terraform did last is nobody's":          {object("x"), object("b"), "terraform", ""},
	} {
		r := drift.NewRecord(events, map[string]bool{c.own: true})
		a := r.Who(drift.Question{Kind: drift.Changed, Item: drift.Item{Type: "Group", ID: "g1"}, Fields: []string{"color"}, Was: c.was, Is: c.is})
		var who []string
		for _, e := range a.Events {
			who = append(who, e.UserName)
		}
		if got := strings.Join(who, " "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A state that was imported by slug knows a deleted object by nothing else.
func TestWhoDeletedASlug(t *testing.T) {
	t.Parallel()
	gone := event(2, "destroy Group g1 by ada")
	gone.Raw = json.RawMessage(`{"id":"e","attributes":{"object":{"slug":"sre"}}}`)
	renamed := event(1, "update Service s1 by ken")
	renamed.Changes = []audit.Change{{Field: "slug", Before: json.RawMessage(`"pay"`), After: json.RawMessage(`"payments"`)}}
	r := drift.NewRecord([]audit.Event{gone, renamed, event(3, "destroy Service s1 by eve")}, nil)
	for slug, want := range map[drift.Item]string{{Type: "Group", ID: "sre"}: "ada", {Type: "Service", ID: "pay"}: "eve", {Type: "Service", ID: "payments"}: "eve", {Type: "Service", ID: "sre"}: ""} {
		a := r.Who(drift.Question{Kind: drift.Removed, Item: slug})
		got := ""
		if len(a.Events) == 1 {
			got = a.Events[0].UserName
		}
		if got != want {
			t.Errorf("%+v: %q, want %q", slug, got, want)
		}
	}
}

func TestLast(t *testing.T) {
	t.Parallel()
	events := []audit.Event{event(1, "create Service s1 by ada"), event(2, "update Service s1 by ken"), event(3, "update Service s1 by robot"), event(4, "update Service s2 by eve")}
	for i := range events {
		events[i].ID = string(rune('a' + i))
	}
	r := drift.NewRecord(events, map[string]bool{events[2].ID: true})
	for item, want := range map[drift.Item]string{{Type: "Service", ID: "s1"}: "ken exact", {Type: "Service", ID: "s2"}: "eve exact", {Type: "Service", ID: "s3"}: " unknown", {ID: "s1"}: " unknown"} {
		a := r.Last(drift.Question{Item: item})
		got := " " + string(a.Confidence)
		if len(a.Events) == 1 {
			got = a.Events[0].UserName + got
		}
		if got != want {
			t.Errorf("%+v: %s, want %s", item, got, want)
		}
	}
}
