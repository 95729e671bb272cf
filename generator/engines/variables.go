package engines

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
)

var anything = regexp.MustCompile("")

// environmentVariables carries the environment's TF_VAR_* over by a file that only this user can read: terraform-exec
// does not pass them on, and arguments can be read by everybody. There is no such file where there is nothing to pass.
//
// The rules are the engine's: a variable without a type or of a primitive type takes the text as it is, any other takes
// an expression, and a value in terraform.tfvars or *.auto.tfvars comes before the environment's.
func (e *environment) environmentVariables() ([]string, error) {
	given := map[string]string{}
	for name, value := range environMap(e.job.Environ) {
		if variable, ok := strings.CutPrefix(name, VariablePrefix); ok {
			given[variable] = value
		}
	}
	if len(given) == 0 {
		return nil, nil
	}

	code, err := roots.Parse(e.job.Dir, roots.CodeNames, variableMention)
	if err != nil {
		return nil, err
	}
	values, err := roots.Parse(e.job.Dir, roots.ValueNames, anything)
	if err != nil {
		return nil, err
	}
	for _, body := range values {
		attributes, _ := body.JustAttributes()
		for name := range attributes {
			delete(given, name)
		}
	}
	src, err := variableFile(declaredVariables(code), given)
	if err != nil || len(src) == 0 {
		return nil, err
	}

	path, err := e.own.note("environment.tfvars", src)
	if err != nil {
		return nil, fmt.Errorf("pass variables to the engine: %w", err)
	}
	return []string{path}, nil
}

// declaredVariables maps the variables of the code to whether they take text as it is.
func declaredVariables(bodies []hcl.Body) map[string]bool {
	schema := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "variable", LabelNames: []string{"name"}}}}
	inside := &hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "type"}}}
	declared := map[string]bool{}
	for _, block := range roots.Blocks(bodies, schema) {
		content, _, _ := block.Body.PartialContent(inside)
		declared[block.Labels[0]] = takesText(content.Attributes["type"])
	}
	return declared
}

func takesText(attribute *hcl.Attribute) bool {
	if attribute == nil {
		return true
	}
	primitives := []string{"string", "number", "bool"}
	if slices.Contains(primitives, hcl.ExprAsKeyword(attribute.Expr)) {
		return true
	}
	quoted, diags := attribute.Expr.Value(nil) // JSON code and old code give the type as text
	return !diags.HasErrors() && quoted.Type() == cty.String && slices.Contains(primitives, quoted.AsString())
}

// variableFile writes the values of the declared variables. Others are passed over, as the engine does.
func variableFile(declared map[string]bool, given map[string]string) ([]byte, error) {
	file := hclwrite.NewEmptyFile()
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text, ok := declared[name]
		switch {
		case !ok:
		case text:
			file.Body().SetAttributeValue(name, cty.StringVal(given[name]))
		default:
			tokens, err := expressionTokens(given[name])
			if err != nil {
				return nil, fmt.Errorf("the value of the variable %s must be an expression, because of its type: %w", name, err)
			}
			file.Body().SetAttributeRaw(name, tokens)
		}
	}
	return file.Bytes(), nil
}

func expressionTokens(text string) (hclwrite.Tokens, error) {
	_, diags := hclsyntax.ParseExpression([]byte(text), "value", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s", diags[0].Summary) // the value itself may be secret
	}
	parsed, diags := hclwrite.ParseConfig([]byte("value = "+strings.TrimSpace(text)+"\n"), "value", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s", diags[0].Summary)
	}
	return parsed.Body().GetAttribute("value").Expr().BuildTokens(nil), nil
}
