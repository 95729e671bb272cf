package organisation

import "strconv"

// task makes a workflow task from its type's parameters.
func (b *builder) task(s slot) fields {
	plan := b.plans[s.kind]
	all := make(fields, 0, len(plan.params))
	for _, p := range plan.params {
		if p.name == "task_type" {
			all = append(all, field{p.name, text(plan.name)})
			continue
		}
		all = append(all, field{p.name, b.param(p, plan.name)})
	}
	return fields{
		{"workflow_id", text(s.parent)},
		{"name", b.taskName(plan)},
		{"position", number(b.rank("task", s.parent))},
		{"skip_on_failure", flag(b.chance(15))},
		{"enabled", flag(!b.chance(8))},
		{"task_params", b.changed("task_params.", all).encode()},
	}
}

func (b *builder) taskName(plan *taskPlan) encoded {
	if !b.whole && b.chance(10) {
		return null
	}
	return text(b.title(plan.title))
}

// param draws a value for one parameter of a task.
func (b *builder) param(p param, task string) encoded {
	if !p.required && !b.full && b.chance(45) {
		return b.unset(p)
	}
	switch p.shape {
	case shapeTruth:
		return flag(b.chance(50))
	case shapeNumber:
		return number(1 + b.upTo(4))
	case shapeTexts:
		return b.paramTexts(p)
	case shapeMap:
		return b.paramMap(p)
	case shapePairs:
		return b.paramPairs(p)
	}
	return b.paramText(p, task)
}

// unset is what the API answers for a parameter that nobody set.
func (b *builder) unset(p param) encoded {
	switch p.shape {
	case shapeTexts, shapePairs:
		return empty
	case shapeMap:
		return "{}"
	}
	if p.preset != "" {
		return text(p.preset)
	}
	return null
}

func (b *builder) paramText(p param, task string) encoded {
	switch {
	case len(p.to) > 0:
		if id := b.pickAny(p.to); id != "" || !p.required {
			return maybeText(id)
		}
		return text("{{ incident." + p.name + " }}")
	case len(p.enum) > 0:
		return text(b.allowed(p.enum))
	case p.foreign:
		return text("{{ incident.id }}")
	}
	if list := wordings(p.name, task); len(list) > 0 {
		return text(b.oneOf(list...))
	}
	return text(b.liquid())
}

// allowed draws an allowed value, in the showcase one that says something.
func (b *builder) allowed(enum []string) string {
	for {
		if v := b.oneOf(enum...); v != "" || !b.full || len(enum) == 1 {
			return v
		}
	}
}

func (b *builder) paramTexts(p param) encoded {
	if len(p.to) > 0 {
		return texts(b.picksAny(p.to, 3)...)
	}
	switch p.name {
	case "to", "attendees":
		return b.addresses(3)
	case "phone_numbers":
		return texts("+14155550100", "+4420"+strconv.Itoa(70000000+b.upTo(999999)))
	case "sources":
		return texts(b.someOf(2, "slack", "github", "datadog", "grafana")...)
	case "refs":
		return texts("main", "release")
	case "github_repository_names", "gitlab_repository_names":
		return texts("acme/checkout", "acme/infrastructure")
	case "metric_queries":
		return texts("avg:system.load.1{*}", `sum:requests.errors{env:prod,service:"checkout"}`)
	case "actionables":
		return texts(b.someOf(2, "update_summary", "manage_incident_roles", "update_incident", "all_commands")...)
	}
	return texts(b.someOf(2, "incident", "postmortem", "sev-1", "customer facing")...)
}

// paramMap draws {id, name}: of an object, of something in another service, or from Liquid.
func (b *builder) paramMap(p param) encoded {
	switch {
	case p.name == "selected_component_statuses":
		return b.componentStatuses()
	case p.foreign:
		return pair("{{ incident.id }}", "{{ incident.title }}")
	case len(p.to) > 0:
		id := b.pickAny(p.to)
		if id == "" {
			return "{}"
		}
		return pair(id, b.product())
	}
	return pair(b.outside(p.name))
}

// outside draws the id and the name of something in another service.
func (b *builder) outside(name string) (id, label string) {
	switch name {
	case "archivation", "completion", "parent_folder", "drive":
		return b.oneOf("true", "false", "root"), b.oneOf("Yes", "No", "Root")
	case "priority":
		return strconv.Itoa(1 + b.upTo(4)), b.oneOf("Highest", "High", "Medium", "Low")
	case "issue_type", "subtask_issue_type":
		return strconv.Itoa(10000 + b.upTo(9)), b.oneOf("Incident", "Bug", "Task")
	case "model":
		return "gpt-4o", "GPT-4o"
	case "channel", "space":
		return b.external("C"), "{{ incident.title | slugify }}"
	}
	return b.external(""), b.product()
}

func (b *builder) paramPairs(p param) encoded {
	var list []encoded
	for range 1 + b.upTo(1) {
		if len(p.to) == 0 {
			list = append(list, b.channel())
		} else if id := b.pickAny(p.to); id != "" {
			list = append(list, pair(id, b.product()))
		}
	}
	return array(list...)
}

// componentStatuses is filled by a trap of its own: the keys must be selected components.
func (b *builder) componentStatuses() encoded { return "{}" }

// pair is {id, name}.
func pair(id, name string) encoded { return object(field{"id", text(id)}, field{"name", text(name)}) }

// pickAny returns the id of an object of one of these types, or "".
func (b *builder) pickAny(kinds []string) string {
	for range 4 {
		if id := b.pick(b.oneOf(kinds...)); id != "" {
			return id
		}
	}
	for _, k := range kinds {
		if id := b.pick(k); id != "" {
			return id
		}
	}
	return ""
}

// picksAny returns up to n different ids of these types.
func (b *builder) picksAny(kinds []string, n int) []string {
	var out []string
	seen := make(map[string]bool)
	for range 1 + b.upTo(n-1) {
		if id := b.pickAny(kinds); id != "" && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
