package organisation

import "strings"

func statusPage(b *builder, _ slot) fields {
	name := b.title(b.product(), "status")
	host := "https://" + strings.ToLower(b.product()) + ".example.com"
	return fields{
		{"title", text(name)},
		{"slug", b.slug(name)},
		{"public_title", text(name)},
		{"description", b.note(name)},
		{"public_description", b.some(50, "How we are doing.")},
		{"header_color", text("#0061F2")},
		{"footer_color", text("#1F2F41")},
		{"allow_search_engine_index", flag(b.chance(50))},
		{"show_uptime", flag(b.chance(70))},
		{"show_uptime_last_days", number([]int{30, 60, 90}[b.upTo(2)])},
		{"success_message", text("All systems go")},
		{"failure_message", text("Something is wrong")},
		{"authentication_method", text("none")},
		{"authentication_enabled", no},
		{"authentication_password", null},
		{"saml_idp_sso_service_url", null},
		{"saml_idp_slo_service_url", b.some(2, "https://idp.example.com/slo")},
		{"saml_idp_cert", null},
		{"saml_idp_cert_fingerprint", null},
		{"saml_name_identifier_format", text("urn:oasis:names:tc:SAML:2.0:nameid-format:transient")},
		{"section_order", texts("maintenance", "system_status", "incidents")},
		{"website_url", text(host)},
		{"website_privacy_url", b.some(50, host+"/privacy")},
		{"website_support_url", b.some(50, host+"/support")},
		{"ga_tracking_id", b.some(10, "G-EXAMPLE123")},
		{"time_zone", text(b.oneOf("Etc/UTC", "Europe/London", "America/New_York"))},
		{"public", flag(b.chance(70))},
		{"service_ids", b.refs("rootly_service", b.upTo(3))},
		{"functionality_ids", b.refs("rootly_functionality", b.upTo(2))},
		{"external_domain_names", empty},
		{"cname_records", "{}"},
		{"enabled", yes},
		{"allow_email_subscribers", yes},
		{"allow_slack_subscribers", yes},
		{"allow_sms_subscribers", no},
		{"allow_rss_subscribers", yes},
	}
}

func statusPageTemplate(b *builder, s slot) fields {
	return fields{
		{"status_page_id", text(s.parent)},
		{"title", text(b.title(b.oneOf("Investigating", "Identified", "Maintenance"), b.product()))},
		{"update_title", b.some(50, "Update")},
		{"body", text("We are looking into {{ incident.public_title }}.\n\nNext update in 30 minutes.\n")},
		{"update_status", text(b.oneOf("investigating", "identified", "monitoring", "resolved"))},
		{"kind", text(b.oneOf("normal", "scheduled"))},
		{"should_notify_subscribers", flag(b.chance(50))},
		{"enabled", flag(!b.chance(10))},
		{"position", number(b.rank(s.kind, s.parent))},
	}
}

func statusPageGroup(b *builder, s slot) fields {
	name := b.title(b.product(), "platform")
	return fields{
		{"status_page_id", text(s.parent)},
		{"name", text(name)},
		{"description", b.note(name)},
		{"collapsed_by_default", flag(b.chance(30))},
		{"position", number(b.rank(s.kind, s.parent))},
	}
}

func statusPageComponent(b *builder, s slot) fields {
	name := b.title(b.product(), b.oneOf(parts()...))
	kind, id := null, null
	if b.chance(50) {
		source := b.oneOf("Service", "Functionality")
		kind, id = text(source), b.ref(targetTypes()[source])
	}
	return fields{
		{"status_page_id", text(s.parent)},
		{"status_page_component_group_id", maybeText(b.pickUnder("rootly_status_page_component_group", s.parent))},
		{"name", text(name)},
		{"description", b.note(name)},
		{"position", number(b.rank(s.kind, s.parent))},
		{"source_type", kind},
		{"source_id", id},
		{"status", text(b.oneOf("operational", "degraded_performance", "partial_outage"))},
	}
}
