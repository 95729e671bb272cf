package rootly

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// hidden replaces a value that must not be shown.
const hidden = "[REDACTED]"

// beyond returns the settings of an object that the provider has no attributes for, in the structure of the API. Values
// that Rootly computes are left out, and credentials are hidden. It is an empty object if there are none.
func beyond(row *catalogue.Type, block *schema.Block, attributes map[string]any) cty.Value {
	b := beyondReader{row: row, block: block}
	v, _ := b.object("", attributes)
	if v == cty.NilVal {
		return cty.EmptyObjectVal
	}
	return v
}

type beyondReader struct {
	row   *catalogue.Type
	block *schema.Block
}

// object keeps the parts of an object that the provider does not have, and reports whether there are any.
func (b beyondReader) object(at string, m map[string]any) (cty.Value, bool) {
	kept := map[string]cty.Value{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		inner := strings.TrimPrefix(at+"."+name, ".")
		switch {
		case !b.block.Has(inner):
			if !b.row.Computed(inner) {
				kept[name] = b.whole(inner, m[name])
			}
		case b.block.FindNested(inner) != nil:
			if v, any := b.within(inner, m[name]); any {
				kept[name] = v
			}
		}
	}
	if len(kept) == 0 {
		return cty.NilVal, false
	}
	return cty.ObjectVal(kept), true
}

// within looks into values that the provider has as blocks.
func (b beyondReader) within(at string, raw any) (cty.Value, bool) {
	switch v := raw.(type) {
	case map[string]any:
		return b.object(at, v)
	case []any:
		found, elements := false, make([]cty.Value, len(v))
		for i, element := range v {
			kept, any := b.within(at, element)
			if !any {
				kept = cty.EmptyObjectVal
			}
			elements[i], found = kept, found || any
		}
		return cty.TupleVal(elements), found
	}
	return cty.NilVal, false
}

// whole is a value that the provider does not have at all.
func (b beyondReader) whole(at string, raw any) cty.Value {
	switch v := raw.(type) {
	case bool:
		return cty.BoolVal(v)
	case string:
		return cty.StringVal(b.shown(at, v))
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return cty.NumberFloatVal(f)
		}
		return cty.StringVal(v.String()) // larger than any number in a setting
	case []any:
		elements := make([]cty.Value, len(v))
		for i, element := range v {
			elements[i] = b.whole(at, element)
		}
		return cty.TupleVal(elements)
	case map[string]any:
		fields := map[string]cty.Value{}
		for name, field := range v {
			if inner := at + "." + name; !b.row.Computed(inner) {
				fields[name] = b.whole(inner, field)
			}
		}
		return cty.ObjectVal(fields)
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

// shown hides a text that is or may be a credential.
func (b beyondReader) shown(at, text string) string {
	name := at[strings.LastIndexByte(at, '.')+1:]
	covers := func(path string) bool { return at == path || strings.HasPrefix(at, path+".") }
	if slices.ContainsFunc(b.row.Secret, covers) || len(secret.Find(name, text)) > 0 || secret.Mask(text) != text {
		return hidden
	}
	return text
}
