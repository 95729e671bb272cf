package standin

import (
	"slices"

	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// always are attributes that the official provider sends in every request, even when they are empty
// or did not change: then as zero. It never sends other empty texts or zeros, so that clearing one has no effect.
var always = map[string][]string{
	"rootly_escalation_level": {"delay"},
	"rootly_escalation_path":  {"initial_delay"},
	"rootly_service":          {"backstage_id", "external_id", "pagerduty_id", "opsgenie_id", "cortex_id", "service_now_ci_sys_id"},
}

// sentEmpty are texts that are sent when they were set to nothing.
var sentEmpty = map[string]string{"rootly_status_page_component": "status_page_component_group_id"}

// attributes are those of d that want picks, in the form in which the API takes them.
func (k *kind) attributes(d *sdk.ResourceData, want func(name string) bool) map[string]any {
	sent := map[string]any{}
	for name, s := range k.schema {
		if s.Computed && !s.Optional {
			continue
		}
		if sentEmpty[k.row.Name] == name && want(name) {
			sent[name] = d.Get(name)
			continue
		}
		fixed := slices.Contains(always[k.row.Name], name)
		v := plain(d.Get(name))
		switch empty := v == "" || v == 0; {
		case want(name) && (fixed || !empty):
			if form := k.form(name, v, s); form != nil {
				sent[name] = form
			}
		case fixed:
			sent[name] = s.ZeroValue()
		}
	}
	k.amend(d, sent)
	return sent
}

// amend makes the few bodies that do not look like the resource.
func (k *kind) amend(d *sdk.ResourceData, sent map[string]any) {
	switch k.row.Name {
	case onCallRoleType:
		delete(sent, "user_id")
		if _, ok := sent["on_call_role_id"]; !ok {
			sent["on_call_role_id"] = nil
		}
	case "rootly_dashboard":
		if name := d.Get("name"); name != "" {
			sent["name"] = name
		}
	case "rootly_edge_connector":
		delete(sent, "subscriptions")
	case "rootly_edge_connector_action":
		delete(sent, "edge_connector_id")
		if p, ok := sent["parameters"]; ok {
			delete(sent, "parameters")
			sent["metadata"] = map[string]any{"parameters": p}
		}
	case "rootly_on_call_role":
		delete(sent, "system_role")
		if d.IsNewResource() {
			sent["system_role"] = "custom"
		}
	case "rootly_schedule":
		if d.IsNewResource() {
			sent["slack_channel"], sent["slack_user_group"] = d.Get("slack_channel"), d.Get("slack_user_group")
		}
	}
}

// form turns the value of a block into the object that the API takes where the provider reads one.
func (k *kind) form(name string, v any, s *sdk.Schema) any {
	switch k.row.Read[name] {
	case catalogue.ReadOne, catalogue.ReadOneWhenSet, catalogue.ReadRawOne, catalogue.ReadRawOneWhenSet:
		l, _ := v.([]any)
		if len(l) == 0 || l[0] == nil {
			return k.emptyForm(name)
		}
		if m, ok := l[0].(map[string]any); ok && k.row.Name == "rootly_workflow_alert" {
			if payload, _ := m["alert_payload_conditions"].([]any); len(payload) > 0 {
				m["alert_payload_conditions"] = payload[0]
			}
		}
		return l[0]
	case catalogue.ReadExpand:
		return flatten(v, s)
	case catalogue.ReadRaw:
		return withoutEmpty(v)
	}
	if k.row.Name == "rootly_communications_group" && name == "communication_group_conditions" {
		return withoutNames(v)
	}
	return v
}

// emptyForm is what stands for a block that was removed: an empty object, or nothing where the
// official provider sends no such block.
func (k *kind) emptyForm(name string) any {
	if k.row.Read[name] == catalogue.ReadRawOneWhenSet {
		return nil
	}
	return map[string]any{}
}

// plain turns sets into lists at every depth.
func plain(v any) any {
	switch v := v.(type) {
	case *sdk.Set:
		return plain(v.List())
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = plain(e)
		}
		return l
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = plain(e)
		}
		return m
	}
	return v
}

// flatten undoes expand.
func flatten(v any, s *sdk.Schema) any {
	inner, isBlock := s.Elem.(*sdk.Resource)
	l, isList := v.([]any)
	if !isBlock || !isList {
		return v
	}
	objects := make([]any, 0, len(l))
	for _, e := range l {
		m, _ := e.(map[string]any)
		o := make(map[string]any, len(m))
		for name, v := range m {
			o[name] = flatten(v, inner.Schema[name])
		}
		objects = append(objects, o)
	}
	if s.MaxItems != 1 {
		return objects
	}
	if len(objects) == 0 {
		return map[string]any{}
	}
	return objects[0]
}

// withoutEmpty leaves out the texts and lists that are empty in a list of objects.
func withoutEmpty(v any) any {
	l, _ := v.([]any)
	for _, e := range l {
		m, _ := e.(map[string]any)
		for name, v := range m {
			if inner, isList := v.([]any); v == "" || isList && len(inner) == 0 {
				delete(m, name)
			}
		}
	}
	return v
}

// withoutNames leaves out the names of a condition's properties, which the API takes by id only.
func withoutNames(v any) any {
	l, _ := v.([]any)
	for _, e := range l {
		m, _ := e.(map[string]any)
		properties, _ := m["properties"].([]any)
		for _, p := range properties {
			if o, ok := p.(map[string]any); ok {
				delete(o, "name")
			}
		}
	}
	return v
}
