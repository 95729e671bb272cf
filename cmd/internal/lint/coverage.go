package lint

import (
	"cmp"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

// A target is what an escalation level notifies.
type target struct {
	kind    string
	id      graph.ID
	members string // of a team: all, admins, or escalate for its own policy
}

// pages reports whether a target is somebody, as opposed to a channel.
func (t target) pages() bool {
	return slices.Contains([]string{"schedule", "user", "team", "service"}, t.kind)
}

func targets(level *rootly.Object) []target {
	var found []target
	for _, t := range list(level, "notification_target_params") {
		found = append(found, target{kind: cmp.Or(asText(field(t, "type")), "team"), id: graph.ID(asText(field(t, "id"))), members: asText(field(t, "team_members"))})
	}
	return found
}

// pathGaps finds hours in which no level of a path has anybody on call. Hours in which the path is not taken are none, and
// neither are those of quiet paths, which may wait. A path that only posts into channels is not meant to page.
func pathGaps(o *Organisation, f *finder) {
	if o.Shifts == nil || !o.complete("escalation_level") {
		return
	}
	for _, path := range o.of("escalation_path") {
		if deferral(path) || text(path, "notification_type") == "quiet" {
			continue
		}
		gaps, pages := o.Taken(path), false
		for _, l := range o.levels[path.ID] {
			for _, t := range targets(l) {
				pages = pages || t.pages()
				gaps = oncall.Common(gaps, o.silent(l, t))
			}
		}
		if pages && len(gaps) > 0 {
			f.add(path, "nobody is on call at any level for "+hours(gaps))
		}
	}
}

// deferral reports whether a path only puts alerts off.
func deferral(path *rootly.Object) bool { return text(path, "path_type") == "deferral" }

// silent is when a target of a level answers nothing.
func (o *Organisation) silent(level *rootly.Object, t target) []oncall.Span {
	switch t.kind {
	case "schedule":
		if text(level, "paging_strategy_configuration_schedule_strategy") == "everyone" && o.hasMembers(t.id) {
			return nil
		}
		return o.uncovered(t.id)
	case "user":
		if !o.gone(t.id) {
			return nil
		}
	case "team":
		members := "user_ids"
		if t.members == "admins" {
			members = "admin_ids"
		}
		if team := o.one("team", t.id); team == nil || t.members == "escalate" || o.anybody(ids(team, members)) {
			return nil
		}
	case "service":
		return nil // whose policy has a path of its own
	}
	return []oncall.Span{o.Window} // a channel, in which nobody is paged
}

// anybody reports whether one of some users is in the organisation.
func (o *Organisation) anybody(users []graph.ID) bool {
	return slices.ContainsFunc(users, func(id graph.ID) bool { return !o.gone(id) })
}

func (o *lookup) hasMembers(schedule graph.ID) bool {
	return slices.ContainsFunc(o.below[schedule], func(r *rootly.Object) bool { return len(r.Members) > 0 })
}

// uncovered are the hours in which a schedule has nobody on call. A schedule that was not read is taken to be covered.
func (o *Organisation) uncovered(schedule graph.ID) []oncall.Span {
	if o.Shifts == nil || o.one("schedule", schedule) == nil {
		return nil
	}
	return oncall.Uncovered(o.Window, o.shiftOf[schedule])
}

// Taken are the hours in which a path may be taken: those of its time restrictions, and of its rules about working hours.
func (o *Organisation) Taken(path *rootly.Object) []oncall.Span {
	spans := []oncall.Span{o.Window}
	if parts := weekly(list(path, "time_restrictions")); len(parts) > 0 {
		spans = oncall.Common(spans, oncall.EachWeek(o.Window, zoneOf(text(path, "time_restriction_time_zone")), parts))
	}
	rules := list(path, "rules")
	if len(rules) > 1 && text(path, "match_mode") == "match-any-rule" {
		return spans // another rule may lead here at any time
	}
	for _, rule := range rules {
		within, says := field(rule, "within_working_hour").(bool)
		working, known := o.workingHours(path.Parent)
		switch {
		case asText(field(rule, "rule_type")) != "working_hour" || !says || !known:
		case within:
			spans = oncall.Common(spans, working)
		default:
			spans = oncall.Common(spans, oncall.Without(o.Window, working))
		}
	}
	return spans
}

// workingHours are those that a policy defines; false where it defines none.
func (o *Organisation) workingHours(policy graph.ID) ([]oncall.Span, bool) {
	p := o.one("escalation_policy", policy)
	if p == nil {
		return nil, false
	}
	business := value(p, "business_hours")
	days, _ := field(business, "days").([]any)
	if len(days) == 0 {
		return nil, false
	}
	byDay := map[string][]oncall.Hours{}
	for _, day := range days {
		byDay[asText(day)] = []oncall.Hours{{From: oncall.ClockOf(asText(field(business, "start_time"))), To: oncall.ClockOf(asText(field(business, "end_time")))}}
	}
	return oncall.OnDays(o.Window, zoneOf(asText(field(business, "time_zone"))), byDay), true
}

func weekly(list []any) []oncall.Week {
	var parts []oncall.Week
	for _, v := range list {
		parts = append(parts, oncall.Week{
			FromDay: cmp.Or(asText(field(v, "start_day")), "monday"), From: oncall.ClockOf(asText(field(v, "start_time"))),
			ToDay: cmp.Or(asText(field(v, "end_day")), "monday"), To: oncall.ClockOf(asText(field(v, "end_time"))),
		})
	}
	return parts
}

func zoneOf(name string) *time.Location {
	z, _ := oncall.Zone(name)
	return z
}
