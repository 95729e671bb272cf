package legacy

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Blocks writes moved blocks, which both engines understand.
func Blocks(moves []Move) []byte {
	file := hclwrite.NewEmptyFile()
	for i, m := range moves {
		if i > 0 {
			file.Body().AppendNewline()
		}
		block := file.Body().AppendNewBlock("moved", nil).Body()
		block.SetAttributeTraversal("from", hcl.Traversal{hcl.TraverseRoot{Name: m.From.Type}, hcl.TraverseAttr{Name: m.From.Name}})
		block.SetAttributeTraversal("to", hcl.Traversal{hcl.TraverseRoot{Name: m.To.Type}, hcl.TraverseAttr{Name: m.To.Name}})
	}
	return file.Bytes()
}

// ReadBlocks reads the moved blocks of a file that Blocks wrote.
func ReadBlocks(name string, content []byte) ([]Move, error) {
	file, diags := hclparse.NewParser().ParseHCL(content, name)
	if diags.HasErrors() {
		return nil, fmt.Errorf("read the moved blocks: %w", diags)
	}
	found, _, _ := file.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "moved"}}})
	var moves []Move
	for _, block := range found.Blocks {
		attributes, _ := block.Body.JustAttributes()
		from, okFrom := addressOf(attributes["from"])
		to, okTo := addressOf(attributes["to"])
		if okFrom && okTo {
			moves = append(moves, Move{from, to})
		}
	}
	return moves, nil
}

// addressOf reads an address of the root module.
func addressOf(a *hcl.Attribute) (graph.Address, bool) {
	if a == nil {
		return graph.Address{}, false
	}
	path, diags := hcl.AbsTraversalForExpr(a.Expr)
	if diags.HasErrors() || len(path) != 2 {
		return graph.Address{}, false
	}
	name, ok := path[1].(hcl.TraverseAttr)
	return graph.Address{Type: path.RootName(), Name: name.Name}, ok
}
