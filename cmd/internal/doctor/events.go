package doctor

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

const auditsPath = "/v1/audits"

func eventRows() []assumption {
	return []assumption{
		{"audit-log", "the key may read the audit log", "Commands that need it end with a hint; drift names no authors.", auditReadable},
		{"audit-fields", "an event has event, item_type, item_id, created_at, object_changes and user_id", "", eventFields},
		{"audit-actions", "an event creates, updates or destroys", "Other words are kept as they are.", eventActions},
		{"audit-changes", "object_changes has a list of two values, before and after, for each field", "", eventChanges},
		{"audit-item-types", "the item types of events are known", "Events of other item types are kept, and are nobody's change of a resource.", eventKinds},
		{"audit-times", "times of events are in UTC", "Times are compared as moments.", eventTimes},
		{"audit-order", "events can be sorted by time in both directions", "", eventOrder},
		{"audit-span", "events can be filtered by time", "", eventSpan},
		{"audit-filter", "events can be filtered by item type", "", eventFilter},
		{"audit-unrecorded", "there are no events of rotations, shifts, levels and tasks", "Changes of their objects would have authors, which are not looked for.", eventsUnrecorded},
	}
}

const noEvents = "the audit log cannot be read, or is empty"

func auditReadable(ctx context.Context, a *account) (verdict, error) {
	_, err := a.list(ctx, auditsPath, "page[size]", "1")
	if refused(err) {
		return no("the audit log is refused, as without the permission to read it")
	}
	return verdict{status: holds}, err
}

// eachEvent counts what is wrong with the newest events, by a word that a check returns for each.
func (a *account) eachEvent(wrong func(item) []string) (verdict, error) {
	if len(a.events) == 0 {
		return unknown(noEvents)
	}
	counts := map[string]int{}
	for _, e := range a.events {
		for _, word := range wrong(e) {
			counts[word]++
		}
	}
	if len(counts) > 0 {
		return no(counted(counts))
	}
	return yes()
}

func eventFields(_ context.Context, a *account) (verdict, error) {
	return a.eachEvent(func(e item) (missing []string) {
		for _, name := range []string{"event", "item_type", "item_id", "created_at", "object_changes", "user_id"} {
			if _, has := e.Attributes[name]; !has {
				missing = append(missing, "without "+name)
			}
		}
		return missing
	})
}

func eventActions(_ context.Context, a *account) (verdict, error) {
	return a.eachEvent(func(e item) []string {
		if !slices.Contains([]string{"create", "update", "destroy"}, e.text("event")) {
			return []string{"with another word"}
		}
		return nil
	})
}

func eventChanges(_ context.Context, a *account) (verdict, error) {
	return a.eachEvent(func(e item) []string {
		raw, has := e.Attributes["object_changes"]
		if !has || string(raw) == "null" {
			return nil
		}
		var changes map[string][]json.RawMessage
		if json.Unmarshal(raw, &changes) != nil {
			return []string{"in another form"}
		}
		for _, sides := range changes {
			if len(sides) != 2 {
				return []string{"without two values"}
			}
		}
		return nil
	})
}

func eventKinds(_ context.Context, a *account) (verdict, error) {
	names := map[string]string{}
	for _, t := range catalogue.Types() {
		names[t.Name] = t.Audit
	}
	kinds := audit.NewKinds(names)
	return a.eachEvent(func(e item) []string {
		if name := e.text("item_type"); !kinds.Known(name) && word(name) {
			return []string{name}
		}
		return nil
	})
}

// word reports whether a text is the name of a class, which reveals nothing about an organisation.
func word(name string) bool {
	for _, c := range name {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != ':' {
			return false
		}
	}
	return len(name) < 60
}

func (e item) at() time.Time {
	t, _ := time.Parse(time.RFC3339, e.text("created_at")) // zero is in no order and in no span
	return t
}

func eventTimes(_ context.Context, a *account) (verdict, error) {
	return a.eachEvent(func(e item) []string {
		switch said := e.text("created_at"); {
		case e.at().IsZero():
			return []string{"in another form"}
		case !strings.HasSuffix(said, "Z"):
			return []string{"with another offset"}
		}
		return nil
	})
}

func eventOrder(ctx context.Context, a *account) (verdict, error) {
	if len(a.events) < 2 {
		return unknown(noEvents)
	}
	d, err := a.list(ctx, auditsPath, "page[size]", "100", "sort", "created_at")
	if err != nil {
		return verdict{}, err
	}
	slices.Reverse(d.Data)
	for _, order := range [][]item{a.events, d.Data} {
		if !slices.IsSortedFunc(order, func(x, y item) int { return y.at().Compare(x.at()) }) {
			return no("sort=created_at or sort=-created_at has no effect")
		}
	}
	return yes()
}

func eventSpan(ctx context.Context, a *account) (verdict, error) {
	if len(a.events) < 2 {
		return unknown(noEvents)
	}
	middle := a.events[len(a.events)/2].at()
	said := middle.UTC().Format(time.RFC3339Nano)
	after, err := a.list(ctx, auditsPath, "filter[created_at][gte]", said, "page[size]", "100")
	if err != nil {
		return verdict{}, err
	}
	before, err := a.list(ctx, auditsPath, "filter[created_at][lt]", said, "page[size]", "100")
	if err != nil {
		return verdict{}, err
	}
	outside := func(e item) bool { return e.at().Before(middle) }
	inside := func(e item) bool { return !e.at().Before(middle) }
	if slices.ContainsFunc(after.Data, outside) || slices.ContainsFunc(before.Data, inside) || len(after.Data) == 0 {
		return no("filter[created_at] has no effect, or another one")
	}
	return yes()
}

func eventFilter(ctx context.Context, a *account) (verdict, error) {
	if len(a.events) == 0 {
		return unknown(noEvents)
	}
	kind := a.events[0].text("item_type")
	d, err := a.list(ctx, auditsPath, "filter[item_type]", kind, "page[size]", "100")
	if err != nil {
		return verdict{}, err
	}
	if len(d.Data) == 0 || slices.ContainsFunc(d.Data, func(e item) bool { return e.text("item_type") != kind }) {
		return no("filter[item_type] has no effect, or another one")
	}
	return yes()
}

func eventsUnrecorded(ctx context.Context, a *account) (verdict, error) {
	if len(a.events) == 0 {
		return unknown(noEvents)
	}
	counts := map[string]int{}
	for _, kind := range []string{"ScheduleRotation", "ScheduleRotationUser", "OverrideShift", "EscalationLevel", "WorkflowTask"} {
		d, err := a.list(ctx, auditsPath, "filter[item_type]", kind, "page[size]", "1")
		if err != nil {
			return verdict{}, err
		}
		if len(d.Data) > 0 && d.Data[0].text("item_type") == kind {
			counts[kind]++
		}
	}
	if len(counts) > 0 {
		return no("events of: " + counted(counts))
	}
	return yes()
}
