package rewrite

import (
	"slices"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// blocks gives an argument the nested blocks that live has. A block whose value did not change is not rewritten.
func (w *writing) blocks(name string) string {
	if w.edit.Block == nil {
		return "whole blocks were added or removed outside of code"
	}
	var old []*hclwrite.Block
	for _, b := range w.body.Blocks() {
		if b.Type() == "dynamic" && slices.Equal(b.Labels(), []string{name}) {
			return "a dynamic block creates it"
		}
		if b.Type() == name {
			old = append(old, b)
		}
	}
	live, written, code := elements(w.live), elements(w.written), elements(w.code)
	kept := make([]*hclwrite.Block, len(live))
	for i, v := range live {
		at := slices.IndexFunc(code, func(c cty.Value) bool { return c.IsWhollyKnown() && c.RawEquals(v) })
		if at >= 0 && at < len(old) && !slices.Contains(kept, old[at]) {
			kept[i] = old[at]
		}
	}
	for _, b := range old {
		if !slices.Contains(kept, b) && !w.edit.Generated && !plainBody(b.Body()) {
			return byExpression
		}
	}
	var tokens hclwrite.Tokens
	for i := range live {
		if kept[i] != nil {
			tokens = append(tokens, kept[i].BuildTokens(nil)...)
			continue
		}
		value := live[i]
		if len(written) == len(live) {
			value = written[i]
		}
		body := laid(w.depth+1, func(b *hclwrite.Body) { w.fill(b.AppendNewBlock(name, nil).Body(), w.names(name), value) })
		if body == nil {
			return "its block cannot be written"
		}
		tokens = append(tokens, body.Blocks()[0].BuildTokens(nil)...)
	}
	for _, b := range old {
		w.body.RemoveBlock(b)
	}
	w.body.AppendUnstructuredTokens(tokens)
	return ""
}

// fill writes an object into a block. Names is the path to the object.
func (w *writing) fill(body *hclwrite.Body, names string, v cty.Value) {
	if v.IsNull() || !v.CanIterateElements() {
		return
	}
	var nested []string
	for it := v.ElementIterator(); it.Next(); {
		key, field := it.Element()
		name := key.AsString()
		switch {
		case field.IsNull():
		case w.edit.Block(join(names, name)):
			nested = append(nested, name)
		default:
			body.SetAttributeRaw(name, w.tokens(field))
		}
	}
	for _, name := range nested {
		for _, element := range elements(v.GetAttr(name)) {
			w.fill(body.AppendNewBlock(name, nil).Body(), join(names, name), element)
		}
	}
}

// names is the path to an attribute of the block that is written.
func (w *writing) names(name string) string {
	names := ""
	for _, step := range w.at[:len(w.at)-1] {
		if attr, ok := step.(cty.GetAttrStep); ok {
			names = join(names, attr.Name)
		}
	}
	return join(names, name)
}

func join(names, name string) string {
	if names == "" {
		return name
	}
	return names + "." + name
}

func elements(v cty.Value) []cty.Value {
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() || !v.CanIterateElements() || v.Type().IsObjectType() || v.Type().IsMapType() {
		return nil
	}
	return v.AsValueSlice()
}

// plainBody reports whether a block contains only values and ids of resources.
func plainBody(body *hclwrite.Body) bool {
	for _, a := range body.Attributes() {
		if computed(a.Expr().BuildTokens(nil)) != "" && !plainTokens(a.Expr().BuildTokens(nil)) {
			return false
		}
	}
	return !slices.ContainsFunc(body.Blocks(), func(b *hclwrite.Block) bool { return !plainBody(b.Body()) })
}
