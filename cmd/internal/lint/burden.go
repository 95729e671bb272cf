package lint

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

// most is the share of the time that somebody may be on call, in percent: half of it, and an hour when the clocks change.
const most = 50.5

// enough is how many weeks say something about a share: in fewer, it depends on whose turn it is.
const enough = 4 * 7 * 24 * time.Hour

// burden are the rules about people who carry too much.
var burden = []Rule{
	{
		ID: "always-on-call", Family: "Burden", Severity: Warning,
		Title: "Somebody is on call more than half of the time",
		Means: "The person is on call for more than half of the hours ahead, over all schedules.",
		Why:   "People who never have an evening off answer late, make mistakes and leave.",
		Fix:   "Add people to the rotations of the schedule.",
		needs: []need{theShifts, fourWeeks},
		check: func(o *Organisation, f *finder) {
			if o.Window.Length() < enough {
				return
			}
			for _, t := range o.turns() {
				share := 100 * oncall.Total(t.all).Hours() / o.Window.Length().Hours()
				if longest := t.longest(o); share > most && longest != nil {
					f.at(longest, "user "+string(t.user), fmt.Sprintf("%s is on call for %.0f %% of the time, over all schedules", o.person(t.user), share))
				}
			}
		},
	},
	{
		ID: "double-booked", Family: "Burden", Severity: Warning,
		Title: "Somebody is on call for two schedules at once",
		Means: "The person is on call for two schedules at the same time.",
		Why:   "If two incidents happen at once, one person has to answer both.",
		Fix:   "Move one of the turns to somebody else.",
		needs: []need{theShifts, allOf("schedule_rotation")},
		check: doubleBooked,
	},
	{
		ID: "rotation-of-one", Family: "Burden", Severity: Warning,
		Title: "A rotation has a single member",
		Means: "The rotation has one member, who has every turn.",
		Why:   "Nobody takes over, neither at night nor during holidays.",
		Fix:   "Add members to the rotation.",
		check: func(o *Organisation, f *finder) {
			for _, r := range o.of("schedule_rotation") {
				if only := onlyMember(r); only != "" && o.since(r, "end_time") <= 0 {
					f.add(r, o.person(only)+" is its only member")
				}
			}
		},
	},
}

// turns are the shifts of one person.
type turns struct {
	user graph.ID
	all  []oncall.Span
	per  map[graph.ID][]oncall.Span // by schedule
}

// turns groups the shifts by people, in the order of their ids. Schedules that were not read, shadows, and people who have
// left are left out.
func (o *Organisation) turns() []*turns {
	people := map[graph.ID]*turns{}
	for schedule, shifts := range o.shiftOf {
		if o.one("schedule", schedule) == nil {
			continue
		}
		for _, s := range shifts {
			if s.User == "" || s.Shadow {
				continue
			}
			t := people[s.User]
			if t == nil {
				t = &turns{user: s.User, per: map[graph.ID][]oncall.Span{}}
				people[s.User] = t
			}
			t.all = append(t.all, s.Span)
			t.per[schedule] = append(t.per[schedule], s.Span)
		}
	}
	var list []*turns
	for _, id := range slices.Sorted(maps.Keys(people)) {
		list = append(list, people[id])
	}
	return list
}

// longest is the schedule with the most time.
func (t *turns) longest(o *Organisation) *rootly.Object {
	var longest graph.ID
	for _, id := range slices.Sorted(maps.Keys(t.per)) {
		if longest == "" || oncall.Total(t.per[id]) > oncall.Total(t.per[longest]) {
			longest = id
		}
	}
	return o.one("schedule", longest)
}

// doubleBooked finds people with two schedules at once. Each pair of schedules is one finding. A schedule that takes its
// people from another one is not a second one.
func doubleBooked(o *Organisation, f *finder) {
	if !o.complete("schedule_rotation") {
		return // the same turn of a schedule in another one would look like two
	}
	inner := o.innerSchedules()
	for _, t := range o.turns() {
		all := slices.Sorted(maps.Keys(t.per))
		schedules := slices.DeleteFunc(slices.Clone(all), func(outer graph.ID) bool { // its turns are those of an inner one
			return slices.ContainsFunc(all, func(id graph.ID) bool { return within(inner, outer, id, 0) })
		})
		for i, a := range schedules {
			for _, b := range schedules[i+1:] {
				if both := oncall.Common(oncall.Merged(t.per[a]), oncall.Merged(t.per[b])); len(both) > 0 {
					f.at(o.one("schedule", a), "user "+string(t.user)+" and "+string(b), fmt.Sprintf("%s is also on call for %s, at once for %s",
						o.person(t.user), quoted(o.one("schedule", b)), hours(both)))
				}
			}
		}
	}
}

// onlyMember is the person who has every turn of a rotation; empty where there are several, or a schedule.
func onlyMember(rotation *rootly.Object) graph.ID {
	var only graph.ID
	for _, m := range rotation.Members {
		id := graph.ID(asText(field(m, "member_id")))
		if asText(field(m, "member_type")) == "Schedule" || only != "" && id != only {
			return ""
		}
		only = id
	}
	return only
}

// innerSchedules are the schedules that are members of rotations of others.
func (o *lookup) innerSchedules() map[graph.ID][]graph.ID {
	inner := map[graph.ID][]graph.ID{}
	for _, r := range o.of("schedule_rotation") {
		for _, m := range r.Members {
			if asText(field(m, "member_type")) == "Schedule" {
				inner[r.Parent] = append(inner[r.Parent], graph.ID(asText(field(m, "member_id"))))
			}
		}
	}
	return inner
}

// within reports whether one schedule is a member of another, or of one of its members.
func within(inner map[graph.ID][]graph.ID, outer, id graph.ID, depth int) bool {
	const deepest = 5
	return depth < deepest && slices.ContainsFunc(inner[outer], func(m graph.ID) bool { return m == id || within(inner, m, id, depth+1) })
}
