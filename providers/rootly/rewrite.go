package rootly

import (
	"encoding/json"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// rewrite returns the attributes of an object as the provider rewrites them before it stores them. It
// does not modify the object.
func (r *reader) rewrite(obj *Object) map[string]any {
	if len(r.row.From) > 0 {
		return viewOf(obj)
	}
	attrs := obj.Node.Attributes
	for name, by := range r.row.Sorted {
		attrs = with(attrs, name, sortedBy(attrs[name], by))
	}
	if name := r.row.Members; name != "" {
		attrs = with(attrs, name, append([]any{}, obj.Members...))
	}
	if block, name, ok := strings.Cut(r.row.AlertConditions, "."); ok {
		attrs = r.alertConditions(attrs, block, name)
	}
	return attrs
}

// with returns a copy of the attributes in which one is replaced.
func with(attrs map[string]any, name string, val any) map[string]any {
	out := maps.Clone(attrs)
	if out == nil {
		out = map[string]any{}
	}
	out[name] = val
	return out
}

// viewOf collects the attributes from the places that the row names.
func viewOf(obj *Object) map[string]any {
	attrs := map[string]any{}
	for name, from := range obj.Type.From {
		if from == "id" {
			attrs[name] = string(obj.ID)
			continue
		}
		attrs[name] = relatedID(obj.Node, from)
	}
	return attrs
}

// sortedBy sorts a list of objects by one of their attributes.
func sortedBy(raw any, key string) any {
	list, ok := raw.([]any)
	if !ok {
		return raw
	}
	out := slices.Clone(list)
	// Not stable, on purpose: elements that cannot be compared have to end up where the provider's
	// sort, which is the same, puts them.
	sort.Slice(out, func(i, j int) bool { return less(field(out[i], key), field(out[j], key)) })
	return out
}

func field(raw any, key string) any {
	m, _ := raw.(map[string]any)
	return m[key]
}

// less orders numbers by value and text by bytes. A missing value is neither less nor greater.
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

// flattened turns JSON:API objects inside attributes into plain objects.
func flattened(raw any) any {
	list, ok := raw.([]any)
	if !ok {
		return raw
	}
	out := make([]any, 0, len(list))
	for _, item := range list {
		out = append(out, flat(item))
	}
	return out
}

// flat returns the id and the attributes of a JSON:API object as one object. For an attribute that is an
// object, such as communication_stage, it adds its id as communication_stage_id.
func flat(item any) any {
	inner, ok := field(item, "data").(map[string]any)
	if !ok {
		return item
	}
	plain := map[string]any{"id": inner["id"]}
	attrs := object(inner, "attributes")
	maps.Copy(plain, attrs)
	for name := range attrs {
		if related := object(attrs, name); related != nil {
			plain[name+"_id"] = related["id"]
		}
	}
	return plain
}

// alertConditions rewrites the conditions on an alert's payload, an object of a block. The provider
// makes a list of one of them, parses conditions that are JSON in text, and drops an empty object.
func (r *outcome) alertConditions(attrs map[string]any, block, name string) map[string]any {
	params := object(attrs, block)
	conditions, ok := params[name].(map[string]any)
	if !ok {
		return attrs
	}
	params = with(params, name, nil)
	if len(conditions) == 0 {
		delete(params, name)
		return with(attrs, block, params)
	}
	rewritten := map[string]any{"logic": text(conditions, "logic"), "conditions": conditionsOf(conditions["conditions"])}
	if written := strings.TrimSpace(text(conditions, "conditions")); written != "" && !strings.HasPrefix(written, "[") {
		at := place{}.attr(block).index(0).attr(name).index(0).attr("conditions")
		r.lose(at, "the provider only reads conditions from a list")
	}
	if rewritten["logic"] == "" {
		rewritten["logic"] = "ALL"
	}
	params[name] = []any{rewritten}
	return with(attrs, block, params)
}

// conditionsOf returns the keys of each condition that the provider reads, with the types that it gives them.
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

// yield leaves out the arguments that the provider does not accept together with others.
func (r *reader) yield(out map[string]cty.Value) {
	for _, name := range sortedKeys(r.row.Yields) {
		other := r.row.Yields[name]
		_, has := out[name]
		if _, both := out[other]; has && both {
			delete(out, name)
			r.lose(place{}.attr(name), "the provider accepts this or "+other+", but the API returns both")
		}
	}
}

// ignoreUnread makes Terraform ignore the blocks that the provider does not read during an import.
func (r *reader) ignoreUnread(out map[string]cty.Value) {
	for _, name := range r.row.ReadIfInState {
		if _, ok := out[name]; ok {
			r.ignoreAt(place{}.attr(name), "the provider does not read it during an import, so edits are not applied; to manage it, delete this line after the import and apply")
		}
	}
}
