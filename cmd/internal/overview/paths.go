package overview

import (
	"encoding/json"
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

// limits are the settings of a path that say when it is taken.
type limits struct {
	Match string `json:"match_mode"`
	Rules []rule `json:"rules"`
	Zone  string `json:"time_restriction_time_zone"`
	Hours []struct {
		FromDay string `json:"start_day"`
		From    string `json:"start_time"`
		ToDay   string `json:"end_day"`
		To      string `json:"end_time"`
	} `json:"time_restrictions"`
}

// A rule is a condition of a path.
type rule struct {
	Kind      string `json:"rule_type"`
	Within    bool   `json:"within_working_hour"`
	Path      string `json:"json_path"`
	Operator  string `json:"operator"`
	Field     id     `json:"fieldable_id"`
	Value     id     `json:"value"`
	Values    []id   `json:"values"`
	Urgencies []id   `json:"urgency_ids"`
	Services  []id   `json:"service_ids"`
}

// when is for which alerts and in which hours a path is taken, for people. What cannot be understood is left out.
func (v *view) when(o *rootly.Object) string {
	var l limits
	if raw, err := json.Marshal(o.Node.Attributes); err != nil || json.Unmarshal(raw, &l) != nil {
		return ""
	}
	var rules, hours, all []string
	for _, r := range l.Rules {
		if text := v.condition(r); text != "" {
			rules = append(rules, text)
		}
	}
	word := " and "
	if l.Match == "match-any-rule" {
		word = " or "
	}
	if len(rules) > 0 {
		all = append(all, strings.Join(rules, word))
	}
	for _, h := range l.Hours {
		hours = append(hours, fmt.Sprintf("%s %s to %s %s", h.FromDay, h.From, h.ToDay, h.To))
	}
	if len(hours) > 0 {
		all = append(all, strings.TrimSpace(strings.Join(hours, ", ")+" "+l.Zone))
	}
	return v.hide(readable(strings.Join(all, "; ")))
}

// condition is a rule for people.
func (v *view) condition(r rule) string {
	operator := strings.ReplaceAll(r.Operator, "_", " ")
	switch r.Kind {
	case "alert_urgency":
		return "urgency " + v.titles(r.Urgencies)
	case "working_hour":
		if r.Within {
			return "in working hours"
		}
		return "outside working hours"
	case "json_path":
		return strings.TrimSpace(strings.Join([]string{"payload", r.Path, operator, string(r.Value)}, " "))
	case "field":
		return strings.Join([]string{"alert field", v.titles([]id{r.Field}), operator, v.titles(r.Values)}, " ")
	case "service":
		return "service " + v.titles(r.Services)
	case "source":
		return "source " + v.titles(r.Values)
	case "deferral_window":
		return "put off for some hours"
	}
	return ""
}

// titles are the names of objects, or their ids where they have none.
func (v *view) titles(ids []id) string {
	var names []string
	for _, i := range ids {
		name := string(i)
		if o := v.byID[graph.ID(i)]; o != nil && o.Title() != "" {
			name = o.Title()
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}
