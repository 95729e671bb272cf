package organisation

import (
	"fmt"
	"strings"
)

// awkwardNames are names that broke somebody's importer, or could.
func awkwardNames() []string {
	return []string{
		"for", "null", "true", "each", "count", "provider", "locals", "lifecycle", "self", "depends_on",
		"3rd Party Gateway", "2026 Migration", "0", "-", "...", "!!!",
		"Zahlungsverkehr für Größe", "zahlungsverkehr fur grosse", "Платежи", "検索サービス", "פיקוד חזית", "خدمة الدفع",
		"🔥🔥🔥", "Café ☕ Orders", "naïve Service", "naïve Service",
		`Say "hello"`, `C:\prod\api`, "it's complicated", "`backticks`", "a/b\\c",
		"cost ${total}", "${var.secret}", "%{ if true }", "$${escaped}", "100%{done}",
		"{{ incident.title }}", " leading space", "trailing space ", "tab\tinside", "UPPER", "upper", "Upper",
		"double  space", "under_score", "under-score", "under score", "\u200bzero width", "a\u0301ccent", "ﬁligature",
		strings.Repeat("very long name ", 17),
	}
}

// awkwardTexts are texts that a generator must bring back byte by byte.
func awkwardTexts() []string {
	return []string{
		"ends with a newline\n", "ends with two\n\n", "\nstarts with a newline", "  leading spaces\n    deeper\n  back\n",
		"windows\r\nline\r\nends\r\n", "old mac\rline", "tab\tand\ttab\n\tindented", "trailing spaces   \nhere  \n",
		"${interpolation} and %{ directive } and $${escaped} and %%{escaped}\n",
		"quote \" backslash \\ slash / and \\n that is no newline",
		"EOT\nEOF\nEND\n", "<<-EOT\n  not a heredoc\nEOT", "# not a comment\n// nor this\n/* nor that */",
		"{% for s in incident.services %}\n- {{ s.name }}\n{% endfor %}\n", "emoji 👩🏽‍🚒 flag 🇨🇭 astral 𝒳\n",
		"مرحبا بالعالم\nשלום עולם\n", "nul-free control \u0001 \u001f and DEL \u007f", "\ufeffbyte order mark", "line \u2028 separator \u2029 too",
		`{"looks": "like JSON", "n": 1.0}`, "[1,  2,   3]", "true", "null", "42", "007", "1e3", " ", "\n",
		"00000000-0000-4000-8000-000000000000", "https://example.com/?a=1&b=<2>",
	}
}

// longText is a runbook of n bytes.
func longText(n int) string {
	const step = "%d. Check the dashboards, then ask in #incidents; \"do not\" restart ${service} before.\n   - {{ incident.title }}: C:\\logs\\app.log\n"
	s := "# Runbook\n\n"
	for len(s) < n {
		s += step
	}
	return s[:n]
}

// troubles are changes of the showcase's objects, by id: what lint looks for and what neither a trap nor chance shows. The
// first object of each type stays as it is, since it has every attribute.
func (b *builder) troubles() map[string][]field {
	changes := map[string][]field{}
	id := func(kind string, n int) string { return b.pools["rootly_"+kind][n].id }
	change := func(kind string, n int, f ...field) { changes[id(kind, n)] = f }
	target := func(kind, id string) encoded {
		return array(object(field{"id", text(id)}, field{"type", text(kind)}, field{"team_members", null}))
	}
	// A path that only pages somebody who has left, and one that pages one person.
	change("escalation_path", 3, field{"notification_type", text("audible")})
	change("escalation_level", 3, field{"escalation_policy_path_id", text(id("escalation_path", 3))}, field{"notification_target_params", target("user", "999")})
	b.trapped[id("escalation_level", 3)] = &trap{name: "level that pages somebody who has left", kind: "rootly_escalation_level", dangling: true}
	change("escalation_path", 4)
	change("escalation_level", 4, field{"escalation_policy_path_id", text(id("escalation_path", 4))}, field{"notification_target_params", target("user", b.pools[person][0].id)})
	// A path that is taken at any time, and pages who has a turn.
	change("escalation_path", 0, field{"default", no})
	change("escalation_path", 1, field{"default", yes}, field{"notification_type", text("audible")}, field{"rules", empty}, field{"time_restriction_time_zone", null}, field{"time_restrictions", empty})
	change("escalation_level", 1, field{"escalation_policy_path_id", text(id("escalation_path", 1))}, field{"notification_target_params", target("schedule", id("schedule", 0))})
	// A schedule that is not covered at weekends. Its only person, see turns, has no other week and another schedule as well.
	change("schedule", 0)
	change("schedule", 1, field{"all_time_coverage", yes})
	change("schedule_rotation", 1, field{"end_time", null})
	change("schedule_rotation", 2, field{"active_all_week", no}, field{"active_days", texts("M", "T", "W", "R", "F")}, field{"end_time", null})
	// Alerts and calls that reach nobody, what nobody is responsible for, and what never happens.
	rule := encoded(`{"name":"Night","position":1,"fallback_rule":false,"destinations":[],"condition_groups":[{"position":1,"conditions":[{"property_field_type":"attribute","property_field_name":"source",
		"property_field_condition_type":"is_one_of","property_field_value":null,"property_field_values":["cron"],"alert_urgency_ids":null,"conditionable_type":null,"conditionable_id":null}]}]}`)
	change("alerts_source", 3, field{"enabled", no})
	change("alert_route", 1, field{"enabled", yes}, field{"alerts_source_ids", texts(id("alerts_source", 3), id("alerts_source", 1))}, field{"rules", array(rule)})
	change("live_call_router", 1, field{"paging_targets", empty}, field{"escalation_policy_trigger_params", null})
	change("service", 7, field{"escalation_policy_id", null}, field{"owner_group_ids", empty}, field{"pagerduty_id", null}, field{"opsgenie_id", null}, field{"opsgenie_team_id", null})
	change("heartbeat", 2, field{"enabled", no})
	change("escalation_policy", 2, field{"group_ids", empty}, field{"service_ids", empty})
	change("team", 5, field{"admin_ids", empty})
	change("form_field", 4, field{"enabled", no})
	change("workflow_form_field_condition", 1, field{"form_field_id", text(id("form_field", 4))})
	change("workflow_incident", 9, field{"enabled", yes}, field{"command", null}, field{"repeat_every_duration", null}, field{"trigger_params.triggers", empty})
	return changes
}

// turns fills the rotations of troubles: one with two people, and one of another schedule with the first of them alone.
func (b *builder) turns() {
	for rotation, people := range []int{0, 2, 1} {
		owner := b.pools["rootly_schedule_rotation"][rotation].id
		for n, p := range b.pools[person][:people] {
			s := slot{"member", fmt.Sprintf("%08d%s", n, owner[8:]), owner} // an id of its own leaves the others as they are
			b.store("schedule_rotation_members", s, fields{{"member_type", text("User")}, {"member_id", text(p.id)}, {"position", number(n + 1)}})
		}
	}
}
