package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// SecretsFile contains the values of secret variables, which only the owner may read.
const SecretsFile = "secrets.auto.tfvars"

const (
	notInCode = "secrets are not written into code; use a variable with its value in " + SecretsFile
	alsoHeld  = "the value contains a secret, which is not written into code"
)

// secrets are the values of secret variables.
type secrets struct {
	file *hclwrite.File // nil: there is no such file
	uses map[string]int // how often the code mentions a variable
}

// readSecrets reads the values, and how often each variable is used: a value that several places share must not be
// changed for one of them.
func readSecrets(files map[string][]byte) (*secrets, error) {
	s := &secrets{uses: map[string]int{}}
	for name, content := range files {
		if name == SecretsFile {
			file, diags := hclwrite.ParseConfig(content, name, hcl.InitialPos)
			if diags.HasErrors() {
				return nil, fmt.Errorf("parse %s: line %d: %s", name, diags[0].Subject.Start.Line, diags[0].Summary) // without what it quotes
			}
			s.file = file
			continue
		}
		tokens, _ := hclsyntax.LexConfig(content, name, hcl.InitialPos)
		for i, t := range tokens[:max(0, len(tokens)-2)] {
			if string(t.Bytes) == "var" && tokens[i+1].Type == hclsyntax.TokenDot {
				s.uses[string(tokens[i+2].Bytes)]++
			}
		}
	}
	return s, nil
}

// put gives the live value to the variable at a path of an expression.
func (s *secrets) put(attribute *hclwrite.Attribute, path cty.Path, live cty.Value) string {
	name := ""
	if attribute != nil {
		name = variableAt(attribute.Expr().BuildTokens(nil).Bytes(), path)
	}
	if name == "" || s.file == nil || s.file.Body().GetAttribute(name) == nil {
		return notInCode
	}
	switch {
	case s.uses[name] != 1:
		return "var." + name + " has a secret that other code uses too"
	case live.IsNull() || !live.IsKnown() || live.Type() != cty.String:
		return "var." + name + " has a secret, but the live object has none"
	case strings.Contains(live.AsString(), drift.Redacted):
		return "Rootly does not show the live value of the secret"
	}
	now := hclwrite.TokensForValue(live)
	now[0].SpacesBefore = s.file.Body().GetAttribute(name).Expr().BuildTokens(nil)[0].SpacesBefore
	s.file.Body().SetAttributeRaw(name, now)
	return ""
}

// variableAt is the name of the variable at a path of an expression; empty if there is none.
func variableAt(source []byte, path cty.Path) string {
	expr, diags := hclsyntax.ParseExpression(append(slices.Clone(source), '\n'), "", hcl.InitialPos)
	if diags.HasErrors() {
		return ""
	}
	for _, step := range path {
		if expr = element(expr, step); expr == nil {
			return ""
		}
	}
	traversal, ok := expr.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(traversal.Traversal) != 2 || traversal.Traversal.RootName() != "var" {
		return ""
	}
	if attr, ok := traversal.Traversal[1].(hcl.TraverseAttr); ok {
		return attr.Name
	}
	return ""
}

// element is the expression at one step into a map or a list; nil if there is none.
func element(expr hclsyntax.Expression, step cty.PathStep) hclsyntax.Expression {
	switch expr := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return element(expr.Expression, step)
	case *hclsyntax.ObjectConsExpr:
		want := keyOf(step)
		for _, item := range expr.Items {
			if key, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && key.Type() == cty.String && want != "" && key.AsString() == want {
				return item.ValueExpr
			}
		}
	case *hclsyntax.TupleConsExpr:
		index, ok := step.(cty.IndexStep)
		if !ok || index.Key.Type() != cty.Number {
			return nil
		}
		if i, _ := index.Key.AsBigFloat().Int64(); i >= 0 && int(i) < len(expr.Exprs) {
			return expr.Exprs[i]
		}
	}
	return nil
}

func keyOf(step cty.PathStep) string {
	switch step := step.(type) {
	case cty.GetAttrStep:
		return step.Name
	case cty.IndexStep:
		if step.Key.Type() == cty.String {
			return step.Key.AsString()
		}
	}
	return ""
}

// isCode reports whether a file contains resources rather than values.
func isCode(name string) bool { return !strings.HasSuffix(name, ".tfvars") }
