package oncall

import (
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// deepest is how far schedules that are members of rotations are followed.
const deepest = 5

// Compute returns the shifts that rotations and overrides make within a span, in order. An override takes the place of
// whoever is on call for its schedule meanwhile.
func Compute(within Span, rotations []Rotation, overrides []Shift) []Shift {
	c := &computing{rotations: map[graph.ID][]Rotation{}, overrides: map[graph.ID][]Shift{}}
	var schedules []graph.ID
	note := func(id graph.ID) {
		if !slices.Contains(schedules, id) {
			schedules = append(schedules, id)
		}
	}
	for _, r := range rotations {
		note(r.Schedule)
		c.rotations[r.Schedule] = append(c.rotations[r.Schedule], r)
	}
	for _, o := range overrides {
		note(o.Schedule)
		c.overrides[o.Schedule] = append(c.overrides[o.Schedule], o)
	}
	var all []Shift
	for _, id := range schedules {
		all = append(all, c.schedule(id, within, 0)...)
	}
	slices.SortStableFunc(all, func(a, b Shift) int { return a.From.Compare(b.From) })
	return all
}

type computing struct {
	rotations map[graph.ID][]Rotation
	overrides map[graph.ID][]Shift
}

// schedule returns the shifts of one schedule.
func (c *computing) schedule(id graph.ID, within Span, depth int) []Shift {
	if depth > deepest {
		return nil
	}
	var shifts []Shift
	var taken []Span
	for _, o := range c.overrides[id] {
		s := Span{later(o.From, within.From), earlier(o.To, within.To)}
		if !s.From.Before(s.To) {
			continue
		}
		if !o.Shadow {
			taken = append(taken, s)
		}
		o.Span = s
		shifts = append(shifts, o)
	}
	for _, r := range c.rotations[id] {
		for _, t := range r.turns(within) {
			for _, active := range Common([]Span{t.Span}, r.active(t.Span)) {
				for _, rest := range Without(active, taken) {
					shifts = append(shifts, c.shifts(r, t.member, rest, depth)...)
				}
			}
		}
	}
	return shifts
}

// shifts are those of a member: one, or those of the schedule that it is.
func (c *computing) shifts(r Rotation, m Member, within Span, depth int) []Shift {
	if m.Schedule == "" {
		return []Shift{{Span: within, Schedule: r.Schedule, Rotation: r.ID, User: m.User}}
	}
	inner := c.schedule(m.Schedule, within, depth+1)
	for i := range inner {
		inner[i].Schedule, inner[i].Rotation, inner[i].Override = r.Schedule, r.ID, false
	}
	return inner
}
