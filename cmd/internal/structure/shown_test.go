package structure

import (
	"go/ast"
	"testing"
)

// masking are the packages that make a text that may be shown: from values, with type and path.
var masking = map[string]string{
	"providers/graph/secret": "it masks",
	"providers/shown":        "it changes what is masked already",
}

// TestShownTextsAreMasked holds that nobody makes a shown.Text from a string that was not masked.
func TestShownTextsAreMasked(t *testing.T) {
	t.Parallel()
	for _, s := range files(t, program) {
		if masking[s.dir] != "" {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && called(call) == "shown.Text" {
				t.Errorf("%s: a string becomes a shown.Text without a type and a path; use secret.Veil", s.at(call))
			}
			return true
		})
	}
}
