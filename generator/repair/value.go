package repair

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// asRead returns the value that makes the code equal to what the provider read. It is false if the code cannot express
// that: null, unknown, or nothing that can be set.
func asRead(b *schema.Block, name string, before cty.Value) (cty.Value, bool) {
	if before == cty.NilVal || before.IsNull() || !before.Type().IsObjectType() || !before.Type().HasAttribute(name) {
		return cty.NilVal, false
	}
	v := before.GetAttr(name)
	if v.IsNull() || !v.IsWhollyKnown() {
		return cty.NilVal, false
	}
	if a := b.Attribute(name); a != nil {
		if a.Mode == schema.Computed {
			return cty.NilVal, false
		}
		out, err := convert.Convert(v, a.Type)
		return out, err == nil
	}
	if n := b.Nested(name); n != nil {
		return blocksAsRead(n, v)
	}
	return cty.NilVal, false
}

func blocksAsRead(n *schema.Nested, v cty.Value) (cty.Value, bool) {
	if n.Nesting == schema.NestingSingle {
		return objectAsRead(n.Block, v)
	}
	if !v.CanIterateElements() {
		return cty.NilVal, false
	}
	var blocks []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		_, elem := it.Element()
		o, ok := objectAsRead(n.Block, elem)
		if !ok {
			return cty.NilVal, false
		}
		blocks = append(blocks, o)
	}
	if len(blocks) == 0 {
		return cty.NilVal, false
	}
	return cty.TupleVal(blocks), true
}

// objectAsRead keeps the attributes that may be set and are not empty.
func objectAsRead(b *schema.Block, v cty.Value) (cty.Value, bool) {
	if v.IsNull() || !v.Type().IsObjectType() {
		return cty.NilVal, false
	}
	out := map[string]cty.Value{}
	for _, a := range b.Attributes {
		if a.Mode == schema.Computed || !v.Type().HasAttribute(a.Name) {
			continue
		}
		val, err := convert.Convert(v.GetAttr(a.Name), a.Type)
		if err != nil || val.IsNull() {
			continue
		}
		if a.Mode == schema.Required || a.HasDefault() && a.Enum == nil || says(val) {
			out[a.Name] = val
		}
	}
	for _, n := range b.Blocks {
		if !v.Type().HasAttribute(n.Name) {
			continue
		}
		if inner, ok := blocksAsRead(n, v.GetAttr(n.Name)); ok {
			out[n.Name] = inner
		}
	}
	return cty.ObjectVal(out), true
}

// says reports whether a value is more than the zero of its type.
func says(v cty.Value) bool {
	switch {
	case v.Type() == cty.String:
		return v.AsString() != ""
	case v.Type() == cty.Number:
		return v.AsBigFloat().Sign() != 0
	case v.Type() == cty.Bool:
		return v.True()
	}
	return v.LengthInt() > 0
}

// droppable reports whether an attribute or block may be left out.
func droppable(b *schema.Block, name string) bool {
	if a := b.Attribute(name); a != nil {
		return a.Mode != schema.Required
	}
	n := b.Nested(name)
	return n != nil && n.Mode != schema.Required
}

func has(r *graph.Resource, name string) bool { return r.Config.Type().HasAttribute(name) }

func set(r *graph.Resource, name string, v cty.Value) {
	m := arguments(r)
	m[name] = v
	r.Config = cty.ObjectVal(m)
}

func drop(r *graph.Resource, name string) {
	m := arguments(r)
	delete(m, name)
	r.Config = cty.ObjectVal(m)
}

func arguments(r *graph.Resource) map[string]cty.Value {
	m := r.Config.AsValueMap()
	if m == nil {
		m = map[string]cty.Value{}
	}
	return m
}
