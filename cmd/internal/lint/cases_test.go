package lint_test

// wrong are edits of the healthy organisation, and what is found then.
var wrong = []struct{ name, edits, found string }{
	{
		"a person leaves a rotation of three to nobody",
		`71 {"notification_target_params":[{"id":"@40","type":"schedule"}]}
		50 {"active_all_week":false,"active_days":["M","T","W","R","F"]}`,
		`path-gap: Always of Payments nobody is on call at any level for 191 hours, first from Fri 2026-03-06 23:00 to Sun 2026-03-08 23:00 UTC
		schedule-gap: Payments primary nobody is on call for 191 hours, first from Fri 2026-03-06 23:00 to Sun 2026-03-08 23:00 UTC`,
	},
	{
		"a schedule ends",
		`53 {"end_time":"2026-01-01T00:00:00Z"}`,
		`path-gap: In working hours of Platform nobody is on call at any level for 160 hours, first from Wed 2026-03-04 14:00 to Wed 2026-03-04 22:00 UTC
		path-gap: On weekdays of Platform nobody is on call at any level for 120 hours, first from Wed 2026-03-04 15:00 to Wed 2026-03-04 21:00 UTC
		schedule-empty: Office hours nobody is on call in the 4 weeks ahead`,
	},
	{
		"a policy loses its levels",
		`- 70
		- 71
		- 72`,
		`policy-without-levels: Payments has no levels`,
	},
	{
		"a path loses its levels",
		`- 75`,
		`policy-without-levels: In working hours of Platform has no levels`,
	},
	{
		"a level loses its targets",
		`74 {"notification_target_params":[]}`,
		`level-without-targets: level 2 of Platform has no targets`,
	},
	{
		"somebody leaves whom a level pages",
		`71 {"notification_target_params":[{"id":"109","type":"user"},{"id":"102","type":"user"}]}`,
		`level-with-departed: level 2 of Always of Payments pages user 109, who is not in the organisation`,
	},
	{
		"everybody leaves whom a path pages",
		`72 {"notification_target_params":[{"id":"109","type":"user"}]}
		61 {"notification_type":"audible"}`,
		`level-with-departed: level 1 of Quiet of Payments pages user 109, who is not in the organisation
		path-gap: Quiet of Payments nobody is on call at any level for 672 hours, first from Wed 2026-03-04 10:00 to Wed 2026-04-01 10:00 UTC`,
	},
	{
		"a team without members is paged",
		`61 {"notification_type":"audible"}
		72 {"notification_target_params":[{"id":"@2","type":"team","team_members":"admins"}]}
		2 {"admin_ids":[]}`,
		`path-gap: Quiet of Payments nobody is on call at any level for 672 hours, first from Wed 2026-03-04 10:00 to Wed 2026-04-01 10:00 UTC
		team-without-admins: Platform has no admins`,
	},
	{
		"a path ends with one person",
		`71 {"notification_target_params":[{"id":"101","type":"user"}]}`,
		`path-single-person: Always of Payments its last level pages Ada Okafor and nobody else`,
	},
	{
		"a service is on no policy",
		`30 {"escalation_policy_id":null}
		20 {"group_ids":[]}`,
		`policy-without-team: Payments belongs to no team and to no service
		service-without-policy: Checkout has no escalation policy`,
	},
	{
		"a rule of a route loses its destination",
		`81 {"rules":[{"name":"Night","position":1,"fallback_rule":false,"destinations":[],"condition_groups":[{"position":1,"conditions":[]}]}]}`,
		`route-without-destination: Everything rule "Night" has no destination`,
	},
	{
		"a source is in no route that is on",
		`81 {"enabled":false}`,
		`source-without-route: Grafana no alert route takes its alerts`,
	},
	{
		"a hotline has nobody to call",
		`83 {"paging_targets":[],"escalation_policy_trigger_params":null}`,
		`router-without-target: Hotline has nobody to page`,
	},
	{
		"a heartbeat is off",
		`82 {"enabled":false}`,
		`heartbeat-off: Backup is switched off`,
	},
	{
		"a source is off",
		`80 {"enabled":false}`,
		`refers-to-disabled: Everything refers to "Grafana", which is switched off
		source-off: Grafana is switched off`,
	},
	{
		"one person does more than half",
		`+ schedule_rotations 55 43 {"schedule_id":"@43","name":"More","position":2,"schedule_rotationable_type":"ScheduleDailyRotation","active_all_week":true,"active_time_type":"all_day","time_zone":"Etc/UTC","schedule_rotationable_attributes":{"handoff_time":"09:00"},"start_time":"2025-01-06T08:00:00Z"}
		+ schedule_rotation_members 990 55 {"member_type":"User","member_id":"101","position":1}
		+ schedule_rotation_members 991 55 {"member_type":"User","member_id":"101","position":2}`,
		`always-on-call: Everybody Ada Okafor is on call for 100 % of the time, over all schedules
		rotation-of-one: More of Everybody Ada Okafor is its only member`,
	},
	{
		"a rotation has one member",
		`+ schedule_rotations 55 42 {"schedule_id":"@42","name":"Sundays","position":2,"schedule_rotationable_type":"ScheduleDailyRotation","active_all_week":false,"active_days":["S"],"active_time_type":"all_day","time_zone":"Etc/UTC","schedule_rotationable_attributes":{"handoff_time":"00:00"},"start_time":"2025-01-06T08:00:00Z"}
		+ schedule_rotation_members 990 55 {"member_type":"User","member_id":"101","position":1}`,
		`double-booked: Payments primary Ada Okafor is also on call for "Office hours", at once for 48 hours, first from Sun 2026-03-08 00:00 to Mon 2026-03-09 00:00 UTC
		rotation-of-one: Sundays of Office hours Ada Okafor is its only member`,
	},
	{
		"an object refers to one that is gone",
		`33 {"service_ids":["00000000-0000-4000-8000-00000000dead"]}
		82 {"notification_target_id":"00000000-0000-4000-8000-00000000beef"}`,
		`dangling-reference: Backup refers to 00000000-0000-4000-8000-00000000beef, which does not exist
		dangling-reference: Pay by card refers to 00000000-0000-4000-8000-00000000dead, which does not exist`,
	},
	{
		"an owner has left, and a member of a rotation",
		`30 {"owner_user_ids":[109]}
		+ schedule_rotation_members 990 50 {"member_type":"User","member_id":"110","position":4}
		81 {"owning_team_ids":[]}`,
		`schedule-gap: Payments primary nobody is on call for 167 hours, first from Mon 2026-03-23 08:00 to Mon 2026-03-30 07:00 UTC
		unknown-user: Checkout names user 109, who is not in the organisation
		unknown-user: Weekly of Payments primary has user 110 as a member, who is not in the organisation`,
	},
	{
		"a component shows nothing",
		`97 {"source_type":null,"source_id":null}`,
		`component-without-source: Checkout of Status shows neither a service nor a functionality`,
	},
	{
		"a condition is on a field that no form shows",
		`90 {"shown":[]}`,
		`condition-on-hidden-field: form field condition of Tell the customers compares "Customer tier", which no form shows`,
	},
	{
		"a condition is on a field that is off",
		`90 {"enabled":false}`,
		`condition-on-hidden-field: form field condition of Tell the customers compares "Customer tier", which is switched off`,
	},
	{
		"a workflow has no tasks",
		`- 93
		- 94`,
		`workflow-without-tasks: Tell the customers has no tasks`,
	},
	{
		"a workflow has no task that is on",
		`93 {"enabled":false}
		94 {"enabled":false}`,
		`workflow-without-tasks: Tell the customers has no task that is switched on`,
	},
	{
		"conditions that cannot be met",
		`92 {"severity_ids":[]}
		+ workflows 200 - {"name":"Never","slug":"never","enabled":true,"position":2,"trigger_params":{"trigger_type":"incident","triggers":[],"incident_condition":"ANY"}}
		+ workflow_tasks 201 200 {"workflow_id":"@200","name":"Note it","position":1,"enabled":true,"skip_on_failure":false,"task_params":{"task_type":"print","message":"x"}}`,
		`unused: SEV0 nothing uses it
		unused: SEV1 nothing uses it
		workflow-never-runs: Never has no trigger
		workflow-never-runs: Tell the customers incident_condition_severity says IS, and severity_ids is empty`,
	},
	{
		"two conditions on a field exclude each other",
		`+ workflow_form_field_conditions 200 92 {"workflow_id":"@92","form_field_id":"@90","incident_condition":"IS NOT","values":["gold","silver"],"selected_option_ids":[]}
		+ workflow_form_field_conditions 201 92 {"workflow_id":"@92","form_field_id":"@90","incident_condition":"UNSET","values":[],"selected_option_ids":[]}`,
		`workflow-never-runs: Tell the customers two conditions on field "Customer tier" are never met together: is gold, and is not gold, silver
		workflow-never-runs: Tell the customers two conditions on field "Customer tier" are never met together: is gold, and unset`,
	},
	{
		"an incident has two severities, and an alert payload is two things",
		`+ workflows 200 - {"name":"Both","slug":"both","enabled":true,"position":2,"severity_ids":["@10","@11"],"trigger_params":{"trigger_type":"incident","triggers":["incident_created"],"incident_condition":"ALL","incident_condition_severity":"CONTAINS_ALL"}}
		+ workflow_tasks 201 200 {"workflow_id":"@200","name":"Note it","position":1,"enabled":true,"skip_on_failure":false,"task_params":{"task_type":"print","message":"x"}}
		+ workflows 202 - {"name":"Two","slug":"two","enabled":true,"position":3,"trigger_params":{"trigger_type":"alert","triggers":["alert_created"],"alert_condition":"ALL","alert_payload_conditions":{"logic":"ALL","conditions":[{"query":"$.env","operator":"CONTAINS_ALL","values":["eu","us"]},{"query":"$.env","operator":"CONTAINS_NONE","values":["us"]},{"query":"$.team","operator":"IS NOT","values":["us"]}]}}}
		+ workflow_tasks 203 202 {"workflow_id":"@202","name":"Note it","position":1,"enabled":true,"skip_on_failure":false,"task_params":{"task_type":"print","message":"x"}}`,
		`workflow-never-runs: Both incident_condition_severity says that it contains all of "SEV0", "SEV1", and there is only one at a time
		workflow-never-runs: Two two conditions on payload $.env are never met together: contains all eu, us, and contains none us`,
	},
	{
		"a workflow is off for long",
		`92 {"enabled":false,"updated_at":"2025-11-01T00:00:00Z"}`,
		`workflow-long-off: Tell the customers is switched off, and was last changed 123 days ago`,
	},
	{
		"tasks share a position",
		`94 {"position":1}`,
		`tasks-same-position: Note it of Tell the customers has position 1 of workflow "Tell the customers", as "Tell the desk" has`,
	},
	{
		"a severity is never used",
		`+ severities 200 - {"name":"SEV9","slug":"sev9","severity":"low","position":3}`,
		`unused: SEV9 nothing uses it`,
	},
	{
		"names differ in nothing that people see",
		`31 {"name":" checkout"}`,
		`duplicate-name:  checkout has the same name as @30`,
	},
	{
		"nobody owns a service, a policy, a team",
		`30 {"owner_group_ids":[]}
		20 {"group_ids":[]}
		+ groups 200 - {"name":"Empty","slug":"empty","user_ids":[],"admin_ids":[]}
		+ groups 201 - {"name":"Headless","slug":"headless","user_ids":[103],"admin_ids":[]}`,
		`policy-without-team: Payments belongs to no team and to no service
		team-without-admins: Headless has no admins
		team-without-members: Empty has no members
		unused: Empty nothing uses it
		without-owner: Checkout belongs to no team`,
	},
	{
		"credentials stand in clear",
		`93 {"task_params":{"task_type":"http_client","url":"https://desk.example.com/incidents","method":"POST","succeed_on_status":"200","body":"{}","headers":"{\"Authorization\": \"Bearer c8f1d2a94b7e4f0d9a6b3c5e7f1a2b4d\"}","params":"{}"}}
		98 {"url":"https://hooks.slack.com/services/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"}`,
		`clear-text-secret: Data lake contains what looks like a credential
		clear-text-secret: Tell the desk of Tell the customers contains what looks like a credential`,
	},
	{
		"an admin is no member",
		`1 {"admin_ids":[101,106]}`,
		`not-importable: Payments user 106 is an admin but not a member of the team, which the provider refuses to plan; add the admin to the members of the team in Rootly`,
	},
	{
		"a value that the provider does not know",
		`93 {"task_params":{"task_type":"http_client","url":"https://desk.example.com/incidents","method":"POST","succeed_on_status":"200","body":"{}","headers":"{}","params":"{}","retries":3}}`,
		`not-held: Tell the desk of Tell the customers the provider cannot store it: retries: the provider does not know this setting`,
	},
	{
		"a source in use is off",
		`80 {"enabled":false}
		+ alert_sources 200 - {"name":"Other","enabled":true,"source_type":"grafana","secret":"wBhlJF8DvKFxlHBJ1Duzw7CJPUhpcniJGFbmpp98","owner_group_ids":["@2"]}
		81 {"alerts_source_ids":["@80","@200"]}`,
		`refers-to-disabled: Everything refers to "Grafana", which is switched off
		source-off: Grafana is switched off
		source-without-route: Other no alert route takes its alerts`,
	},
}

// fine are edits after which nothing is wrong.
var fine = map[string]string{
	"an organisation that pages by other means": `- 20
		- 21
		- 82
		- 83
		30 {"escalation_policy_id":null}`,
	"a workflow that is run by a command":       `92 {"trigger_params":{"trigger_type":"incident","triggers":[],"incident_condition":"ANY"},"command":"tell"}`,
	"a workflow that was switched off recently": `92 {"enabled":false}`,
	"conditions on a field that can be met together": `+ workflow_form_field_conditions 200 92 {"workflow_id":"@92","form_field_id":"@90","incident_condition":"IS","values":["silver","gold"],"selected_option_ids":[]}
		+ workflow_form_field_conditions 201 92 {"workflow_id":"@92","form_field_id":"@90","incident_condition":"IS NOT","values":["bronze"],"selected_option_ids":[]}`,
	"conditions that exclude each other, of which one is enough": `92 {"trigger_params":{"trigger_type":"incident","triggers":["incident_created"],"incident_condition":"ANY"}}
		+ workflow_form_field_conditions 201 92 {"workflow_id":"@92","form_field_id":"@90","incident_condition":"UNSET","values":[],"selected_option_ids":[]}`,
	"conditions of which one is enough":                `92 {"trigger_params":{"trigger_type":"incident","triggers":["incident_created"],"incident_condition":"ANY","incident_condition_functionality":"IS"}}`,
	"an override of the past by somebody who has left": `+ shifts 200 40 {"schedule_id":"@40","user_id":109,"starts_at":"2026-01-01T00:00:00Z","ends_at":"2026-01-02T00:00:00Z","is_override":true}`,
	"a rotation that has ended": `+ schedule_rotations 55 42 {"schedule_id":"@42","name":"Sundays","position":2,"schedule_rotationable_type":"ScheduleDailyRotation","active_all_week":true,"active_time_type":"all_day","time_zone":"Etc/UTC","schedule_rotationable_attributes":{"handoff_time":"00:00"},"start_time":"2025-01-06T08:00:00Z","end_time":"2025-02-06T08:00:00Z"}
		+ schedule_rotation_members 990 55 {"member_type":"User","member_id":"101","position":1}`,
	"everybody of a schedule is paged": `53 {"active_days":["M"]}
		75 {"paging_strategy_configuration_schedule_strategy":"everyone"}
		76 {"paging_strategy_configuration_schedule_strategy":"everyone"}`,
	"a field that a placement shows": `90 {"shown":[]}
		+ form_field_placements 201 90 {"form_field_id":"@90","form":"web_new_incident_form","position":1,"required":false}`,
	"secrets by name, ids and Rootly's own addresses": `98 {"custom_headers":[{"name":"Authorization","value":"Bearer {{ secrets.lake }}"}]}
		93 {"task_params":{"task_type":"http_client","url":"https://desk.example.com/incidents/5a3d0000-0000-4000-8000-000000000001","method":"POST","succeed_on_status":"200","body":"{\"password\": \"{{ secrets.desk }}\"}","headers":"{\"X-Api-Key\": \"{{ secrets.desk }}\"}","params":"{}"}}`,
}
