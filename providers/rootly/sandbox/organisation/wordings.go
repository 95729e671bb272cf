package organisation

import "sync"

// wordings are the texts that people write into a parameter of that name. None means that
// any text with Liquid will do.
func wordings(name, task string) []string {
	if list := programs()[task+"."+name]; list != nil {
		return list
	}
	return settings()[name]
}

// settings are parameters whose texts are not prose.
var settings = sync.OnceValue(func() map[string][]string {
	return map[string][]string{
		"custom_fields_mapping":   {"{}", `{"customfield_10010": "{{ incident.severity }}"}`, `{ "customfield_10020" : [ "{{ incident.services }}" ], "n" : 1.0 }`},
		"update_payload":          {"{}", `{"update": {"labels": [{"add": "rootly"}]}}`},
		"ticket_payload":          {"{}", `{"ticket": {"tags": ["rootly"], "priority": "urgent"}}`},
		"task_payload":            {"{}", `{"data": {"followers": ["me"]}}`},
		"integration_payload":     {"{}", `{"statuspage": {"deliver_notifications": true}}`},
		"details":                 {"{}", `{"incident": "{{ incident.short_url }}"}`},
		"headers":                 {"{}", `{"Content-Type": "application/json"}`},
		"params":                  {"{}", `{"page": "1"}`},
		"permissions":             {`[{"type": "domain", "role": "writer", "value": "example.com"}]`},
		"blocks":                  {`[{"type": "section", "text": {"type": "mrkdwn", "text": "*{{ incident.title }}*"}}, {"type": "divider"}]`},
		"attachments":             {`[{"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "{{ incident.title }}"}]}]`},
		"body":                    {`{"id": "{{ incident.id }}", "n": 1.0}`, "{{ incident.to_json }}", "Incident {{ incident.title }}\nSee {{ incident.short_url }}\n"},
		"commands":                {"SET incident:{{ incident.id }} open", "PING"},
		"assign_user_email":       {"{{ incident.creator.email }}", "oncall@example.com"},
		"reporter_user_email":     {"reporter@example.com"},
		"emails":                  {"oncall@example.com,sre@example.com"},
		"slack_emails":            {"oncall@example.com"},
		"create_as_email":         {"rootly@example.com"},
		"from":                    {"Rootly <workflows@rootly.com>", "SRE <sre@example.com>"},
		"subject":                 {"{{ incident.title }}", "Postmortem of {{ incident.title }}"},
		"project_key":             {"OPS", "INC"},
		"labels":                  {"incident,postmortem", "{{ incident.types }}"},
		"tags":                    {"incident, rootly", "sev1"},
		"due_date":                {"2 days", "{{ 'now' | date: '%Y-%m-%d' }}"},
		"past_duration":           {"30 minutes", "1 hour"},
		"duration":                {"15 minutes"},
		"meeting_duration":        {"60 minutes", "30m"},
		"time_of_meeting":         {"10:00", "14:30"},
		"time_zone":               {"Europe/London", "America/Los_Angeles"},
		"inactivity_timeout":      {"4 hours"},
		"retry_count":             {"3"},
		"succeed_on_status":       {"200", "20X"},
		"url":                     {"https://hooks.example.com/incidents", "https://status.example.com/api/v1/components"},
		"event_url":               {"https://grafana.example.com/d/checkout"},
		"link":                    {"https://runbooks.example.com/{{ incident.services | first }}", "https://example.com/bridge"},
		"custom_logo_url":         {"https://static.example.com/logo.png"},
		"calendar_id":             {"primary", "team@example.com"},
		"conference_solution_key": {"hangoutsMeet"},
		"color":                   {"#EB7A3C", "#047BF8"},
		"emoji":                   {":fire:", "🔥"},
		"temperature":             {"0.7", "1"},
		"top_p":                   {"0.95"},
		"password":                {"{{ incident.sequential_id }}"},
		"branch":                  {"main"},
		"query_value":             {"{{ incident.id }}"},
		"table_name":              {"Incidents"},
		"app_name":                {"acme-checkout"},
		"command":                 {"restart web.1", "ps"},
		"metric_query":            {"avg:system.load.1{env:prod} by {host}"},
		"status":                  {"in_progress", "resolved"},
		"priority":                {"high"},
		"kind":                    {"task"},
		"private":                 {"auto"},
		"thread_ts":               {"{{ incident.slack_thread_ts }}"},
		"system_prompt":           {"You summarise incidents for people who were asleep."},
		"prompt":                  {"Summarise in three lines: {{ incident.timeline }}"},
		"message":                 {"{{ incident.title }} needs you", "*{{ incident.title }}*\n\n{{ incident.summary }}\n"},
		"name":                    {"{{ incident.sequential_id }}-{{ incident.title | slugify }}", "incident"},
	}
})

// programs are parameters whose texts depend on the task.
var programs = sync.OnceValue(func() map[string][]string {
	return map[string][]string{
		"http_client.method":         {"POST"},
		"http_client.url":            {"https://hooks.example.com/incidents", "https://api.example.com/v2/pages?source=rootly"},
		"print.message":              {"{{ incident | to_json }}", "hello"},
		"rename_slack_channel.title": {"inc-{{ incident.sequential_id }}"},
		"update_airtable_table_record.custom_fields_mapping": {`{"Status": "{{ incident.status }}"}`},
	}
})
