package standin

import (
	"fmt"

	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// pathRules reads the rules of an escalation path: known keys, lists only when not empty, in the
// order that the state has them in.
func pathRules(d *sdk.ResourceData, v any) error {
	raw, _ := v.([]any)
	if raw == nil {
		_ = d.Set("rules", nil)
		return nil
	}
	scalars := picker{keys: []string{
		"rule_type", "within_working_hour", "json_path", "operator", "value", "fieldable_type", "fieldable_id", "time_zone",
	}}
	blocks := picker{keys: []string{
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "start_time", "end_time", "all_day", "position",
	}}
	var rules []any
	for _, r := range raw {
		m, ok := r.(map[string]any)
		if !ok {
			continue
		}
		o := scalars.object(m)
		for _, name := range []string{"urgency_ids", "values", "service_ids"} {
			if l, isList := m[name].([]any); m[name] != nil && (!isList || len(l) > 0) {
				o[name] = m[name]
			}
		}
		if l, ok := m["time_blocks"].([]any); ok {
			o["time_blocks"] = blocks.list(l)
		}
		rules = append(rules, o)
	}
	known, _ := d.Get("rules").([]any)
	if len(known) > 0 {
		rules = inOrder(rules, known, "rule_type")
		for i, r := range rules {
			orderBlocks(r, known, i)
		}
	}
	if rules == nil {
		rules = []any{}
	}
	_ = d.Set("rules", rules)
	return nil
}

// orderBlocks puts the time blocks of the i-th rule into the order of the i-th known rule.
func orderBlocks(rule any, known []any, i int) {
	m := rule.(map[string]any)
	found, _ := m["time_blocks"].([]any)
	if len(found) < 2 || i >= len(known) {
		return
	}
	before, _ := known[i].(map[string]any)
	if order, _ := before["time_blocks"].([]any); len(order) > 0 {
		m["time_blocks"] = inOrder(found, order, "all_day")
	}
}

// inOrder sorts found so that objects with equal keys stand where known has them, the rest behind.
func inOrder(found, known []any, key string) []any {
	sorted := make([]any, 0, len(found))
	used := make([]bool, len(found))
	for _, k := range known {
		want, ok := k.(map[string]any)
		if !ok {
			continue
		}
		for i, f := range found {
			if !used[i] && sameText(f.(map[string]any)[key], want[key]) {
				sorted, used[i] = append(sorted, f), true
				break
			}
		}
	}
	for i, f := range found {
		if !used[i] {
			sorted = append(sorted, f)
		}
	}
	return sorted
}

// sameText compares as text, with null equal to the empty text.
func sameText(a, b any) bool {
	if a == nil {
		a = ""
	}
	if b == nil {
		b = ""
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}
