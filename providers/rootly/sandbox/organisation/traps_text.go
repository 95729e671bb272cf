package organisation

import "strings"

// textTraps are JSON and Liquid in texts.
func textTraps() []trap {
	jira := taskTypes("create_jira_issue")
	mapping := func(name string, value encoded) []trap {
		return of(name, having(field{"task_params.custom_fields_mapping", value}), jira...)
	}
	all := mapping("mapping null", null)
	all = append(all, mapping("mapping empty", blank)...)
	all = append(all, mapping("mapping with odd white space and numbers", text("{ \"a\" :1.0,\n\t\"b\": [ 1e3 , -0 ],  \"c\":\"\\u00e9\" }"))...)
	all = append(all, mapping("mapping with the same key twice", text(`{"a": 1, "a": 2}`))...)
	all = append(all, mapping("mapping with big numbers", text(`{"id": 12345678901234567890, "ratio": 0.1000}`))...)
	all = append(all, mapping("mapping that Liquid breaks", text(`{"a": {{ incident.sequential_id }}, {% if incident.private %}"b": 1{% endif %}}`))...)
	all = append(all,
		trap{name: "payload null", kind: "rootly_workflow_task_update_zendesk_ticket", set: having(field{"task_params.ticket_payload", null})},
		trap{name: "body that looks like JSON", kind: "rootly_workflow_task_http_client", set: having(field{"task_params.body", text("{ \"n\": 1.0,  \"a\":[ ] }\n")})},
		trap{name: "long body", kind: "rootly_workflow_task_http_client", set: having(field{"task_params.body", text(longText(20 << 10))})},
		trap{name: "body in another language", kind: "rootly_workflow_task_http_client", set: having(field{"task_params.body", text("line\r\n\ttab ${x} %{y}\\n\n")})},
		trap{name: "conditions empty or null", kind: "rootly_workflow_incident", set: having(
			field{"trigger_params.incident_condition_label", blank}, field{"trigger_params.incident_condition", blank}, field{"trigger_params.incident_condition_service", null})},
		overall("rootly_workflow_alert", "alert_condition"),
		overall("rootly_workflow_pulse", "pulse_condition"),
		overall("rootly_workflow_action_item", "incident_action_item_condition"),
		overall("rootly_workflow_post_mortem", "incident_post_mortem_condition"),
		trap{name: "status page in no zone", kind: "rootly_status_page", set: having(field{"time_zone", null})},
		trap{name: "description empty", kind: "rootly_cause", set: having(field{"description", blank})},
		trap{name: "description null", kind: "rootly_cause", set: having(field{"description", null})},
		trap{name: "long text", kind: "rootly_playbook", set: having(field{"summary", text(longText(20 << 10))})},
		trap{name: "names that become one", kind: "rootly_service", set: namesakes},
	)
	return all
}

// overall is a trigger whose conditions are joined in no way.
func overall(kind, attr string) trap {
	return trap{name: "overall condition null: " + attr, kind: kind, set: having(field{"trigger_params." + attr, null})}
}

// namesakes have one name in the code, or one name altogether.
func namesakes(b *builder, t *trap) {
	for _, name := range []string{"naïve Service", "naive service", "Naive-Service", "naïve Service"} {
		b.trap(t, "", field{"name", text(name)}, field{"slug", b.slug(name)})
	}
}

// awkward gives every awkward name and text to some object.
func (b *builder) awkward() {
	kinds := []string{"rootly_service", "rootly_team", "rootly_cause", "rootly_functionality", "rootly_incident_type", "rootly_environment"}
	names, notes := awkwardNames(), awkwardTexts()
	for i, name := range names {
		b.add(kinds[i%len(kinds)], "", field{"name", text(name)}, field{"slug", b.slug(name)}, field{"description", text(notes[i%len(notes)])})
	}
	for i := 0; i < len(notes); i += 3 {
		b.add("rootly_workflow_task_print", b.pick("rootly_workflow_incident"), field{"task_params.message", text(notes[i])})
	}
}

// secretTraps are credentials where the provider does not expect them. They are made here,
// never written down.
func secretTraps() []trap {
	return []trap{
		{name: "header with a bearer token", kind: "rootly_webhooks_endpoint", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"custom_headers", array(object(field{"name", text("Authorization")}, field{"value", text("Bearer " + b.token(40))}),
				object(field{"name", text("X-Team")}, field{"value", text("sre")}))}}
		})},
		{name: "address with a password", kind: "rootly_webhooks_endpoint", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"url", text("https://rootly:" + b.token(20) + "@hooks.example.com/in")}}
		})},
		{name: "address with a token", kind: "rootly_webhooks_endpoint", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"url", text("https://hooks.example.com/in?token=" + b.token(32))}}
		})},
		{name: "request with credentials", kind: "rootly_workflow_task_http_client", set: knowing(credentials)},
		{name: "request with basic authentication", kind: "rootly_workflow_task_http_client", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"task_params.url", text("https://bot:" + b.token(24) + "@api.example.com/v1?api_key=" + b.token(32))},
				{"task_params.body", text("user=bot&password=" + b.token(20))}}
		})},
		{name: "cache with a password", kind: "rootly_workflow_task_redis_client", set: knowing(func(b *builder, _ slot) []field {
			return []field{{"task_params.url", text("redis://default:" + b.token(24) + "@cache.example.com:6379/0")},
				{"task_params.commands", text("AUTH " + b.token(24) + "\nPING")}}
		})},
		{name: "token in the middle of prose", kind: "rootly_playbook", set: knowing(func(b *builder, _ slot) []field {
			key := strings.Join([]string{"AK", "IA"}, "") + strings.ToUpper(b.token(16))
			return []field{{"summary", text("Log in with access key " + key + " until the vault is up.")}}
		})},
	}
}

func credentials(b *builder, _ slot) []field {
	headers := object(field{"Authorization", text("Bearer " + b.token(48))}, field{"Content-Type", text("application/json")})
	params := object(field{"api_key", text(b.token(32))}, field{"page", text("1")})
	return []field{
		{"task_params.headers", text(string(headers))},
		{"task_params.params", text(string(params))},
		{"task_params.body", text(`{"client_secret": "` + b.token(40) + `"}`)},
	}
}
