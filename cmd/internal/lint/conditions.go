package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// comparisons are the conditions of triggers that compare with a list, and the list: in trigger_params, or next to them.
var comparisons = map[string]string{
	"incident_condition_severity":       "severity_ids",
	"incident_condition_incident_type":  "incident_type_ids",
	"incident_condition_incident_roles": "incident_role_ids",
	"incident_condition_service":        "service_ids",
	"incident_condition_functionality":  "functionality_ids",
	"incident_condition_group":          "group_ids",
	"incident_condition_cause":          "cause_ids",
	"incident_condition_environment":    "environment_ids",
	"incident_condition_sub_status":     "sub_status_ids",
	"incident_condition_status":         "incident_statuses",
	"incident_condition_label":          "incident_labels",
	"alert_condition_source":            "alert_sources",
	"alert_condition_label":             "alert_labels",
	"alert_condition_status":            "alert_statuses",
	"alert_condition_urgency":           "alert_urgency_ids",
}

// single are the comparisons with what an incident or an alert has one of, which cannot contain several at once.
var single = []string{"incident_condition_severity", "incident_condition_sub_status", "incident_condition_status", "alert_condition_status", "alert_condition_urgency"}

func neverRuns(o *Organisation, f *finder) {
	for _, w := range o.workflows() {
		if off(w) {
			continue
		}
		if triggers, says := value(w, "trigger_params", "triggers").([]any); says && len(triggers) == 0 && text(w, "command") == "" && text(w, "repeat_every_duration") == "" {
			f.at(w, "trigger_params.triggers", "has no trigger")
		}
		for _, name := range slices.Sorted(maps.Keys(comparisons)) {
			kind, _, _ := strings.Cut(name, "_condition_")
			if !together(w, kind) {
				continue // another condition may be met
			}
			word, with := text(w, "trigger_params", name), comparisons[name]
			values := texts(slices.Concat(list(w, with), list(w, "trigger_params", with)))
			switch {
			case needsValues(word) && len(values) == 0:
				f.at(w, "trigger_params."+name, fmt.Sprintf("%s says %s, and %s is empty", name, word, with))
			case word == "CONTAINS_ALL" && len(values) > 1 && slices.Contains(single, name):
				f.at(w, "trigger_params."+name, fmt.Sprintf("%s says that it contains all of %s, and there is only one at a time", name, namesOf(o, values)))
			}
		}
		contradictions(o, w, f)
	}
}

// together reports whether all conditions of a workflow have to be met, and not any or none of them.
func together(w *rootly.Object, kind string) bool {
	return text(w, "trigger_params", kind+"_condition") == "ALL"
}

func needsValues(word string) bool {
	return word == "IS" || word == "CONTAINS" || word == "CONTAINS_ALL"
}

// A condition compares one thing of an incident or an alert with values.
type condition struct {
	subject string // what is compared, for people
	word    string // such as CONTAINS_ALL
	values  []string
}

// spoken is the condition for people.
func spoken(o *Organisation, c condition) string {
	return strings.TrimSpace(strings.ToLower(strings.ReplaceAll(c.word, "_", " ")) + " " + namesOf(o, c.values))
}

// contradictions finds pairs of conditions on the same thing that are never met together.
func contradictions(o *Organisation, w *rootly.Object, f *finder) {
	bySubject := map[string][]condition{}
	for _, c := range slices.Concat(fieldConditions(o, w), alertConditions(o, w)) {
		bySubject[c.subject] = append(bySubject[c.subject], c)
	}
	for _, subject := range slices.Sorted(maps.Keys(bySubject)) {
		all := bySubject[subject]
		for i, a := range all {
			for _, b := range all[i+1:] {
				if a.excludes(b) || b.excludes(a) {
					f.at(w, "trigger_params conditions on "+subject, fmt.Sprintf("two conditions on %s are never met together: %s, and %s", subject, spoken(o, a), spoken(o, b)))
				}
			}
		}
	}
}

// excludes reports whether one condition keeps another from being met, whatever the values are. What words mean that are
// not here is not certain enough.
func (c condition) excludes(other condition) bool {
	disjoint := !slices.ContainsFunc(c.values, func(v string) bool { return slices.Contains(other.values, v) })
	within := !slices.ContainsFunc(c.values, func(v string) bool { return !slices.Contains(other.values, v) })
	if len(c.values) == 0 {
		return c.word == "SET" && other.word == "UNSET"
	}
	switch c.word + " " + other.word {
	case "IS IS":
		return len(other.values) > 0 && disjoint
	case "IS IS NOT", "IS CONTAINS_NONE", "CONTAINS CONTAINS_NONE":
		return within
	case "CONTAINS_ALL CONTAINS_NONE":
		return !disjoint
	case "IS UNSET", "CONTAINS UNSET", "CONTAINS_ALL UNSET":
		return true
	}
	return false
}

// fieldConditions are those on form fields and custom fields.
func fieldConditions(o *Organisation, w *rootly.Object) []condition {
	if !together(w, "incident") {
		return nil
	}
	var found []condition
	for _, part := range o.below[w.ID] {
		id := graph.ID(cmp.Or(text(part, "form_field_id"), text(part, "custom_field_id")))
		word := text(part, "incident_condition")
		if id == "" || word == "" {
			continue
		}
		c := condition{subject: "field " + string(id), word: word}
		if field := o.ids[id]; field != nil {
			c.subject = "field " + quoted(field)
		}
		for _, name := range slices.Sorted(maps.Keys(part.Node.Attributes)) {
			if name == "values" || strings.HasPrefix(name, "selected_") {
				c.values = append(c.values, texts(list(part, name))...)
			}
		}
		found = append(found, c)
	}
	return found
}

// alertConditions are those on the payload and on fields of alerts. Regular expressions are not compared.
func alertConditions(o *Organisation, w *rootly.Object) []condition {
	if !together(w, "alert") {
		return nil
	}
	var found []condition
	payload := value(w, "trigger_params", "alert_payload_conditions")
	if asText(field(payload, "logic")) == "ALL" {
		conditions, _ := field(payload, "conditions").([]any)
		for _, v := range conditions {
			values, _ := field(v, "values").([]any)
			if expression, _ := field(v, "use_regexp").(bool); !expression {
				found = append(found, condition{"payload " + asText(field(v, "query")), asText(field(v, "operator")), texts(values)})
			}
		}
	}
	for _, v := range list(w, "trigger_params", "alert_field_conditions") {
		id := graph.ID(asText(field(v, "alert_field_id")))
		values, _ := field(v, "values").([]any)
		c := condition{"alert field " + string(id), asText(field(v, "condition_type")), texts(values)}
		if named := o.ids[id]; named != nil {
			c.subject = "alert field " + quoted(named)
		}
		found = append(found, c)
	}
	return found
}

// texts are those in a list, and the numbers.
func texts(values []any) []string {
	var all []string
	for _, v := range values {
		if word := asText(v); word != "" {
			all = append(all, word)
		}
	}
	return all
}

// namesOf are the values of a condition for people: of ids, the names of their objects.
func namesOf(o *Organisation, values []string) string {
	var names []string
	for _, word := range values {
		if obj := o.ids[graph.ID(word)]; obj != nil && obj.Title() != "" {
			word = quoted(obj)
		}
		names = append(names, word)
	}
	return strings.Join(names, ", ")
}
