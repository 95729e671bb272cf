package lint

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

// answering are the rules about pages that nobody answers.
var answering = []Rule{
	{
		ID: "path-gap", Family: "Nobody answers", Severity: Error,
		Title: "An escalation path has hours in which nobody is on call",
		Means: "At some time in the weeks ahead, nobody is on call at any level of the path.",
		Why:   "A page at that hour goes through all levels and reaches nobody.",
		Fix:   "Cover the hours in one of the schedules, or add a level with a person or another schedule.",
		needs: []need{theShifts, allOf("escalation_level")},
		check: pathGaps,
	},
	{
		ID: "schedule-gap", Family: "Nobody answers", Severity: Warning,
		Title: "A schedule that should cover all hours has gaps",
		Means: "The schedule should cover all hours, but has some in which nobody is on call.",
		Why:   "Whoever relies on the schedule does not expect the gap.",
		Fix:   "Add a rotation for the hours, or switch off \"24/7 coverage\" of the schedule.",
		needs: []need{theShifts},
		check: func(o *Organisation, f *finder) {
			for _, s := range o.of("schedule") {
				gaps := o.uncovered(s.ID)
				if flag(s, "all_time_coverage") && len(gaps) > 0 && len(o.shiftOf[s.ID]) > 0 {
					f.add(s, "nobody is on call for "+hours(gaps))
				}
			}
		},
	},
	{
		ID: "schedule-empty", Family: "Nobody answers", Severity: Warning,
		Title: "A schedule has nobody on call at all",
		Means: "In all the weeks ahead, the schedule has nobody on call.",
		Why:   "A level that pages this schedule pages nobody.",
		Fix:   "Add members to its rotations, or delete the schedule.",
		needs: []need{theShifts},
		check: func(o *Organisation, f *finder) {
			for _, s := range o.of("schedule") {
				if oncall.Total(o.uncovered(s.ID)) >= o.Window.Length() {
					f.add(s, "nobody is on call in the "+o.weeks())
				}
			}
		},
	},
	{
		ID: "policy-without-levels", Family: "Nobody answers", Severity: Error,
		Title: "An escalation policy or one of its paths has no levels",
		Means: "No path of the policy has a level, or one of them has none.",
		Why:   "A page on that path reaches nobody.",
		Fix:   "Add a level with a schedule or a person.",
		needs: []need{allOf("escalation_level")},
		check: withoutLevels,
	},
	{
		ID: "level-without-targets", Family: "Nobody answers", Severity: Error,
		Title: "An escalation level notifies nobody",
		Means: "The level has no targets.",
		Why:   "The page waits for the delay of the level, and nobody is notified.",
		Fix:   "Add a target, or delete the level.",
		amend: (*amending).dropBlock,
		check: func(o *Organisation, f *finder) {
			for _, l := range o.of("escalation_level") {
				if says(l, "notification_target_params") && len(list(l, "notification_target_params")) == 0 {
					f.at(l, "notification_target_params", "has no targets")
				}
			}
		},
	},
	{
		ID: "level-with-departed", Family: "Nobody answers", Severity: Error,
		Title: "An escalation level pages somebody who has left",
		Means: "A target of the level is a user who is not in the organisation.",
		Why:   "The page reaches nobody, and waits for the delay of the level.",
		Fix:   "Replace the target by somebody else, or by a schedule.",
		needs: []need{theUsers},
		amend: (*amending).dropReference,
		check: func(o *Organisation, f *finder) {
			for _, l := range o.of("escalation_level") {
				for _, t := range targets(l) {
					if t.kind == "user" && o.gone(t.id) {
						f.stale(l, "notification_target_params", t.id, "pages user "+string(t.id)+", who is not in the organisation")
					}
				}
			}
		},
	},
	{
		ID: "path-single-person", Family: "Nobody answers", Severity: Info,
		Title: "An escalation path ends with a single person",
		Means: "The last level of the path pages one person and nobody else.",
		Why:   "If that person sleeps through the page, nobody else is asked.",
		Fix:   "Let the last level page a team or a schedule.",
		needs: []need{allOf("escalation_level")},
		check: singlePerson,
	},
	{
		ID: "service-without-policy", Family: "Nobody answers", Severity: Warning,
		Title: "A service has no escalation policy",
		Means: "The service names no escalation policy, and neither it nor a team that owns it is on a policy.",
		Why:   "An alert for the service pages nobody.",
		Fix:   "Set the escalation policy of the service, or of a team that owns it.",
		needs: []need{allOf("escalation_policy")},
		check: servicesWithoutPolicy,
	},
	{
		ID: "route-without-destination", Family: "Nobody answers", Severity: Warning,
		Title: "A rule of an alert route leads nowhere",
		Means: "A rule of the alert route has no destination.",
		Why:   "Alerts that match the rule page nobody.",
		Fix:   "Add a destination to the rule, or delete the rule.",
		check: leadsNowhere,
	},
	{
		ID: "source-without-route", Family: "Nobody answers", Severity: Warning,
		Title: "Alerts of a source are not routed",
		Means: "No alert route takes alerts of the source.",
		Why:   "Its alerts are recorded, and page nobody.",
		Fix:   "Add the source to an alert route, or delete it.",
		needs: []need{allOf("alert_route")},
		check: unrouted,
	},
	{
		ID: "router-without-target", Family: "Nobody answers", Severity: Error,
		Title: "A call router leads to nobody",
		Means: "The live call router has no policy, service or team to page.",
		Why:   "Somebody who calls its number reaches nobody.",
		Fix:   "Give the router a target, or delete it.",
		check: func(o *Organisation, f *finder) {
			for _, r := range o.of("live_call_router") {
				if !off(r) && len(list(r, "paging_targets")) == 0 && text(r, "escalation_policy_trigger_params", "id") == "" {
					f.add(r, "has nobody to page")
				}
			}
		},
	},
	{
		ID: "heartbeat-off", Family: "Nobody answers", Severity: Info,
		Title: "A heartbeat is switched off",
		Means: "The heartbeat is disabled.",
		Why:   "If the job that it watches stops, nobody is notified.",
		Fix:   "Switch it on, or delete it.",
		check: switchedOff("heartbeat"), amend: (*amending).switchOn,
	},
	{
		ID: "source-off", Family: "Nobody answers", Severity: Info,
		Title: "An alert source is switched off",
		Means: "The alert source is disabled.",
		Why:   "Alerts that are sent to it are dropped.",
		Fix:   "Switch it on, or delete it.",
		check: switchedOff("alerts_source"), amend: (*amending).switchOn,
	},
}

func switchedOff(short string) func(o *Organisation, f *finder) {
	return func(o *Organisation, f *finder) {
		for _, obj := range o.of(short) {
			if off(obj) {
				f.at(obj, "enabled", "is switched off")
			}
		}
	}
}

func (o *Organisation) weeks() string {
	n := int(o.Window.Length().Hours()/24/7 + 0.5)
	if n == 1 {
		return "week ahead"
	}
	return fmt.Sprintf("%d weeks ahead", n)
}

// hours says how long spans are, and when the first of them is.
func hours(spans []oncall.Span) string {
	sum := oncall.Total(spans).Round(time.Minute)
	length := fmt.Sprintf("%d hours", int(sum.Hours()))
	if sum < 2*time.Hour {
		length = strings.TrimSuffix(sum.String(), "0s")
	}
	first := spans[0]
	const layout = "Mon 2006-01-02 15:04"
	return length + ", first from " + first.From.UTC().Format(layout) + " to " + first.To.UTC().Format(layout) + " UTC"
}

func singlePerson(o *Organisation, f *finder) {
	if !o.complete("escalation_level") {
		return // the last of those that are known may not be the last
	}
	for _, path := range o.of("escalation_path") {
		var last *rootly.Object
		for _, l := range o.levels[path.ID] {
			if last == nil || position(l) > position(last) {
				last = l
			}
		}
		if last == nil || deferral(path) {
			continue
		}
		if all := targets(last); len(all) == 1 && all[0].kind == "user" && !o.gone(all[0].id) {
			f.add(path, "its last level pages "+o.person(all[0].id)+" and nobody else")
		}
	}
}

func position(obj *rootly.Object) int {
	var n int
	_, _ = fmt.Sscan(text(obj, "position"), &n)
	return n
}

// onPolicy are the services and teams that policies name.
func (o *lookup) onPolicy() map[graph.ID]bool {
	named := map[graph.ID]bool{}
	for _, p := range o.of("escalation_policy") {
		for _, id := range append(ids(p, "service_ids"), ids(p, "group_ids")...) {
			named[id] = true
		}
	}
	return named
}

// pagers are attributes with which a service is paged by another system.
var pagers = []string{"pagerduty_id", "opsgenie_id", "opsgenie_team_id", "victor_ops_id", "pagertree_id"}

func servicesWithoutPolicy(o *Organisation, f *finder) {
	if !o.complete("escalation_policy") || len(o.of("escalation_policy")) == 0 {
		return // an organisation that pages by other means
	}
	named := o.onPolicy()
	for _, s := range o.of("service") {
		paged := named[s.ID] || text(s, "escalation_policy_id") != "" ||
			slices.ContainsFunc(ids(s, "owner_group_ids"), func(id graph.ID) bool { return named[id] }) ||
			slices.ContainsFunc(pagers, func(name string) bool { return text(s, name) != "" })
		if !paged {
			f.at(s, "escalation_policy_id", "has no escalation policy")
		}
	}
}

// withoutLevels finds policies without levels, and paths of others that have none.
func withoutLevels(o *Organisation, f *finder) {
	if !o.complete("escalation_level") {
		return
	}
	empty := map[graph.ID]bool{}
	for _, p := range o.of("escalation_policy") {
		if len(o.children(p, "escalation_level")) == 0 {
			empty[p.ID] = true
			f.add(p, "has no levels")
		}
	}
	for _, path := range o.of("escalation_path") {
		if len(o.levels[path.ID]) == 0 && !empty[path.Parent] && !deferral(path) {
			f.add(path, "has no levels")
		}
	}
}

// unrouted finds alert sources that no alert route and no routing rule takes alerts of.
func unrouted(o *Organisation, f *finder) {
	routes := o.of("alert_route")
	if !o.complete("alert_route") || len(routes) == 0 {
		return // an organisation that does not route alerts
	}
	taken := map[graph.ID]bool{}
	for _, r := range routes {
		for _, id := range ids(r, "alerts_source_ids") {
			taken[id] = taken[id] || !off(r)
		}
	}
	for _, r := range o.of("alert_routing_rule") {
		taken[graph.ID(text(r, "alerts_source_id"))] = true
	}
	for _, s := range o.of("alerts_source") {
		if !taken[s.ID] && !off(s) {
			f.add(s, "no alert route takes its alerts")
		}
	}
}

// leadsNowhere finds rules of alert routes without a destination. What no rule matches may be dropped on purpose.
func leadsNowhere(o *Organisation, f *finder) {
	for _, r := range o.of("alert_route") {
		for i, rule := range list(r, "rules") {
			destinations, says := field(rule, "destinations").([]any)
			fallback, _ := field(rule, "fallback_rule").(bool)
			if says && len(destinations) == 0 && !fallback && !off(r) {
				f.at(r, fmt.Sprintf("rules[%d].destinations", i), fmt.Sprintf("rule %q has no destination", asText(field(rule, "name"))))
			}
		}
	}
}
