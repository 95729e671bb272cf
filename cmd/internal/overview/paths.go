package overview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// path says when an escalation path is taken.
func (v *view) path(o *rootly.Object) *page.Path {
	p := &page.Path{Default: o.Text("default") == "true", Quiet: o.Text("notification_type") == "quiet", When: v.when(o)}
	open := v.org.Taken(o)
	if p.Always = len(open) == 1 && !open[0].From.After(v.org.Window.From) && !open[0].To.Before(v.org.Window.To); !p.Always {
		p.Open = stretches(open)
	}
	return p
}

// when is for which alerts and in which hours a path is taken, for people.
func (v *view) when(o *rootly.Object) string {
	var rules, all []string
	for _, raw := range listIn(o, "rules") {
		if text := v.rule(raw); text != "" {
			rules = append(rules, text)
		}
	}
	word := " and "
	if o.Text("match_mode") == "match-any-rule" {
		word = " or "
	}
	if len(rules) > 0 {
		all = append(all, strings.Join(rules, word))
	}
	var hours []string
	for _, raw := range listIn(o, "time_restrictions") {
		hours = append(hours, fmt.Sprintf("%s %s to %s %s", wordIn(raw, "start_day"), wordIn(raw, "start_time"), wordIn(raw, "end_day"), wordIn(raw, "end_time")))
	}
	if len(hours) > 0 {
		all = append(all, strings.Join(hours, ", ")+" "+o.Text("time_restriction_time_zone"))
	}
	return v.hide(readable(strings.Join(all, "; ")))
}

// rule is a condition of a path.
func (v *view) rule(raw any) string {
	named := func(attribute string) string { return strings.Join(v.titles(raw, attribute), " or ") }
	switch wordIn(raw, "rule_type") {
	case "alert_urgency":
		return "urgency " + named("urgency_ids")
	case "working_hour":
		if within, _ := fieldIn(raw, "within_working_hour").(bool); within {
			return "in working hours"
		}
		return "outside working hours"
	case "json_path":
		return strings.TrimSpace(fmt.Sprintf("payload %s %s %s", wordIn(raw, "json_path"), strings.ReplaceAll(wordIn(raw, "operator"), "_", " "), wordIn(raw, "value")))
	case "field":
		return "alert field " + strings.Join(append(v.titles(raw, "fieldable_id"), strings.ReplaceAll(wordIn(raw, "operator"), "_", " ")), " ") + " " + named("values")
	case "service":
		return "service " + named("service_ids")
	case "source":
		return "source " + named("values")
	case "deferral_window":
		return "put off for some hours"
	}
	return ""
}

// titles are the names of what an attribute of a rule has the ids of.
func (v *view) titles(raw any, attribute string) []string {
	values, is := fieldIn(raw, attribute).([]any)
	if !is {
		values = []any{fieldIn(raw, attribute)}
	}
	var names []string
	for _, value := range values {
		name, _ := value.(string)
		if o := v.byID[graph.ID(name)]; o != nil && o.Title() != "" {
			name = o.Title()
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func listIn(o *rootly.Object, attribute string) []any {
	list, _ := o.Node.Attributes[attribute].([]any)
	return list
}

func fieldIn(raw any, attribute string) any {
	m, _ := raw.(map[string]any)
	return m[attribute]
}

func wordIn(raw any, attribute string) string {
	word, _ := fieldIn(raw, attribute).(string)
	return word
}
