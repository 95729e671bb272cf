package legacy

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Blocks writes moved blocks, which both engines follow.
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
