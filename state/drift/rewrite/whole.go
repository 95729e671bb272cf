package rewrite

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Drop removes the block of a resource from code, with its import block. It returns the changed files by name, or why
// the block has to stay.
func Drop(files map[string][]byte, typ, name string) (changed map[string][]byte, reason string) {
	changed = map[string][]byte{}
	address, found := typ+"."+name, false
	for file, content := range files {
		if !isCode(file) || strings.HasSuffix(file, ".json") || !bytes.Contains(content, []byte(name)) {
			continue
		}
		f, diags := hclwrite.ParseConfig(content, file, hcl.InitialPos)
		if diags.HasErrors() {
			return nil, "its code cannot be read"
		}
		for _, b := range f.Body().Blocks() {
			own := b.Type() == "resource" && slices.Equal(b.Labels(), []string{typ, name})
			if own || b.Type() == "import" && imports(b, address) {
				f.Body().RemoveBlock(b)
				found = found || own
				changed[file] = hclwrite.Format(f.Bytes())
			}
		}
	}
	if !found {
		return nil, "its block is not in this directory"
	}
	for file, content := range files {
		if now, has := changed[file]; has {
			content = now
		}
		if isCode(file) && mentions(content, typ, name) {
			return nil, "other code in " + file + " refers to it"
		}
	}
	return changed, ""
}

// imports reports whether an import block is for an address.
func imports(b *hclwrite.Block, address string) bool {
	to := b.Body().GetAttribute("to")
	return to != nil && strings.TrimSpace(string(to.Expr().BuildTokens(nil).Bytes())) == address
}

// mentions reports whether code refers to a resource.
func mentions(content []byte, typ, name string) bool {
	tokens, _ := hclsyntax.LexConfig(content, "", hcl.InitialPos)
	for i := range tokens[:max(0, len(tokens)-2)] {
		if string(tokens[i].Bytes) == typ && tokens[i+1].Type == hclsyntax.TokenDot && string(tokens[i+2].Bytes) == name {
			return true
		}
	}
	return false
}

// A Whole is a resource to add to code.
type Whole struct {
	Type, Name, ID string
	Values         cty.Value // as an import would write them
	Ignore         []string  // paths of lifecycle.ignore_changes
	Block          func(names string) bool
	Reference      func(id string) string
}

// Text writes the resource and its import block.
func (r Whole) Text() []byte {
	file := hclwrite.NewEmptyFile()
	w := &writing{edit: Edit{Block: r.Block, Reference: r.Reference}}
	to := file.Body().AppendNewBlock("import", nil).Body()
	to.SetAttributeRaw("to", hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(r.Type + "." + r.Name)}})
	to.SetAttributeValue("id", cty.StringVal(r.ID))
	file.Body().AppendNewline()
	body := file.Body().AppendNewBlock("resource", []string{r.Type, r.Name}).Body()
	w.fill(body, "", r.Values)
	if len(r.Ignore) > 0 {
		sort.Strings(r.Ignore)
		body.AppendNewBlock("lifecycle", nil).Body().SetAttributeRaw("ignore_changes",
			hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(fmt.Sprintf("[%s]", strings.Join(r.Ignore, ", ")))}})
	}
	return hclwrite.Format(file.Bytes())
}

// Declares reports whether code has a block for a resource.
func Declares(files map[string][]byte, typ, name string) bool {
	_, reason := Drop(files, typ, name)
	return reason != "its block is not in this directory"
}
