package importer

import (
	"cmp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// This file is about people's code that refers to what the code does not have any more. The plan leaves it out, with all
// that reads it; since engines refuse the whole directory for one such reference, the planned copy declares what is missing.

// unknownName is the variable that the declarations take their values from: while engines check code, they know none.
const unknownName = "terraformer_rootly_unknown"

// broken reports whether an address is left out of the plan, since it leads to something that is missing, or is missing itself.
func (r *staged) broken(address string) bool {
	block, _, _ := strings.Cut(address, "[")
	if rest, ok := strings.CutPrefix(block, "module."); ok {
		name, _, _ := strings.Cut(rest, ".")
		block = "module." + name
	}
	return r.Changes.Broken[block]
}

// declarations are the code that declares what is missing; empty where nothing is.
func (r *staged) declarations() []byte {
	if len(r.Changes.Dangling) == 0 {
		return nil
	}
	file := hclwrite.NewEmptyFile()
	unknown := hcl.Traversal{hcl.TraverseRoot{Name: "var"}, hcl.TraverseAttr{Name: unknownName}}
	file.Body().AppendNewBlock("variable", []string{unknownName}).Body().SetAttributeValue("default", cty.NullVal(cty.String))
	seen := map[string]bool{}
	for _, d := range r.Changes.Dangling {
		kind, name, _ := strings.Cut(d.To, ".")
		s := r.Schema.Resources[kind]
		switch {
		case seen[d.To]:
		case kind == "var":
			file.Body().AppendNewBlock("variable", []string{name}).Body().SetAttributeValue("default", cty.NullVal(cty.String))
		case kind == "local":
			file.Body().AppendNewBlock("locals", nil).Body().SetAttributeTraversal(name, unknown)
		case s != nil:
			body := file.Body().AppendNewBlock("resource", []string{kind, name}).Body()
			if p := r.RenderOptions.Provider; p != "" && p != roots.Provider {
				body.SetAttributeRaw("provider", hclwrite.TokensForIdentifier(p))
			}
			require(body, s.Block, unknown)
		}
		seen[d.To] = true
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

// sumDangling says which lines people have to change, and why.
func (r *staged) sumDangling() []report.Dangling {
	reasons := map[string]string{}
	for _, o := range r.Changes.Gone {
		reasons[o.Address.Block().String()] = "it was deleted in Rootly"
	}
	known := r.Dir.Addresses()
	for _, o := range r.Rejected() {
		if a := known[graph.Target{Type: o.Type, ID: o.ID}]; !a.IsZero() {
			reasons[a.Block().String()] = o.Reason
		}
	}
	var list []report.Dangling
	for _, d := range r.keptFor {
		list = append(list, report.Dangling{File: d.File, Line: d.Line, In: d.In, To: d.To, Reason: "it is not selected, and its code is kept for this line only"})
	}
	for _, d := range r.Changes.Dangling {
		list = append(list, report.Dangling{File: d.File, Line: d.Line, In: d.In, To: d.To, Reason: cmp.Or(reasons[d.To], "the code does not have it")})
	}
	return list
}
