package organisation

import "strings"

// managers are the ways in which Rootly says that an object came to be.
func (b *builder) managedBy() encoded {
	return text(b.oneOf("web", "web", "api", "terraform", "backstage"))
}

func team(b *builder, s slot) fields {
	name := b.title(b.product(), b.oneOf(disciplines()...))
	members := b.picks(person, b.atLeast(b.upTo(8)))
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"managed_by", b.managedBy()},
		{"description", b.note(name)},
		{"notify_emails", b.addresses(2)},
		{"color", b.colour()},
		{"position", number(b.rank(s.kind, ""))},
		{"backstage_id", b.some(20, "default/group-checkout", "default/group-payments")},
		{"external_id", b.some(20, b.external("ext-"))},
		{"pagerduty_id", b.some(30, b.external("P"))},
		{"pagerduty_service_id", b.some(10, b.external("PS"))},
		{"opsgenie_id", b.some(15, b.uuid())},
		{"victor_ops_id", b.some(5, b.external("team-"))},
		{"pagertree_id", b.some(2, b.external("pt-"))},
		{"cortex_id", b.some(2, b.external("en"))},
		{"service_now_ci_sys_id", b.some(5, "0f1e2d3c4b5a69788796a5b4c3d2e1f0")},
		{"user_ids", numbers(members)},
		{"admin_ids", numbers(members[:min(len(members), b.atLeast(b.upTo(2)))])},
		{"alerts_email_enabled", flag(b.chance(20))},
		{"alerts_email_address", text("group-" + strings.ToLower(b.external("")) + "@email.rootly.com")},
		{"alert_urgency_id", b.maybeRef("rootly_alert_urgency", 40)},
		{"slack_channels", b.channels(2)},
		{"slack_aliases", b.channels(1)},
		{"alert_broadcast_enabled", flag(b.chance(20))},
		{"alert_broadcast_channel", b.maybeChannel()},
		{"incident_broadcast_enabled", flag(b.chance(20))},
		{"incident_broadcast_channel", b.maybeChannel()},
		{"auto_add_members_when_attached", flag(b.chance(70))},
		{"auto_add_members_scope", text(b.oneOf("all", "public_only", "off"))},
		{"properties", b.properties("team")},
	}
}

func (b *builder) maybeChannel() encoded {
	if !b.whole && b.chance(75) {
		return null
	}
	return b.channel()
}

func service(b *builder, s slot) fields {
	words := []string{b.product(), b.oneOf(parts()...)}
	if b.chance(20) {
		words = append(words, b.oneOf("EU", "US", "v2", "legacy"))
	}
	name := b.title(words...)
	repository := "acme/" + strings.ToLower(words[0])
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"managed_by", b.managedBy()},
		{"description", b.note(name)},
		{"public_description", b.some(20, "The part that customers see.", "")},
		{"notify_emails", b.addresses(2)},
		{"color", b.colour()},
		{"position", number(b.rank(s.kind, ""))},
		{"backstage_id", b.some(25, "default/component/"+strings.ToLower(words[0]))},
		{"external_id", b.some(20, b.external("svc-"))},
		{"pagerduty_id", b.some(30, b.external("P"))},
		{"opsgenie_id", b.some(10, b.uuid())},
		{"cortex_id", b.some(5, b.external("en"))},
		{"service_now_ci_sys_id", b.some(5, "5f1e2d3c4b5a69788796a5b4c3d2e1f5")},
		{"github_repository_name", b.some(50, repository)},
		{"github_repository_branch", b.some(40, "main", "master")},
		{"gitlab_repository_name", b.some(10, repository)},
		{"gitlab_repository_branch", b.some(8, "main")},
		{"kubernetes_deployment_name", b.some(30, "prod/"+strings.ToLower(words[0]))},
		{"environment_ids", b.refs("rootly_environment", b.upTo(2))},
		{"service_ids", b.refs("rootly_service", b.upTo(2))},
		{"owner_group_ids", b.refs("rootly_team", b.upTo(2))},
		{"owner_user_ids", b.userNumbers(b.upTo(2))},
		{"alert_urgency_id", b.maybeRef("rootly_alert_urgency", 40)},
		{"escalation_policy_id", b.maybeRef("rootly_escalation_policy", 50)},
		{"alerts_email_enabled", flag(b.chance(20))},
		{"alerts_email_address", text("service-" + strings.ToLower(b.external("")) + "@email.rootly.com")},
		{"slack_channels", b.channels(2)},
		{"slack_aliases", b.channels(1)},
		{"alert_broadcast_enabled", flag(b.chance(20))},
		{"alert_broadcast_channel", b.maybeChannel()},
		{"incident_broadcast_enabled", flag(b.chance(20))},
		{"incident_broadcast_channel", b.maybeChannel()},
		{"properties", b.properties("service")},
	}
}

func functionality(b *builder, s slot) fields {
	name := b.title(b.oneOf("Sign up", "Sign in", "Pay", "Search", "Browse", "Export", "Refund", "Track"), b.product())
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"managed_by", b.managedBy()},
		{"description", b.note(name)},
		{"public_description", b.some(20, "What customers do.")},
		{"notify_emails", b.addresses(1)},
		{"color", b.colour()},
		{"backstage_id", b.some(10, "default/system/checkout")},
		{"external_id", b.some(20, b.external("fn-"))},
		{"pagerduty_id", b.some(10, b.external("P"))},
		{"opsgenie_id", b.some(5, b.uuid())},
		{"opsgenie_team_id", b.some(5, b.uuid())},
		{"cortex_id", b.some(2, b.external("en"))},
		{"service_now_ci_sys_id", b.some(2, "1f1e2d3c4b5a69788796a5b4c3d2e1f2")},
		{"position", number(b.rank(s.kind, ""))},
		{"environment_ids", b.refs("rootly_environment", b.upTo(1))},
		{"service_ids", b.refs("rootly_service", b.upTo(3))},
		{"owner_group_ids", b.refs("rootly_team", b.upTo(1))},
		{"owner_user_ids", b.userNumbers(b.upTo(1))},
		{"escalation_policy_id", b.maybeRef("rootly_escalation_policy", 30)},
		{"slack_channels", b.channels(1)},
		{"slack_aliases", b.channels(1)},
		{"properties", b.properties("functionality")},
	}
}

func environment(b *builder, s slot) fields {
	name := b.title(b.oneOf("Production", "Staging", "Development", "Sandbox", "DR"), b.oneOf("EU", "US", "APAC", "UK", "1", "2"))
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"managed_by", b.managedBy()},
		{"external_id", b.some(10, b.external("env-"))},
		{"description", b.note(name)},
		{"public_description", b.some(10, "What customers read.")},
		{"notify_emails", b.addresses(1)},
		{"color", b.colour()},
		{"position", number(b.rank(s.kind, ""))},
		{"slack_channels", b.channels(1)},
		{"slack_aliases", b.channels(1)},
		{"properties", b.properties("environment")},
	}
}

func severity(b *builder, s slot) fields {
	rank := b.rank(s.kind, "")
	name := b.title(b.oneOf("SEV0", "SEV1", "SEV2", "SEV3", "Minor", "Major", "Critical"), b.oneOf("", "internal", "customer"))
	name = strings.TrimSuffix(name, " ")
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"severity", text(b.oneOf("critical", "high", "medium", "low"))},
		{"color", b.colour()},
		{"position", number(rank)},
		{"notify_emails", b.addresses(1)},
		{"slack_channels", b.channels(1)},
		{"slack_aliases", b.channels(1)},
	}
}

func incidentType(b *builder, s slot) fields {
	name := b.title(b.oneOf("Cloud", "Customer", "Security", "Data", "Capacity", "Vendor"), b.oneOf("outage", "facing", "incident", "loss", "degradation"))
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"public_description", b.some(10, "What customers read.")},
		{"color", b.colour()},
		{"position", number(b.rank(s.kind, ""))},
		{"notify_emails", b.addresses(1)},
		{"slack_channels", b.channels(1)},
		{"slack_aliases", b.channels(1)},
		{"properties", b.properties("incident_type")},
	}
}

func cause(b *builder, s slot) fields {
	name := b.title(b.oneOf("Bad", "Missing", "Expired", "Slow", "Wrong"), b.oneOf("deploy", "certificate", "index", "configuration", "capacity", "vendor"))
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"public_description", b.some(10, "What customers read.")},
		{"position", number(b.rank(s.kind, ""))},
		{"properties", b.properties("cause")},
	}
}

func incidentRole(b *builder, s slot) fields {
	name := b.title(b.oneOf("Commander", "Scribe", "Communications", "Liaison", "Deputy", "Observer"), b.oneOf("Lead", "EU", "US", "Nights"))
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"summary", b.some(60, "Runs the incident.", "Writes the timeline.")},
		{"description", b.note(name)},
		{"position", number(b.rank(s.kind, ""))},
		{"optional", flag(b.chance(30))},
		{"enabled", flag(!b.chance(10))},
		{"allow_multi_user_assignment", flag(b.chance(30))},
	}
}

func incidentRoleTask(b *builder, s slot) fields {
	return fields{
		{"incident_role_id", text(s.parent)},
		{"task", text(b.oneOf("Open a bridge", "Page the owner", "Write the summary", "Call the vendor"))},
		{"description", b.note("The first hour")},
		{"priority", text(b.oneOf("high", "medium", "low"))},
	}
}

func subStatus(b *builder, s slot) fields {
	name := b.title(b.oneOf("Waiting for", "Handed to", "Watching", "Reviewing"), b.oneOf("vendor", "customer", "deploy", "owner"))
	return fields{
		{"name", text(name)},
		{"slug", b.slug(name)},
		{"description", b.note(name)},
		{"parent_status", text(b.oneOf("in_triage", "started", "resolved", "closed", "cancelled"))},
		{"position", number(b.rank(s.kind, ""))},
	}
}

// properties are values of the catalogue's own fields, for the objects that carry them.
func (b *builder) properties(kind string) encoded {
	list := b.native[kind]
	if len(list) == 0 || !b.whole && b.chance(60) {
		return empty
	}
	p := list[b.rng.IntN(len(list))]
	return array(b.property(p))
}

// property is a value of one catalogue field, which may point at an object.
func (b *builder) property(p catalogField) encoded {
	value := b.oneOf("tier-1", "tier-2", "gold", "PCI", "42", "true")
	if p.kind != "text" {
		if id := b.pick(b.valueKind(p.kind)); id != "" {
			value = id
		}
	}
	return object(field{"catalog_property_id", text(p.id)}, field{"value", text(value)})
}
