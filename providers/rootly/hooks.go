package rootly

import (
	"encoding/json"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A hook is the last resort for what the catalogue's fields cannot say about a type.
type hook struct {
	// before rewrites the raw attributes as the provider's own reading does.
	before func(*Object, *reader, map[string]any) map[string]any
	// after changes the arguments that are to be written.
	after func(*Object, *reader, map[string]cty.Value)
}

// hooks lists the types that need one, each with the reason at its function.
func hooks() map[string]hook {
	return map[string]hook{
		"rootly_alerts_source":           {after: oneTemplate},
		"rootly_communications_group":    {before: sortMembers},
		"rootly_communications_template": {before: flattenStages},
		"rootly_schedule_rotation":       {before: rotation, after: rotationSets},
		"rootly_user_on_call_role":       {before: onCallRoleOfUser},
		"rootly_workflow_alert":          {before: payloadConditions},
	}
}

// with returns a copy of the attributes in which one is replaced.
func with(attrs map[string]any, name string, val any) map[string]any {
	out := make(map[string]any, len(attrs)+1)
	for k, v := range attrs {
		out[k] = v
	}
	out[name] = val
	return out
}

// oneTemplate: the API answers the template of an alert source in two forms that exclude each
// other in code. The list of fields is the newer one and holds more.
func oneTemplate(_ *Object, r *reader, out map[string]cty.Value) {
	const fields, template = "alert_source_fields_attributes", "alert_template_attributes"
	_, both := out[fields]
	if _, has := out[template]; both && has {
		delete(out, template)
		r.lose(place{}.attr(template), "the provider takes this or "+fields+", and the API answers both")
	}
}

// sortMembers: the provider sorts members by user and external members by email.
func sortMembers(_ *Object, _ *reader, attrs map[string]any) map[string]any {
	attrs = with(attrs, "communication_group_members", sortedBy(attrs["communication_group_members"], "user_id"))
	return with(attrs, "communication_external_group_members", sortedBy(attrs["communication_external_group_members"], "email"))
}

func sortedBy(raw any, key string) any {
	list, ok := raw.([]any)
	if !ok {
		return raw
	}
	out := append([]any(nil), list...)
	// Not stable, on purpose: what cannot be compared must end up where the same sort puts it.
	sort.Slice(out, func(i, j int) bool { return less(field(out[i], key), field(out[j], key)) })
	return out
}

func field(raw any, key string) any {
	m, _ := raw.(map[string]any)
	return m[key]
}

// less orders numbers by value and text by bytes. Nothing is before what is missing.
func less(a, b any) bool {
	x, okX := a.(json.Number)
	y, okY := b.(json.Number)
	if okX && okY {
		fx, _ := x.Float64()
		fy, _ := y.Float64()
		return fx < fy
	}
	s, okS := a.(string)
	t, okT := b.(string)
	return okS && okT && s < t
}

// flattenStages: stages arrive as JSON:API objects inside attributes; the provider flattens them.
func flattenStages(_ *Object, _ *reader, attrs map[string]any) map[string]any {
	list, ok := attrs["communication_template_stages"].([]any)
	if !ok {
		return attrs
	}
	out := make([]any, 0, len(list))
	for _, item := range list {
		out = append(out, flatStage(item))
	}
	return with(attrs, "communication_template_stages", out)
}

func flatStage(item any) any {
	inner, ok := field(item, "data").(map[string]any)
	if !ok {
		return item
	}
	attrs, _ := inner["attributes"].(map[string]any)
	flat := map[string]any{"id": inner["id"]}
	for k, v := range attrs {
		flat[k] = v
	}
	if stage, ok := attrs["communication_stage"].(map[string]any); ok {
		flat["communication_stage_id"] = stage["id"]
	}
	return flat
}

// rotation: the type of the provider's newer half keeps null apart from zero, and its members
// are objects of their own beside it.
func rotation(obj *Object, r *reader, attrs map[string]any) map[string]any {
	r.exact = true
	members := make([]any, 0, len(obj.Members))
	for _, m := range obj.Members {
		members = append(members, m)
	}
	return with(attrs, "schedule_rotation_members", members)
}

// rotationSets: the provider fills the two sets only when its state already has some, so after an
// import it finds none.
func rotationSets(_ *Object, r *reader, out map[string]cty.Value) {
	for _, name := range []string{"active_time_attributes", "schedule_rotation_members"} {
		if _, ok := out[name]; ok {
			r.ignoreAt(place{}.attr(name), "the provider does not read it at import")
		}
	}
}

// onCallRoleOfUser: the resource is a user seen as the holder of an on-call role.
func onCallRoleOfUser(obj *Object, _ *reader, _ map[string]any) map[string]any {
	return map[string]any{"user_id": string(obj.ID), "on_call_role_id": relatedID(obj.Node, "on_call_role")}
}

// payloadConditions: the provider turns the conditions on an alert's payload from an object into
// a list of one, parses conditions that are JSON in text, and drops an empty object.
func payloadConditions(_ *Object, r *reader, attrs map[string]any) map[string]any {
	params, ok := attrs["trigger_params"].(map[string]any)
	if !ok {
		return attrs
	}
	object, ok := params["alert_payload_conditions"].(map[string]any)
	if !ok {
		return attrs
	}
	if len(object) == 0 {
		params = with(params, "alert_payload_conditions", nil)
		delete(params, "alert_payload_conditions")
		return with(attrs, "trigger_params", params)
	}
	rewritten := map[string]any{"logic": text(object, "logic"), "conditions": conditionsOf(object["conditions"])}
	if said := strings.TrimSpace(text(object, "conditions")); said != "" && !strings.HasPrefix(said, "[") {
		at := "trigger_params[0].alert_payload_conditions[0].conditions"
		r.lose(place{names: withoutIndexes(at), indexed: at}, "the provider reads conditions from a list only")
	}
	if rewritten["logic"] == "" {
		rewritten["logic"] = "ALL"
	}
	return with(attrs, "trigger_params", with(params, "alert_payload_conditions", []any{rewritten}))
}

// conditionsOf keeps of each condition what the provider keeps, with its types.
func conditionsOf(raw any) any {
	if s, ok := raw.(string); ok {
		raw = nil
		var parsed []any
		if json.Unmarshal([]byte(s), &parsed) == nil {
			raw = parsed
		}
	}
	list, _ := raw.([]any)
	out := make([]any, 0, len(list))
	for _, item := range list {
		m, ok := item.(map[string]any)
		if !ok {
			continue
		}
		values, _ := m["values"].([]any)
		out = append(out, map[string]any{
			"query": text(m, "query"), "operator": text(m, "operator"), "values": values, "use_regexp": isTrue(m, "use_regexp"),
		})
	}
	return out
}
