package lint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// Read reads an organisation, by GET requests only: what an import reads, the users, and the shifts of some weeks.
func Read(ctx context.Context, c rootly.Client, types []*catalogue.Type, window oncall.Span) (*Organisation, error) {
	live, err := rootly.Fetch(ctx, c, rootly.FetchOptions{Types: types})
	if err != nil {
		return nil, err
	}
	o := &Organisation{Live: live, Window: window, Now: window.From}
	o.Users, err = rootly.FetchUsers(ctx, c)
	if err != nil && !refused(err) {
		return nil, err
	}
	o.Shifts, err = oncall.Fetch(ctx, c, window)
	switch {
	case refused(err):
		o.Shifts, o.Computed = oncall.Compute(window, rotations(live), overrides(live)), true
	case err != nil:
		return nil, err
	case o.Shifts == nil:
		o.Shifts = []oncall.Shift{} // nobody, which is something else than not known
	}
	return o, o.link()
}

// refused reports whether the key may not read something, or the organisation does not have it.
func refused(err error) bool {
	return errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound)
}

// link finds out what Terraform makes of the objects, and which ids lead nowhere.
func (o *Organisation) link() error {
	provider, err := schema.Snapshot()
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	decoded, err := rootly.Decode(o.Live, rootly.DecodeOptions{Schema: provider})
	if err != nil {
		return err
	}
	for _, r := range decoded.Resources {
		r.Address = graph.Address{Type: r.Address.Type, Name: string(r.ID)} // so that what is found can be told by its id
	}
	o.Rejected, o.Losses = decoded.Rejected, decoded.Losses
	o.Unresolved = graph.Link(decoded.Resources, graph.LinkOptions{Rules: rules, Users: o.Users}).Unresolved
	o.Unresolved = slices.DeleteFunc(o.Unresolved, func(u graph.Unresolved) bool { // what exists, and Terraform cannot have
		return slices.ContainsFunc(u.Types, func(t string) bool {
			return slices.ContainsFunc(o.Live.Objects, func(obj *rootly.Object) bool { return obj.Type.Name == t && obj.ID == u.ID })
		})
	})
	o.index()
	return nil
}

func rules(resourceType string) []graph.Rule {
	if t := catalogue.Lookup(resourceType); t != nil {
		return t.Refs
	}
	return nil
}

// rotations are those of the live schedules, as far as their settings can be understood.
func rotations(live *rootly.Live) []oncall.Rotation {
	days := map[graph.ID]map[string][]oncall.Hours{}
	for _, obj := range live.Objects {
		if obj.Type.Short() == "schedule_rotation_active_day" {
			id := graph.ID(text(obj, "schedule_rotation_id"))
			if days[id] == nil {
				days[id] = map[string][]oncall.Hours{}
			}
			days[id][text(obj, "day_name")] = hoursOf(list(obj, "active_time_attributes"))
		}
	}
	var all []oncall.Rotation
	for _, obj := range live.Objects {
		if obj.Type.Short() == "schedule_rotation" {
			all = append(all, rotation(obj, days[obj.ID]))
		}
	}
	return all
}

func rotation(obj *rootly.Object, custom map[string][]oncall.Hours) oncall.Rotation {
	const settings = "schedule_rotationable_attributes"
	r := oncall.Rotation{
		ID: obj.ID, Schedule: graph.ID(text(obj, "schedule_id")), Kind: oncall.Kind(text(obj, "schedule_rotationable_type")),
		Zone: zoneOf(obj), HandoffDay: text(obj, settings, "handoff_day"), Unit: text(obj, settings, "shift_length_unit"),
	}
	r.Starts, _ = time.Parse(time.RFC3339, text(obj, "start_time"))
	r.Ends, _ = time.Parse(time.RFC3339, text(obj, "end_time"))
	r.Handoff = clock(text(obj, settings, "handoff_time"))
	_, _ = fmt.Sscan(text(obj, settings, "shift_length"), &r.Length)
	for _, m := range obj.Members {
		id := graph.ID(asText(field(m, "member_id")))
		if asText(field(m, "member_type")) == "Schedule" {
			r.Members = append(r.Members, oncall.Member{Schedule: id})
		} else {
			r.Members = append(r.Members, oncall.Member{User: id})
		}
	}
	r.Active = active(obj, custom)
	return r
}

// active are the hours of a rotation by weekday; nil for all of them.
func active(obj *rootly.Object, custom map[string][]oncall.Hours) map[string][]oncall.Hours {
	kind := text(obj, "active_time_type")
	if kind == "custom" && custom != nil {
		return custom
	}
	allWeek, says := value(obj, "active_all_week").(bool)
	if (allWeek || !says) && kind != "same_time" {
		return nil
	}
	hours := []oncall.Hours{oncall.WholeDay}
	if kind == "same_time" {
		hours = hoursOf(list(obj, "active_time_attributes"))
	}
	byDay := map[string][]oncall.Hours{}
	for _, day := range []string{"S", "M", "T", "W", "R", "F", "U"} {
		if allWeek || !says || slices.ContainsFunc(list(obj, "active_days"), func(v any) bool { return asText(v) == day }) {
			byDay[day] = hours
		}
	}
	return byDay
}

func hoursOf(list []any) []oncall.Hours {
	var all []oncall.Hours
	for _, v := range list {
		all = append(all, oncall.Hours{From: clock(asText(field(v, "start_time"))), To: clock(asText(field(v, "end_time")))})
	}
	return all
}

// clock reads a time of day such as 09:30 or 2000-01-01T09:30:00.000Z; midnight where it cannot be read.
func clock(word string) oncall.Clock {
	for _, layout := range []string{"15:04", "15:04:05", time.RFC3339} {
		if t, err := time.Parse(layout, word); err == nil {
			return oncall.Clock(t.Hour()*60 + t.Minute())
		}
	}
	return 0
}

// overrides are the shifts that take the place of rotations.
func overrides(live *rootly.Live) []oncall.Shift {
	var all []oncall.Shift
	for _, obj := range live.Objects {
		if obj.Type.Short() != "override_shift" {
			continue
		}
		s := oncall.Shift{Schedule: graph.ID(text(obj, "schedule_id")), User: graph.ID(text(obj, "user_id")), Override: true}
		var errFrom, errTo error
		s.From, errFrom = time.Parse(time.RFC3339, text(obj, "starts_at"))
		s.To, errTo = time.Parse(time.RFC3339, text(obj, "ends_at"))
		if errFrom == nil && errTo == nil {
			all = append(all, s)
		}
	}
	return all
}

func zoneOf(obj *rootly.Object) *time.Location {
	z, _ := oncall.Zone(text(obj, "time_zone"))
	return z
}
