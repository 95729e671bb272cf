package organisation

import (
	"strconv"
	"strings"
)

// Words that names are made of.
func products() []string {
	return []string{"Checkout", "Payments", "Search", "Catalogue", "Ledger", "Identity", "Notifications", "Billing", "Inventory",
		"Shipping", "Recommendations", "Pricing", "Fraud", "Reporting", "Messaging", "Media", "Edge", "Gateway", "Onboarding",
		"Support", "Loyalty", "Warehouse", "Analytics", "Storefront", "Subscriptions", "Tax", "Returns", "Maps", "Profiles", "Feeds"}
}

func parts() []string {
	return []string{"API", "Worker", "Web", "Database", "Cache", "Queue", "Scheduler", "Gateway", "Proxy", "Indexer", "Exporter",
		"Importer", "Mobile BFF", "Admin", "Replica", "Stream", "CDN", "Cron", "Auth", "Webhooks"}
}

func disciplines() []string {
	return []string{"Platform", "SRE", "Engineering", "Operations", "Support", "Security", "Data", "Mobile", "QA", "On-Call"}
}

// product draws one name.
func (b *builder) product() string { return b.oneOf(products()...) }

// title joins words to a name, now and then one that is hard to handle.
func (b *builder) title(words ...string) string {
	if b.chance(2) {
		return b.oneOf(awkwardNames()...)
	}
	return strings.Join(words, " ")
}

// slug is what Rootly makes of a name: lower case, dashes, unique.
func (b *builder) slug(name string) encoded { return text(b.slugOf(name)) }

func (b *builder) slugOf(name string) string {
	out := make([]byte, 0, len(name))
	for _, c := range []byte(strings.ToLower(name)) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != '-':
			out = append(out, '-')
		}
	}
	stem := strings.Trim(string(out), "-")
	if stem == "" {
		stem = "untitled"
	}
	b.names[stem]++
	if n := b.names[stem]; n > 1 {
		return stem + "-" + strconv.Itoa(n)
	}
	return stem
}

// note describes something: mostly in words, sometimes not at all.
func (b *builder) note(about string) encoded {
	switch n := b.rng.IntN(100); {
	case b.whole:
	case n < 25:
		return null
	case n < 32:
		return blank
	case n < 35:
		return text(b.oneOf(awkwardTexts()...))
	}
	return text(b.oneOf(
		about+" and everything that depends on it.",
		"Owns "+about+". Ask in #"+strings.ToLower(strings.ReplaceAll(about, " ", "-"))+" first.",
		about+": see the runbook before you page anybody.",
		"Used when "+about+" is affected, degraded or in doubt.",
	))
}

// colour draws one of the colours that Rootly offers.
func (b *builder) colour() encoded {
	return text(b.oneOf("#FCF2CF", "#D7F5E1", "#E9E2FF", "#FAE6E8", "#FAEEE6", "#0E5DB1", "#047BF8", "#EB7A3C"))
}

// liquid draws a text as people write them into workflows.
func (b *builder) liquid() string {
	return b.oneOf(
		"{{ incident.sequential_id }}: {{ incident.title }}",
		"[{{ incident.severity }}] {{ incident.title }}",
		"{{ incident.title }} is now {{ incident.status }}",
		"{{ incident.summary | default: 'No summary yet' }}",
		"{% if incident.private %}Private incident{% else %}{{ incident.title }}{% endif %}",
		"Commander: {{ incident.roles | find: 'slug', 'commander' | get: 'user.full_name' }}",
		"Started {{ incident.started_at | date: '%Y-%m-%d %H:%M' }} by {{ incident.creator.full_name }}",
		"*{{ incident.title }}*\n{{ incident.summary }}\n\n<{{ incident.short_url }}|Open in Rootly>",
	)
}

// addresses draws up to n mail addresses.
func (b *builder) addresses(n int) encoded {
	return texts(b.someOf(b.atLeast(b.upTo(n)), "oncall@example.com", "sre@example.com", "status@example.com", "leads@example.org")...)
}

// channels draws up to n Slack channels as {id, name}.
func (b *builder) channels(n int) encoded {
	var list []encoded
	for range b.atLeast(b.upTo(n)) {
		list = append(list, b.channel())
	}
	return array(list...)
}

func (b *builder) channel() encoded {
	return object(field{"id", text(b.external("C"))}, field{"name", text(b.oneOf("incidents", "sre", "status", "war-room", "eng-all", "release"))})
}

// external makes an id as other services give them.
func (b *builder) external(prefix string) string {
	const digits = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	out := []byte(prefix)
	for range 9 {
		out = append(out, digits[b.rng.IntN(len(digits))])
	}
	return string(out)
}
