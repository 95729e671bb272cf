package code

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Texts reads an argument that is a map of plain texts; nil if it is something else.
func (s Source) Texts(it Item, arg string) map[string]string {
	a, ok := it.Arg(arg)
	if !ok {
		return nil
	}
	all, err := s.entries(a)
	if err != nil {
		return nil
	}
	out := make(map[string]string, len(all))
	for _, e := range all {
		text := ""
		if json.Unmarshal(e.value, &text) != nil || strings.Contains(text, "${") {
			return nil
		}
		out[e.key] = text
	}
	return out
}

// Says reports whether an argument is the given expression, in either syntax.
func (s Source) Says(it Item, arg, expression string) bool {
	a, ok := it.Arg(arg)
	if !ok {
		return false
	}
	text := string(s.Text[a.Start:a.End])
	if s.leaves == nil {
		return text == expression
	}
	return json.Unmarshal([]byte(text), &text) == nil && (text == expression || text == "${"+expression+"}")
}

// WithoutEntries returns the edits that remove entries from a map in Terraform's own syntax.
func (s Source) WithoutEntries(it Item, arg string, keys map[string]bool) []Edit {
	a, ok := it.Arg(arg)
	if !ok || s.leaves != nil {
		return nil
	}
	value := s.Text[a.Start:a.End]
	expr, diags := hclsyntax.ParseExpression(value, "", hcl.InitialPos)
	object, ok := expr.(*hclsyntax.ObjectConsExpr)
	if diags.HasErrors() || !ok {
		return nil
	}
	var edits []Edit
	begin := object.OpenRange.End.Byte
	for _, item := range object.Items {
		end := lineEnd(value, item.ValueExpr.Range().End.Byte)
		if key, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && key.Type() == cty.String && keys[key.AsString()] {
			edits = append(edits, Edit{Start: a.Start + begin, End: a.Start + end})
		}
		begin = end
	}
	return edits
}
