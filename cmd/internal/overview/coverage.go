package overview

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

// longest is how long somebody may be on call before the page shows that nobody takes turns.
const longest = 7 * 24 * time.Hour

// addCoverage shows who is on call for each schedule.
func (v *view) addCoverage(p *page.Page) {
	c := &page.Coverage{From: v.org.Window.From, To: v.org.Window.To, Note: "As Rootly computes the shifts."}
	if v.org.Computed {
		c.Note = "Worked out from the rotations, since the key may not read shifts: overrides are not known."
		if v.org.Overrides {
			c.Note = "Worked out from the rotations and overrides, since the key may not read shifts."
		}
	}
	if v.answered {
		c.Note += " Who is on call now is Rootly's own answer."
	}
	bySchedule := map[graph.ID][]oncall.Shift{}
	for _, s := range v.org.Shifts {
		if s.User != "" && !s.Shadow {
			bySchedule[s.Schedule] = append(bySchedule[s.Schedule], s)
		}
	}
	for _, o := range v.org.Live.Objects {
		if o.Type.Short() != "schedule" {
			continue
		}
		shifts := bySchedule[o.ID]
		s := page.Schedule{Key: key(o.Type.Name, o.ID), Name: v.hide(readable(o.Title()))}
		people := map[graph.ID]bool{}
		for _, shift := range shifts {
			people[shift.User] = true
			s.Shifts = append(s.Shifts, page.Shift{Stretch: page.Stretch{From: shift.From, To: shift.To}, Person: v.person(shift.User)})
		}
		s.People = len(people)
		s.Open, s.Lone = stretches(oncall.Uncovered(v.org.Window, shifts)), stretches(lone(shifts))
		c.Schedules = append(c.Schedules, s)
	}
	if len(c.Schedules) > 0 {
		slices.SortFunc(c.Schedules, func(a, b page.Schedule) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
		p.Coverage = c
	}
}

func stretches(spans []oncall.Span) []page.Stretch {
	var list []page.Stretch
	for _, s := range spans {
		list = append(list, page.Stretch{From: s.From, To: s.To})
	}
	return list
}

// lone are the times in which one person is on call, and nobody else, for longer than anybody should be.
func lone(shifts []oncall.Shift) []oncall.Span {
	byUser := map[graph.ID][]oncall.Span{}
	for _, s := range shifts {
		byUser[s.User] = append(byUser[s.User], s.Span)
	}
	var found []oncall.Span
	for user, own := range byUser {
		var others []oncall.Span
		for other, spans := range byUser {
			if other != user {
				others = append(others, spans...)
			}
		}
		for _, span := range oncall.Merged(own) {
			for _, alone := range oncall.Without(span, others) {
				if alone.Length() > longest {
					found = append(found, alone)
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b oncall.Span) int { return a.From.Compare(b.From) })
	return found
}

// addOnCall says for services and schedules who is on call now.
func (v *view) addOnCall(p *page.Page) {
	onCall := map[string]string{} // by schedule
	if p.Coverage != nil {
		for _, s := range p.Coverage.Schedules {
			var names []string
			for _, shift := range s.Shifts {
				if !shift.From.After(v.org.Now) && shift.To.After(v.org.Now) && !slices.Contains(names, shift.Person) {
					names = append(names, shift.Person)
				}
			}
			onCall[s.Key] = strings.Join(names, ", ")
			if len(names) == 0 {
				onCall[s.Key] = "nobody"
			}
		}
	}
	after := map[string][]*page.Object{}
	for _, e := range p.Edges {
		after[e.From] = append(after[e.From], v.objects[e.To])
	}
	for _, o := range p.Objects {
		switch o.Type {
		case "schedule":
			o.OnCall = onCall[o.Key]
		case "service":
			o.OnCall = firstAnswer(o, after, onCall)
		}
	}
}

// firstAnswer is who the first level of the escalation policy of a service pages, on the path that is taken by default.
func firstAnswer(service *page.Object, after map[string][]*page.Object, onCall map[string]string) string {
	var first *page.Object
	byDefault := false
	var look func(o *page.Object, main bool)
	look = func(o *page.Object, main bool) {
		for _, next := range after[o.Key] {
			switch {
			case next.Path != nil:
				look(next, next.Path.Default)
			case next.Level == nil && strings.HasPrefix(next.Type, "escalation_"):
				look(next, true) // levels without a path
			case next.Level != nil && (first == nil || main && !byDefault || main == byDefault && next.Level.Position < first.Level.Position):
				first, byDefault = next, main
			}
		}
	}
	look(service, false)
	if first == nil {
		return "nobody"
	}
	if first.Level.Now != nil {
		return cmp.Or(strings.Join(first.Level.Now, ", "), "nobody")
	}
	var names []string
	for _, t := range first.Level.Targets {
		if on, known := onCall[t.Key]; known && t.Kind == "schedule" {
			names = append(names, on+" ("+t.Name+")")
		} else {
			names = append(names, t.Name)
		}
	}
	return strings.Join(names, ", ")
}
