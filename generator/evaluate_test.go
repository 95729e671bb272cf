package generator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// An evaluator reads code back as Terraform does: it evaluates the arguments of a block and
// gives back the object that the block was written from.
type evaluator struct {
	context *hcl.EvalContext
}

func newEvaluator(variables map[string]cty.Value) evaluator {
	return evaluator{&hcl.EvalContext{
		Variables: variables,
		Functions: map[string]function.Function{
			"chomp":      stdlib.ChompFunc,
			"jsonencode": stdlib.JSONEncodeFunc,
			"tonumber":   stdlib.MakeToFunc(cty.Number),
			"tostring":   stdlib.MakeToFunc(cty.String),
		},
	}}
}

// resources returns the body of each resource in the files, by address.
func resources(t testing.TB, files []generator.File) map[string]hcl.Body {
	t.Helper()
	schema := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "resource", LabelNames: []string{"type", "name"}}, {Type: "data", LabelNames: []string{"type", "name"}},
		{Type: "import"}, {Type: "terraform"}, {Type: "provider", LabelNames: []string{"name"}},
		{Type: "variable", LabelNames: []string{"name"}}, {Type: "locals"},
	}}
	found := map[string]hcl.Body{}
	for _, f := range files {
		var file *hcl.File
		var diags hcl.Diagnostics
		switch {
		case strings.HasSuffix(f.Name, ".tf"):
			file, diags = hclsyntax.ParseConfig(f.Content, f.Name, hcl.InitialPos)
		case strings.HasSuffix(f.Name, ".tf.json"):
			file, diags = hcljson.Parse(f.Content, f.Name)
		default:
			continue
		}
		if diags.HasErrors() {
			t.Fatalf("%v in\n%s", diags, f.Content)
		}
		content, diags := file.Body.Content(schema)
		if diags.HasErrors() {
			t.Fatalf("%v in\n%s", diags, f.Content)
		}
		for _, b := range content.Blocks.OfType("resource") {
			found[b.Labels[0]+"."+b.Labels[1]] = b.Body
		}
	}
	return found
}

// object evaluates a body against the object that it was written from, which stands in for
// the schema: it says what is an attribute, what a block, and of which type.
func (e evaluator) object(body hcl.Body, like cty.Value) (cty.Value, error) {
	schema := &hcl.BodySchema{}
	for name, v := range like.AsValueMap() {
		if isBlocks(v) {
			schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: name})
		} else {
			schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: name, Required: true})
		}
	}
	schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: "lifecycle"})
	content, diags := body.Content(schema)
	if diags.HasErrors() {
		return cty.NilVal, diags
	}
	got := map[string]cty.Value{}
	for name, attribute := range content.Attributes {
		v, diags := attribute.Expr.Value(e.context)
		if diags.HasErrors() {
			return cty.NilVal, diags
		}
		v, err := convert.Convert(v, like.GetAttr(name).Type())
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s: %w", name, err)
		}
		got[name] = v
	}
	for _, b := range schema.Blocks {
		found := content.Blocks.OfType(b.Type)
		if b.Type == "lifecycle" {
			continue
		}
		v, err := e.blocks(found, like.GetAttr(b.Type))
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s: %w", b.Type, err)
		}
		got[b.Type] = v
	}
	return cty.ObjectVal(got), nil
}

func (e evaluator) blocks(found hcl.Blocks, like cty.Value) (cty.Value, error) {
	if len(found) != like.LengthInt() {
		return cty.NilVal, fmt.Errorf("%d blocks, want %d", len(found), like.LengthInt())
	}
	values := make([]cty.Value, len(found))
	for i, b := range found {
		v, err := e.object(b.Body, like.Index(cty.NumberIntVal(int64(i))))
		if err != nil {
			return cty.NilVal, err
		}
		values[i] = v
	}
	return cty.TupleVal(values), nil
}

func isBlocks(v cty.Value) bool {
	if v.IsNull() || !v.Type().IsTupleType() || v.LengthInt() == 0 {
		return false
	}
	for _, element := range v.Type().TupleElementTypes() {
		if !element.IsObjectType() {
			return false
		}
	}
	return true
}

// requireRoundTrip holds that reading the files gives exactly what the graph holds.
func requireRoundTrip(t testing.TB, g *graph.Graph, files []generator.File, e evaluator) {
	t.Helper()
	bodies := resources(t, files)
	if len(bodies) != len(g.Resources) {
		t.Fatalf("%d resources in the files, want %d", len(bodies), len(g.Resources))
	}
	for _, r := range g.Resources {
		got, err := e.object(bodies[r.Address.String()], r.Config)
		if err != nil {
			t.Fatalf("%s: %v\n%s", r.Address, err, archive(files))
		}
		if !got.RawEquals(r.Config) {
			t.Fatalf("%s reads back as\n%#v\nwant\n%#v\n%s", r.Address, got, r.Config, archive(files))
		}
	}
}
