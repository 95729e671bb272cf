package standin

import (
	"slices"

	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// sentEmpty are texts that the official provider sends even when they are empty. It never sends
// other empty texts or zeros, so that clearing one has no effect.
var sentEmpty = map[string][]string{
	"rootly_service": {"backstage_id", "external_id", "pagerduty_id", "opsgenie_id", "cortex_id", "service_now_ci_sys_id"},

	"rootly_escalation_level": {"delay"},
	"rootly_escalation_path":  {"initial_delay"},
}

// attributes are those of d that want picks, in the form in which the API takes them.
func (k *kind) attributes(d *sdk.ResourceData, want func(name string) bool) map[string]any {
	sent := map[string]any{}
	for name, s := range k.schema {
		if !want(name) || s.Computed && !s.Optional {
			continue
		}
		v := plain(d.Get(name))
		if (v == "" || v == 0) && !slices.Contains(sentEmpty[k.row.Name], name) {
			continue
		}
		if l, ok := v.([]any); ok && len(l) == 0 && d.IsNewResource() {
			continue
		}
		sent[name] = k.form(name, v, s)
	}
	if k.row.Name == "rootly_edge_connector_action" {
		delete(sent, "edge_connector_id")
		if p, ok := sent["parameters"]; ok {
			delete(sent, "parameters")
			sent["metadata"] = map[string]any{"parameters": p}
		}
	}
	return sent
}

// form turns the value of a block into the object that the API takes where the provider reads one.
func (k *kind) form(name string, v any, s *sdk.Schema) any {
	switch k.row.Read[name] {
	case catalogue.ReadOne, catalogue.ReadOneWhenSet, catalogue.ReadRawOne, catalogue.ReadRawOneWhenSet:
		l, _ := v.([]any)
		if len(l) == 0 || l[0] == nil {
			return map[string]any{}
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
