package rewrite

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// tokens writes a value, with references instead of ids. Of objects, only the keys that are set are written.
func (w *writing) tokens(v cty.Value) hclwrite.Tokens {
	switch {
	case v.IsNull() || !v.CanIterateElements():
		if v.Type() == cty.String && !v.IsNull() {
			if address := w.reference(v.AsString()); address != "" {
				return referenceTokens(address)
			}
		}
		return hclwrite.TokensForValue(v)
	case v.Type().IsObjectType() || v.Type().IsMapType():
		var fields []hclwrite.ObjectAttrTokens
		for it := v.ElementIterator(); it.Next(); {
			name, field := it.Element()
			if field.IsNull() {
				continue
			}
			label := hclwrite.TokensForValue(name)
			if hclsyntax.ValidIdentifier(name.AsString()) {
				label = hclwrite.TokensForIdentifier(name.AsString())
			}
			fields = append(fields, hclwrite.ObjectAttrTokens{Name: label, Value: w.tokens(field)})
		}
		return hclwrite.TokensForObject(fields)
	}
	var elements []hclwrite.Tokens
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		elements = append(elements, w.tokens(element))
	}
	return hclwrite.TokensForTuple(elements)
}

func (w *writing) reference(id string) string {
	if w.edit.Reference == nil || id == "" {
		return ""
	}
	return w.edit.Reference(id)
}

// referenceTokens write the id of a resource, whose address may have a key.
func referenceTokens(address string) hclwrite.Tokens {
	return hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(address + ".id")}}
}

// anew writes a live value in place of an expression; unchanged elements of a list stay as they are written. It returns
// nothing if the expression must not be replaced.
func (w *writing) anew(old hclwrite.Tokens, v cty.Value) hclwrite.Tokens {
	expr, diags := hclsyntax.ParseExpression(append(old.Bytes(), '\n'), "", hcl.InitialPos)
	if diags.HasErrors() || !w.edit.Generated && computed(old) != "" && (w.edit.Reference == nil || !isPlain(expr)) {
		return nil
	}
	if call, ok := expr.(*hclsyntax.FunctionCallExpr); ok && call.Name == "jsonencode" && v.Type() == cty.String {
		if inner := w.decoded(v.AsString()); inner != nil {
			return hclwrite.TokensForFunctionCall("jsonencode", inner)
		}
	}
	list, ok := expr.(*hclsyntax.TupleConsExpr)
	if !ok || !v.CanIterateElements() || v.Type().IsObjectType() || v.Type().IsMapType() {
		return w.tokens(v)
	}
	var before []cty.Value
	if w.code != cty.NilVal && !w.code.IsNull() && w.code.CanIterateElements() && w.code.LengthInt() == len(list.Exprs) {
		before = w.code.AsValueSlice()
	}
	source := append(old.Bytes(), '\n')
	var elements []hclwrite.Tokens
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		at := slices.IndexFunc(before, func(b cty.Value) bool { return b.IsWhollyKnown() && b.RawEquals(element) })
		if at < 0 {
			elements = append(elements, w.tokens(element))
			continue
		}
		r := list.Exprs[at].Range()
		elements = append(elements, hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: slices.Clone(r.SliceBytes(source))}})
	}
	return hclwrite.TokensForTuple(elements)
}

// decoded writes a JSON text as a value of the language.
func (w *writing) decoded(text string) hclwrite.Tokens {
	ty, err := ctyjson.ImpliedType([]byte(text))
	if err != nil || !json.Valid([]byte(text)) || ty.IsPrimitiveType() {
		return nil
	}
	v, err := ctyjson.Unmarshal([]byte(text), ty)
	if err != nil || !allKeysSet(v) {
		return nil
	}
	return w.tokens(v)
}

// allKeysSet reports whether no object in a value has a null, which the text would have to keep.
func allKeysSet(v cty.Value) bool {
	set := true
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) { set = set && !v.IsNull(); return set, nil })
	return set
}

// isPlain reports whether an expression consists of values and ids of resources.
func isPlain(expr hclsyntax.Expression) bool {
	plain := true
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr,
			*hclsyntax.ObjectConsKeyExpr, *hclsyntax.UnaryOpExpr, *hclsyntax.ParenthesesExpr:
		case *hclsyntax.ScopeTraversalExpr:
			last, ok := n.Traversal[len(n.Traversal)-1].(hcl.TraverseAttr)
			plain = plain && strings.HasPrefix(n.Traversal.RootName(), "rootly_") && ok && last.Name == "id"
		case hclsyntax.Expression:
			plain = false
		}
		return nil
	})
	return plain
}

// laid indents code for the block that it goes into, and returns it as a body.
func laid(depth int, build func(*hclwrite.Body)) *hclwrite.Body {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	for range depth {
		body = body.AppendNewBlock("x", nil).Body()
	}
	build(body)
	again, diags := hclwrite.ParseConfig(hclwrite.Format(file.Bytes()), "", hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	body = again.Body()
	for range depth {
		body = body.Blocks()[0].Body()
	}
	return body
}

// plainTokens reports whether tokens consist of values and ids of resources.
func plainTokens(tokens hclwrite.Tokens) bool {
	expr, diags := hclsyntax.ParseExpression(append(tokens.Bytes(), '\n'), "", hcl.InitialPos)
	return !diags.HasErrors() && isPlain(expr)
}
