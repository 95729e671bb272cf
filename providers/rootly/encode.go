package rootly

import (
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// JSONTexts places an expression at every text of a resource that the provider compares as JSON.
func JSONTexts(b *schema.Block, config cty.Value) []graph.Placed {
	if !b.HasJSON() {
		return nil
	}
	return encodedTexts(b, config, nil)
}

// encodedTexts places an expression at every text that the provider compares as JSON, so that the code
// shows the content instead of an escaped string. Text that is not JSON, for example because it has
// Liquid in it, stays as it is, and so does JSON that the provider compares as text.
func encodedTexts(b *schema.Block, v cty.Value, at cty.Path) []graph.Placed {
	var placed []graph.Placed
	for _, a := range b.Attributes {
		if a.Suppress != schema.SuppressJSON || !v.Type().HasAttribute(a.Name) {
			continue
		}
		if val, ok := parsed(v.GetAttr(a.Name).AsString()); ok {
			path := append(at.Copy(), cty.GetAttrStep{Name: a.Name})
			placed = append(placed, graph.Placed{Path: path, Expr: graph.Encoded{Value: val}})
		}
	}
	for _, n := range b.Blocks {
		if !v.Type().HasAttribute(n.Name) || !n.Block.HasJSON() {
			continue
		}
		blocks := v.GetAttr(n.Name)
		if n.Nesting == schema.NestingSingle {
			placed = append(placed, encodedTexts(n.Block, blocks, append(at.Copy(), cty.GetAttrStep{Name: n.Name}))...)
			continue
		}
		i := int64(0)
		for it := blocks.ElementIterator(); it.Next(); i++ {
			_, block := it.Element()
			path := append(at.Copy(), cty.GetAttrStep{Name: n.Name}, cty.IndexStep{Key: cty.NumberIntVal(i)})
			placed = append(placed, encodedTexts(n.Block, block, path)...)
		}
	}
	return placed
}

// parsed returns the value of a JSON object or list, if writing it again gives equal JSON.
func parsed(text string) (cty.Value, bool) {
	if !isContainer(text) || number.CheckAll([]byte(text)) != nil {
		return cty.NilVal, false
	}
	ty, err := ctyjson.ImpliedType([]byte(text))
	if err != nil {
		return cty.NilVal, false
	}
	v, err := ctyjson.Unmarshal([]byte(text), ty)
	if err != nil {
		return cty.NilVal, false
	}
	again, err := ctyjson.Marshal(v, ty)
	if err != nil || !sameJSON(text, string(again)) {
		return cty.NilVal, false
	}
	return v, true
}
