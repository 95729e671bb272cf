// Package imports evaluates the import blocks of a root module without an engine.
//
//	code, values of variables ──► locals ──► import blocks ──► addresses and ids
//
// It knows literals, locals, variables with values, and the common functions. A block that depends
// on anything else is returned with the reason instead of its ids.
//
// Not here: data sources, resources and outputs of modules, whose values only an engine knows.
package imports

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
)

// A Block is an import block of the code.
type Block struct {
	File    string // within the directory
	Line    int
	Type    string   // of the resource; empty if the block does not say
	Objects []Object // what it imports
	Err     error    // why the ids are unknown; Objects is empty then
}

// An Object is an object that a block imports, with its address.
type Object struct {
	To string // the whole address, with modules and keys
	ID string
}

// Read evaluates the import blocks of a directory. Environ contains TF_VAR_ variables, as KEY=VALUE. Files with more
// values for variables take precedence. Files that cannot be parsed are ignored: the engine reports them.
func Read(dir string, environ []string, more ...string) ([]Block, error) {
	m, scope, err := evaluated(dir, environ, more)
	if err != nil {
		return nil, err
	}
	var blocks []Block
	for _, f := range m.files {
		for _, b := range blocksOf(f.body, "import") {
			blocks = append(blocks, evaluate(f.name, b, scope))
		}
	}
	return blocks, nil
}

func evaluate(file string, b *hcl.Block, scope *hcl.EvalContext) Block {
	out := Block{File: file, Line: b.DefRange.Start.Line}
	arguments := []hcl.AttributeSchema{{Name: "for_each"}, {Name: "to"}, {Name: "id"}, {Name: "identity"}}
	content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: arguments})
	to := content.Attributes["to"]
	if to == nil {
		out.Err = errors.New("it has no address")
		return out
	}
	target, err := targetExpression(to.Expr)
	if err != nil {
		out.Err = err
		return out
	}
	out.Type = typeOf(target)
	scopes, err := repeat(content.Attributes["for_each"], scope)
	for _, each := range scopes {
		if err != nil {
			break
		}
		var o Object
		if o.To, err = render(target, each); err == nil {
			o.ID, err = identify(content.Attributes, each)
		}
		out.Objects = append(out.Objects, o)
	}
	if err != nil {
		out.Objects, out.Err = nil, err
	}
	return out
}

// repeat makes a scope for each element of a for_each, or one if there is none.
func repeat(forEach *hcl.Attribute, scope *hcl.EvalContext) ([]*hcl.EvalContext, error) {
	if forEach == nil {
		return []*hcl.EvalContext{scope}, nil
	}
	all, err := value(forEach.Expr, scope)
	if err != nil {
		return nil, err
	}
	if all.IsNull() || !all.CanIterateElements() {
		return nil, errors.New("for_each is not a collection")
	}
	var scopes []*hcl.EvalContext
	for it := all.ElementIterator(); it.Next(); {
		key, element := it.Element()
		inner := scope.NewChild()
		inner.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": key, "value": element})}
		scopes = append(scopes, inner)
	}
	return scopes, nil
}

// value evaluates an expression; the elements of its value must be known.
func value(e hcl.Expression, scope *hcl.EvalContext) (cty.Value, error) {
	v, diags := e.Value(scope)
	if diags.HasErrors() {
		return v, errors.New(reason(diags[0]))
	}
	if v, _ = v.Unmark(); !v.IsKnown() {
		return v, errors.New("it depends on a value that is not known here")
	}
	return v, nil
}

// reason is a diagnostic on one line. It never contains a value.
func reason(d *hcl.Diagnostic) string {
	return strings.ToLower(d.Summary[:1]) + strings.TrimSuffix(d.Summary[1:], ".")
}

// identify finds the id: the argument id, or the id in the object identity.
func identify(attributes hcl.Attributes, scope *hcl.EvalContext) (string, error) {
	if a := attributes["id"]; a != nil {
		return idText(value(a.Expr, scope))
	}
	a := attributes["identity"]
	if a == nil {
		return "", errors.New("it has no id")
	}
	v, err := value(a.Expr, scope)
	if err != nil {
		return "", err
	}
	if v.IsNull() || !(v.Type().IsObjectType() && v.Type().HasAttribute("id") || v.Type().IsMapType() && v.HasIndex(cty.StringVal("id")).True()) {
		return "", errors.New("its identity has no id")
	}
	if v.Type().IsMapType() {
		return idText(v.Index(cty.StringVal("id")), nil)
	}
	return idText(v.GetAttr("id"), nil)
}

func idText(v cty.Value, err error) (string, error) {
	if err != nil {
		return "", err
	}
	v, _ = v.Unmark()
	text, err := convert.Convert(v, cty.String)
	if err != nil || text.IsNull() || !text.IsKnown() {
		return "", errors.New("its id is not known here")
	}
	return text.AsString(), nil
}

// targetExpression is the address as an expression. The JSON syntax quotes it.
func targetExpression(e hcl.Expression) (hclsyntax.Expression, error) {
	if native, ok := e.(hclsyntax.Expression); ok {
		return native, nil
	}
	text, diags := e.Value(nil)
	if diags.HasErrors() || text.Type() != cty.String {
		return nil, errors.New("its address is not text")
	}
	native, diags := hclsyntax.ParseExpression([]byte(text.AsString()), "to", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, errors.New("its address cannot be read")
	}
	return native, nil
}

// render writes an address with the values of its keys.
func render(e hclsyntax.Expression, scope *hcl.EvalContext) (string, error) {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return traversal(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		source, err := render(e.Source, scope)
		if err != nil {
			return "", err
		}
		rest, err := traversal(e.Traversal)
		return source + rest, err
	case *hclsyntax.IndexExpr:
		source, err := render(e.Collection, scope)
		if err != nil {
			return "", err
		}
		key, err := value(e.Key, scope)
		if err != nil {
			return "", err
		}
		index, err := indexText(key)
		return source + index, err
	default:
		return "", errors.New("its address cannot be read")
	}
}

func traversal(t hcl.Traversal) (string, error) {
	var b strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			index, err := indexText(step.Key)
			if err != nil {
				return "", err
			}
			b.WriteString(index)
		default:
			return "", errors.New("its address cannot be read")
		}
	}
	return b.String(), nil
}

var escape = strings.NewReplacer("${", "$${", "%{", "%%{")

func indexText(key cty.Value) (string, error) {
	switch {
	case key.IsNull() || !key.IsKnown():
	case key.Type() == cty.Number:
		return "[" + number.Text(key.AsBigFloat()) + "]", nil
	case key.Type() == cty.String:
		return fmt.Sprintf("[%s]", escape.Replace(fmt.Sprintf("%q", key.AsString()))), nil
	}
	return "", errors.New("a key in its address is not known here")
}

// typeOf finds the type of the resource in an address, whatever its keys are.
func typeOf(e hclsyntax.Expression) string {
	names := names(e)
	for len(names) > 2 && names[0] == "module" {
		names = names[2:]
	}
	if len(names) < 2 {
		return ""
	}
	return names[0]
}

// names are the names in an address, without its keys.
func names(e hclsyntax.Expression) []string {
	var list []string
	add := func(t hcl.Traversal) {
		for _, step := range t {
			switch step := step.(type) {
			case hcl.TraverseRoot:
				list = append(list, step.Name)
			case hcl.TraverseAttr:
				list = append(list, step.Name)
			}
		}
	}
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		add(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		list = names(e.Source)
		add(e.Traversal)
	case *hclsyntax.IndexExpr:
		list = names(e.Collection)
	}
	return list
}
