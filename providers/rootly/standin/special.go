package standin

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

const onCallRoleType = "rootly_user_on_call_role"

// specials are the attributes that the official provider reads in a way of their own.
var specials = map[string]func(d *sdk.ResourceData, v any) error{
	"rootly_communications_group.communication_group_members":          sortedMembers,
	"rootly_communications_group.communication_external_group_members": sortedExternals,
	"rootly_communications_template.communication_template_stages":     flatStages,
	"rootly_escalation_path.rules":                                     pathRules,
	"rootly_live_call_router.waiting_music_url":                        keptMusic,
	"rootly_live_call_router.escalation_policy_trigger_params":         keptTrigger,
	"rootly_post_mortem_template.content":                              keptContent,
	"rootly_workflow_alert.trigger_params":                             alertTrigger,
}

func sortedMembers(d *sdk.ResourceData, v any) error {
	members := picker{keys: []string{"id", "user_id"}}.list(v)
	sortBy(members, func(a, b map[string]any) int {
		x, xok := a["user_id"].(float64)
		y, yok := b["user_id"].(float64)
		if !xok || !yok {
			return 0
		}
		return cmp.Compare(x, y)
	})
	_ = d.Set("communication_group_members", members)
	return nil
}

func sortedExternals(d *sdk.ResourceData, v any) error {
	members := picker{keys: []string{"id", "name", "email", "phone_number"}}.list(v)
	sortBy(members, func(a, b map[string]any) int {
		x, xok := a["email"].(string)
		y, yok := b["email"].(string)
		if !xok || !yok {
			return 0
		}
		return cmp.Compare(x, y)
	})
	_ = d.Set("communication_external_group_members", members)
	return nil
}

func sortBy(v any, compare func(a, b map[string]any) int) {
	l, _ := v.([]any)
	slices.SortFunc(l, func(a, b any) int { return compare(a.(map[string]any), b.(map[string]any)) })
}

// flatStages unwraps stages that arrive as JSON:API objects of their own.
func flatStages(d *sdk.ResourceData, v any) error {
	const name = "communication_template_stages"
	stages, _ := v.([]any)
	if stages == nil {
		_ = d.Set(name, nil)
		return nil
	}
	texts := picker{keys: []string{"sms_content", "email_subject", "email_body", "slack_content"}}
	flat := make([]any, 0, len(stages))
	for _, s := range stages {
		m, ok := s.(map[string]any)
		if !ok {
			continue
		}
		wrapped, nested := m["data"].(map[string]any)
		if !nested {
			o := texts.object(m)
			o["id"], o["communication_stage_id"] = m["id"], m["communication_stage_id"]
			flat = append(flat, o)
			continue
		}
		attributes, _ := wrapped["attributes"].(map[string]any)
		stage, _ := attributes["communication_stage"].(map[string]any)
		o := texts.object(attributes)
		o["id"], o["communication_stage_id"] = wrapped["id"], stage["id"]
		flat = append(flat, o)
	}
	_ = d.Set(name, flat)
	return nil
}

func keptMusic(d *sdk.ResourceData, v any) error {
	if v != "" {
		_ = d.Set("waiting_music_url", v)
	}
	return nil
}

func keptTrigger(d *sdk.ResourceData, v any) error {
	if len(v.(map[string]any)) == 0 {
		v = nil
	}
	_ = d.Set("escalation_policy_trigger_params", v)
	return nil
}

// keptContent leaves markdown alone that the state already holds: Rootly answers with HTML.
func keptContent(d *sdk.ResourceData, v any) error {
	if d.Get("format") == "markdown" && d.Get("content") != "" {
		return nil
	}
	_ = d.Set("content", v)
	return nil
}

// alertTrigger wraps payload conditions that arrive as one object into a list.
func alertTrigger(d *sdk.ResourceData, v any) error {
	const name = "alert_payload_conditions"
	params := v.(map[string]any)
	if one, ok := params[name].(map[string]any); ok {
		if len(one) == 0 {
			delete(params, name)
		} else {
			logic, _ := one["logic"].(string)
			if logic == "" {
				logic = "ALL"
			}
			params[name] = []any{map[string]any{"logic": logic, "conditions": payloadConditions(one["conditions"])}}
		}
	}
	_ = d.Set("trigger_params", []any{params})
	return nil
}

// payloadConditions takes the known keys of conditions, which may also arrive as JSON in a text.
func payloadConditions(v any) any {
	var found []any
	switch v := v.(type) {
	case string:
		if v == "" || json.Unmarshal([]byte(v), &found) != nil {
			return nil
		}
	case []any:
		found = v
	default:
		return nil
	}
	conditions := make([]any, 0, len(found))
	for _, c := range found {
		m, ok := c.(map[string]any)
		if !ok {
			continue
		}
		query, _ := m["query"].(string)
		operator, _ := m["operator"].(string)
		o := map[string]any{"query": query, "operator": operator}
		if values, ok := m["values"].([]any); ok {
			o["values"] = values
		}
		if regexp, ok := m["use_regexp"].(bool); ok {
			o["use_regexp"] = regexp
		}
		conditions = append(conditions, o)
	}
	return conditions
}

// storeOnCallRole reads the one type whose values are a user's id and a relationship of the user.
func storeOnCallRole(d *sdk.ResourceData, o *object) error {
	_ = d.Set("user_id", o.ID)
	role, err := o.relation("on_call_role")
	_ = d.Set("on_call_role_id", role)
	return err
}

// relation returns the id of the one related object, or nothing.
func (o *object) relation(name string) (string, error) {
	raw, ok := o.Relationships[name]
	if !ok {
		return "", nil
	}
	var to document
	if err := json.Unmarshal(raw, &to); err != nil {
		return "", errors.New("relationship " + name + " is no document")
	}
	if to.Data == nil {
		return "", nil
	}
	return to.Data.ID, nil
}
