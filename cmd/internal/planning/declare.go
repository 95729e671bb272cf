package planning

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// unknownName is the variable that declarations take their values from: while engines check code, they know none.
const unknownName = "terraformer_rootly_unknown"

// Declare writes code that declares what references lack, so that engines accept them; none of it is to be planned. The
// configuration is that of the provider for resources, as code refers to it.
func Declare(refs []state.Dangling, s *schema.Provider, configuration string) []byte {
	if len(refs) == 0 {
		return nil
	}
	file := hclwrite.NewEmptyFile()
	variable := func(name string) {
		file.Body().AppendNewBlock("variable", []string{name}).Body().SetAttributeValue("default", cty.NullVal(cty.String))
	}
	unknown := hcl.Traversal{hcl.TraverseRoot{Name: "var"}, hcl.TraverseAttr{Name: unknownName}}
	variable(unknownName)
	seen := map[string]bool{}
	for _, r := range refs {
		kind, name, _ := strings.Cut(r.To, ".")
		typ := s.Resources[kind]
		switch {
		case seen[r.To]:
		case kind == "var":
			variable(name)
		case kind == "local":
			file.Body().AppendNewBlock("locals", nil).Body().SetAttributeTraversal(name, unknown)
		case typ != nil:
			body := file.Body().AppendNewBlock("resource", []string{kind, name}).Body()
			if configuration != "" && configuration != roots.Provider {
				body.SetAttributeRaw("provider", hclwrite.TokensForIdentifier(configuration))
			}
			require(body, typ.Block, unknown)
		}
		seen[r.To] = true
	}
	return file.Bytes()
}

// require fills in what a schema requires.
func require(body *hclwrite.Body, block *schema.Block, unknown hcl.Traversal) {
	for _, a := range block.Attributes {
		if a.Mode == schema.Required {
			body.SetAttributeTraversal(a.Name, unknown)
		}
	}
	for _, n := range block.Blocks {
		for range n.Min {
			require(body.AppendNewBlock(n.Name, nil).Body(), n.Block, unknown)
		}
	}
}
