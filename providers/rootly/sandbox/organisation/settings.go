package organisation

import "strings"

func dashboard(b *builder, _ slot) fields {
	return fields{
		{"team_id", number(4711)},
		{"user_id", b.userNumber()},
		{"name", text(b.title(b.product(), b.oneOf("overview", "reliability", "on-call load")))},
		{"description", b.note("Weekly numbers")},
		{"owner", text(b.oneOf("user", "team"))},
		{"public", flag(b.chance(20))},
		{"range", b.some(50, "now-30d", "now-7d")},
		{"period", b.some(50, "week", "month")},
		{"auto_refresh", flag(b.chance(30))},
		{"color", text("#D7F5E1")},
		{"icon", text("📊")},
		{"slug", text("board-" + strings.ToLower(b.external("")))},
	}
}

func dashboardPanel(b *builder, s slot) fields {
	value := b.oneOf("sev1", "resolved", "checkout")
	if id := b.pick("rootly_severity"); id != "" && b.chance(40) {
		value = id
	}
	rule := object(field{"operation", text("and")}, field{"condition", text(b.oneOf("=", "!=", "contains"))}, field{"key", text("severity")}, field{"value", text(value)})
	dataset := object(field{"name", text(b.oneOf("Incidents", "Alerts"))}, field{"collection", text(b.oneOf("incidents", "alerts", "incident_action_items"))},
		field{"filter", array(object(field{"operation", text("and")}, field{"rules", array(rule)}))},
		field{"group_by", text(b.oneOf("severity", "service", "team"))},
		field{"aggregate", object(field{"operation", text("count")}, field{"key", text("results")}, field{"cumulative", no})})
	return fields{
		{"dashboard_id", text(s.parent)},
		{"name", text(b.title(b.oneOf("Incidents", "Alerts", "Pages"), "by", b.oneOf("team", "severity", "service")))},
		{"params", object(field{"display", text(b.oneOf("line_chart", "column_chart", "pie_chart", "table"))}, field{"description", b.some(30, "Per week")},
			field{"table_fields", empty}, field{"legend", object(field{"groups", text("all")})},
			field{"datalabels", object(field{"enabled", flag(b.chance(50))})}, field{"datasets", array(dataset)})},
		{"position", object(field{"x", "0"}, field{"y", number(4 * b.rank(s.kind, s.parent))}, field{"w", "12"}, field{"h", "4"})},
		{"data", empty},
	}
}

func authorization(b *builder, _ slot) fields {
	return fields{
		{"authorizable_id", b.ref("rootly_dashboard")},
		{"authorizable_type", text("Dashboard")},
		{"grantee_id", b.ref(person)},
		{"grantee_type", text("User")},
		{"permissions", texts(b.someOf(2, "read", "update", "authorize", "destroy")...)},
	}
}

func apiKey(b *builder, _ slot) fields {
	return fields{
		{"name", text(b.title(b.product(), "key"))},
		{"description", b.note("Automation")},
		{"kind", text(b.oneOf("personal", "team", "organization"))},
		{"role_id", b.ref("rootly_role")},
		{"on_call_role_id", b.ref("rootly_on_call_role")},
		{"expires_at", stamp(b.past().AddDate(4, 0, 0))},
		{"last_used_at", stamp(b.past())},
		{"grace_period_ends_at", null},
	}
}

func secret(b *builder, _ slot) fields {
	return fields{
		{"name", text(strings.ToUpper(b.product()) + "_TOKEN_" + b.external(""))},
		{"secret", text("[REDACTED]")},
		{"hashicorp_vault_mount", text("secret")},
		{"hashicorp_vault_path", b.some(30, "rootly/production")},
		{"hashicorp_vault_version", number(b.upTo(2))},
	}
}

func webhooksEndpoint(b *builder, _ slot) fields {
	name := b.title(b.product(), "hook")
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"url", text("https://hooks.example.com/" + strings.ToLower(b.external("")))},
		{"event_types", texts(b.someOf(1+b.upTo(3), "incident.created", "incident.updated", "alert.created", "shift.started", "audit_log.created")...)},
		{"secret", text(b.token(40))},
		{"enabled", flag(!b.chance(10))},
		{"custom_headers", empty},
	}
}

func edgeConnector(b *builder, _ slot) fields {
	return fields{
		{"name", text(b.title(b.product(), "connector"))},
		{"description", b.note("Runs beside the workload")},
		{"status", text(b.oneOf("active", "paused"))},
		{"subscriptions", texts("incident.created", "alert.created")},
		{"last_poll_at", stamp(b.past())},
		{"online", flag(b.chance(50))},
		{"deliveries_count", number(b.upTo(500))},
		{"deliveries_queued_count", number(b.upTo(3))},
		{"deliveries_running_count", number(0)},
		{"deliveries_completed_count", number(b.upTo(400))},
		{"deliveries_failed_count", number(b.upTo(9))},
	}
}

func edgeConnectorAction(b *builder, s slot) fields {
	name := b.title(b.oneOf("Restart", "Drain", "Scale", "Collect logs of"), b.product())
	parameter := object(field{"name", text("region")}, field{"type", text("string")}, field{"required", yes},
		field{"description", text("Where")}, field{"default", text("eu-west-1")}, field{"options", texts("eu-west-1", "us-east-1")})
	return fields{
		{"edge_connector_id", text(s.parent)},
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"action_type", text(b.oneOf("script", "http"))},
		{"icon", text(b.oneOf("bolt", "cog", "play", "server"))},
		{"description", b.note(name)},
		{"timeout", number(30 * (1 + b.upTo(4)))},
		{"parameters", array(parameter)},
		{"last_executed_at", null},
	}
}

func incidentSubStatus(b *builder, s slot) fields {
	return fields{
		{"incident_id", text(s.parent)},
		{"sub_status_id", b.ref("rootly_sub_status")},
		{"assigned_at", stamp(b.past())},
		{"assigned_by_user_id", b.userNumber()},
	}
}

// incidents adds a few incidents, which are no resources but own sub-statuses.
func (b *builder) incidents(n int) {
	for i := range n {
		id := b.uuid()
		began := b.past()
		name := b.product() + " is slow"
		s := slot{"incident", id, ""}
		b.register(s)
		b.store("incidents", s, fields{{"id", text(id)}, {"sequential_id", number(i + 1)}, {"title", text(name)}, {"kind", text("normal")},
			{"slug", b.slug(name)}, {"summary", b.note(name)}, {"private", no}, {"source", text("web")}, {"status", text("resolved")},
			{"url", text("https://rootly.com/account/incidents/" + id)}, {"short_url", text("https://root.ly/" + strings.ToLower(b.external("")[:6]))},
			{"created_at", stamp(began)}, {"updated_at", stamp(began.Add(b.span()))}})
	}
}

// token makes a value that has the shape of a credential. None is written down anywhere.
func (b *builder) token(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[b.rng.IntN(len(letters))]
	}
	return string(out)
}
