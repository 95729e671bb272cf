package rootly

import (
	"encoding/json"
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// checks knows what the provider refuses to plan whatever the code says.
type checks struct {
	taken map[graph.ID]map[string]int // by workflow: how many tasks have a position
}

func newChecks(live *Live) checks {
	c := checks{taken: map[graph.ID]map[string]int{}}
	for _, obj := range live.Objects {
		if !obj.Type.IsTask() {
			continue
		}
		if c.taken[obj.Parent] == nil {
			c.taken[obj.Parent] = map[string]int{}
		}
		c.taken[obj.Parent][position(obj)]++
	}
	return c
}

func position(obj *Object) string {
	n, _ := obj.Node.Attributes["position"].(json.Number)
	return n.String()
}

// refuse returns why an object cannot be planned, and the mend; both empty if it can.
func (c checks) refuse(obj *Object) (reason, mend string) {
	attrs := obj.Node.Attributes
	switch {
	case obj.Type.IsTask() && position(obj) != "" && c.taken[obj.Parent][position(obj)] > 1:
		return fmt.Sprintf("another task of its workflow has position %s too, which the provider refuses to plan", position(obj)),
			"give the tasks of the workflow different positions in Rootly"
	case obj.Type.Name == "rootly_team":
		return refuseTeam(attrs)
	case obj.Type.Name == "rootly_communications_group" && !isTrue(attrs, "email_channel") && !isTrue(attrs, "sms_channel"):
		return "it has neither the email nor the SMS channel, which the provider refuses to plan", "switch one of the channels on in Rootly"
	case obj.Type.Name == "rootly_alert_route":
		return refuseRoute(attrs)
	case obj.Type.Name == "rootly_user_on_call_role" && relatedID(obj.Node, "on_call_role") == nil:
		return "the user has no on-call role", ""
	case obj.Type.Name == "rootly_schedule_rotation":
		return refuseRotation(attrs)
	case obj.Type.Name == "rootly_workflow_task_publish_incident":
		return refusePublish(attrs)
	}
	return "", ""
}

// refuseTeam: every admin of a team must be among its members.
func refuseTeam(attrs map[string]any) (reason, mend string) {
	members := map[string]bool{}
	users, _ := attrs["user_ids"].([]any)
	for _, u := range users {
		members[fmt.Sprint(u)] = true
	}
	admins, _ := attrs["admin_ids"].([]any)
	for _, a := range admins {
		if !members[fmt.Sprint(a)] {
			return fmt.Sprintf("user %v is an admin of the team but no member, which the provider refuses to plan", a),
				"add the admin to the members of the team in Rootly"
		}
	}
	return "", ""
}

// refuseRoute: a rule is either the fallback or has condition groups.
func refuseRoute(attrs map[string]any) (reason, mend string) {
	rules, _ := attrs["rules"].([]any)
	for i, item := range rules {
		m, _ := item.(map[string]any)
		groups, _ := m["condition_groups"].([]any)
		if isTrue(m, "fallback_rule") == (len(groups) > 0) {
			return fmt.Sprintf("rule %d must be either the fallback or have conditions, else the provider refuses to plan it", i+1),
				"give the rule conditions in Rootly, or make it the fallback"
		}
	}
	return "", ""
}

// refuseRotation: the provider makes a set of the days and crashes over one that comes twice, which
// costs the plan of everything.
func refuseRotation(attrs map[string]any) (reason, mend string) {
	seen := map[string]bool{}
	days, _ := attrs["active_days"].([]any)
	for _, d := range days {
		day, _ := d.(string)
		if seen[day] {
			return fmt.Sprintf("it is active on day %q twice, over which the provider crashes", day), "name each day once in Rootly"
		}
		seen[day] = true
	}
	return "", ""
}

// refusePublish: a component's status can only be set for a component that is selected.
func refusePublish(attrs map[string]any) (reason, mend string) {
	params, _ := attrs["task_params"].(map[string]any)
	selected := map[string]bool{}
	keys, _ := params["selected_component_keys"].([]any)
	for _, k := range keys {
		selected[fmt.Sprint(k)] = true
	}
	statuses, _ := params["selected_component_statuses"].(map[string]any)
	for _, key := range sortedKeys(statuses) {
		if !selected[key] {
			return fmt.Sprintf("it sets the status of component %s without selecting it, which the provider refuses to plan", key),
				"select the component in the task, or remove its status"
		}
	}
	return "", ""
}
