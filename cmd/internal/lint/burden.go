package lint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

// most is the share of the time that somebody may be on call, in percent.
const most = 50

// burden are the rules about people who carry too much.
var burden = []Rule{
	{
		ID: "always-on-call", Family: "Burden", Severity: Warning,
		Title: "Somebody is on call more than half of the time",
		Means: "The person is on call for more than half of the hours ahead, over all schedules.",
		Why:   "People who never have an evening off answer late, make mistakes and leave.",
		Fix:   "Add people to the rotations of the schedule.",
		check: func(o *Organisation, f *finder) {
			for _, user := range o.onCall() {
				spans, longest := o.turnsOf(user)
				share := 100 * oncall.Total(spans).Hours() / o.Window.Length().Hours()
				if share > most && longest != nil {
					f.at(longest, "user "+string(user), fmt.Sprintf("%s is on call for %.0f %% of the time, over all schedules", o.person(user), share))
				}
			}
		},
	},
	{
		ID: "double-booked", Family: "Burden", Severity: Warning,
		Title: "Somebody is on call for two schedules at once",
		Means: "The person is on call for two schedules at the same time.",
		Why:   "Two incidents at once have one person to answer both.",
		Fix:   "Move one of the turns to somebody else.",
		check: doubleBooked,
	},
	{
		ID: "rotation-of-one", Family: "Burden", Severity: Warning,
		Title: "A rotation has a single member",
		Means: "The rotation has one member, who has every turn.",
		Why:   "Nobody takes over, in holidays as little as at night.",
		Fix:   "Add members to the rotation.",
		check: func(o *Organisation, f *finder) {
			for _, r := range o.of("schedule_rotation") {
				if r.Members != nil && len(r.Members) == 1 && asText(field(r.Members[0], "member_type")) != "Schedule" {
					f.add(r, o.person(graph.ID(asText(field(r.Members[0], "member_id"))))+" is its only member")
				}
			}
		},
	},
}

// onCall lists the people who have shifts, by id.
func (o *Organisation) onCall() []graph.ID {
	people := map[graph.ID]bool{}
	for _, s := range o.Shifts {
		if s.User != "" && !s.Shadow {
			people[s.User] = true
		}
	}
	return slices.Sorted(maps.Keys(people))
}

// turnsOf are the shifts of a person, and the schedule with the longest of them together.
func (o *Organisation) turnsOf(user graph.ID) (spans []oncall.Span, longest *rootly.Object) {
	per := map[graph.ID][]oncall.Span{}
	for _, s := range o.Shifts {
		if s.User == user && !s.Shadow {
			spans = append(spans, s.Span)
			per[s.Schedule] = append(per[s.Schedule], s.Span)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(per)) {
		obj := o.one("schedule", id)
		if obj != nil && (longest == nil || oncall.Total(per[id]) > oncall.Total(per[longest.ID])) {
			longest = obj
		}
	}
	return spans, longest
}

// doubleBooked finds people with two schedules at once. Each pair of schedules is one finding.
func doubleBooked(o *Organisation, f *finder) {
	per := map[graph.ID]map[graph.ID][]oncall.Span{}
	for _, s := range o.Shifts {
		if s.User == "" || s.Shadow || o.one("schedule", s.Schedule) == nil {
			continue
		}
		if per[s.User] == nil {
			per[s.User] = map[graph.ID][]oncall.Span{}
		}
		per[s.User][s.Schedule] = append(per[s.User][s.Schedule], s.Span)
	}
	for _, user := range slices.Sorted(maps.Keys(per)) {
		schedules := slices.Sorted(maps.Keys(per[user]))
		for i, a := range schedules {
			for _, b := range schedules[i+1:] {
				if both := oncall.Common(oncall.Merged(per[user][a]), oncall.Merged(per[user][b])); len(both) > 0 {
					f.at(o.one("schedule", a), "user "+string(user)+" and "+string(b), fmt.Sprintf("%s is also on call for %q, at once for %s",
						o.person(user), o.one("schedule", b).Title(), hours(both)))
				}
			}
		}
	}
}
