package rootly

import (
	"encoding/json"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// coerce fits a raw object to the schema: it drops unknown keys, turns numbers into text if the schema has text, and
// single values into lists of one. The result is the content of a block whose changes Terraform ignores.
func coerce(b *schema.Block, raw map[string]any) map[string]any {
	out := map[string]any{}
	for key, val := range raw {
		if a := b.Attribute(key); a != nil {
			if v := coerceValue(a.Type, val); v != nil {
				out[key] = v
			}
			continue
		}
		if n := b.Nested(key); n != nil {
			if list := coerceBlocks(n, val); list != nil {
				out[key] = list
			}
		}
	}
	return out
}

func coerceBlocks(n *schema.Nested, raw any) []any {
	items, ok := raw.([]any)
	if !ok {
		items = []any{raw}
	}
	var out []any
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, coerce(n.Block, m))
		}
	}
	return out
}

// coerceValue returns nil for a value that does not fit.
func coerceValue(ty cty.Type, raw any) any {
	switch {
	case ty == cty.String:
		return coerceText(raw)
	case ty.IsMapType():
		m, ok := raw.(map[string]any)
		if !ok {
			return nil
		}
		out := map[string]any{}
		for key, val := range m {
			if s := coerceText(val); s != nil {
				out[key] = s
			}
		}
		return out
	case ty.IsListType(), ty.IsSetType():
		items, ok := raw.([]any)
		if !ok && raw != nil {
			items = []any{raw}
		}
		var out []any
		for _, item := range items {
			if v := coerceValue(ty.ElementType(), item); v != nil {
				out = append(out, v)
			}
		}
		return out
	}
	if _, err := scalarState(&schema.Attribute{Type: ty}, raw); err != nil {
		return nil
	}
	return raw
}

func coerceText(raw any) any {
	switch v := raw.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return nil
}
