package shards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A WholeError says why a module cannot be cut, in words that follow "because of".
type WholeError struct {
	Reason string
}

// Error gives the reason.
func (e *WholeError) Error() string { return "the module cannot be cut: it has " + e.Reason }

// A span is a range of bytes.
type span struct{ from, to int }

// A piece is the smallest part of a file that a shard has or has not: a block, or one of several locals.
type piece struct {
	span
	name  string // of what it declares, such as rootly_team.sre, local.users or data.rootly_user.ada; empty: every shard has it
	home  string // the resource that it goes with; empty: it is copied to whatever refers to it
	binds []string
	refs  []reference
	frame *frame // what is around it; nil for a block
	in    *source

	imports bool // an import block, which validation has no use for
}

// A frame is the block around some pieces: the first and the last bytes of locals.
type frame struct{ head, tail span }

// A reference reads a resource, a data source or a local.
type reference struct {
	span
	name  string // what it reads, as in piece.name
	index string // of the instance, as [graph.Address] has it
	attr  string // the one attribute that is read; empty: more than that, or nobody knows
}

// A source is a file, cut into pieces.
type source struct {
	name   string
	src    []byte
	pieces []piece // in the order of the file
}

// read cuts a file into pieces.
func read(name string, src []byte) (*source, error) {
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, &WholeError{Reason: "code that cannot be parsed: " + diags.Error()}
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok || len(body.Attributes) > 0 {
		return nil, &WholeError{Reason: "code that is unknown to this program in " + name}
	}
	s := &source{name: name, src: src}
	for _, block := range body.Blocks {
		pieces, err := piecesOf(block)
		if err != nil {
			return nil, err
		}
		s.pieces = append(s.pieces, pieces...)
	}
	for i := range s.pieces {
		s.pieces[i].in = s
	}
	return s, nil
}

func piecesOf(block *hclsyntax.Block) ([]piece, error) {
	p := piece{span: spanOf(block.Range())}
	switch block.Type {
	case "terraform", "provider", "variable":
		return []piece{p}, nil
	case "locals":
		return localsOf(block), nil
	case "resource":
		p.name = strings.Join(block.Labels, ".")
		p.home = p.name
	case "data":
		p.name = "data." + strings.Join(block.Labels, ".")
	case "output":
		p.home = outputs
	case "import", "moved", "removed":
		return bound(block, p)
	default:
		return nil, &WholeError{Reason: "a " + block.Type + " block in " + block.TypeRange.Filename}
	}
	refs, err := references(block.Body, true)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	p.refs = refs
	return []piece{p}, nil
}

// outputs is the home of all outputs.
const outputs = "output"

// localsOf makes a piece of each local.
func localsOf(block *hclsyntax.Block) []piece {
	around := &frame{
		head: span{block.TypeRange.Start.Byte, block.OpenBraceRange.End.Byte},
		tail: spanOf(block.CloseBraceRange),
	}
	var pieces []piece
	for _, attribute := range block.Body.Attributes {
		pieces = append(pieces, piece{span: spanOf(attribute.SrcRange), name: "local." + attribute.Name, refs: referencesOf(attribute.Expr), frame: around})
	}
	slices.SortFunc(pieces, func(a, b piece) int { return a.from - b.from })
	return pieces
}

// bound is a block about the address of a resource, with which it stays together.
func bound(block *hclsyntax.Block, p piece) ([]piece, error) {
	for _, name := range []string{"to", "from"} {
		attribute := block.Body.Attributes[name]
		if attribute == nil {
			continue
		}
		for _, t := range attribute.Expr.Variables() {
			if about, _ := target(t); about.name != "" {
				p.binds = append(p.binds, about.name)
			} else if t.RootName() == "module" {
				return nil, &WholeError{Reason: "modules"}
			}
		}
	}
	if len(p.binds) == 0 {
		return nil, &WholeError{Reason: "an " + block.Type + " block without an address in " + block.TypeRange.Filename}
	}
	p.home, p.imports = p.binds[0], block.Type == "import"
	for name, attribute := range block.Body.Attributes {
		if name == "id" || name == "for_each" || name == "identity" {
			p.refs = append(p.refs, referencesOf(attribute.Expr)...)
		}
	}
	return []piece{p}, nil
}

// references are those of a block and of the blocks in it. Arguments of the language itself read no values.
func references(body *hclsyntax.Body, top bool) ([]reference, error) {
	var refs []reference
	for name, attribute := range body.Attributes {
		switch {
		case top && name == "provider":
		case top && name == "depends_on":
			return nil, &WholeError{Reason: "depends_on in " + attribute.SrcRange.Filename}
		default:
			refs = append(refs, referencesOf(attribute.Expr)...)
		}
	}
	for _, block := range body.Blocks {
		switch {
		case top && block.Type == "lifecycle":
			if len(block.Body.Blocks) > 0 || block.Body.Attributes["replace_triggered_by"] != nil {
				return nil, &WholeError{Reason: "conditions or triggers in " + block.TypeRange.Filename}
			}
			continue
		case top && (block.Type == "provisioner" || block.Type == "connection"):
			return nil, &WholeError{Reason: "a " + block.Type + " in " + block.TypeRange.Filename}
		}
		inner, err := references(block.Body, false)
		if err != nil {
			return nil, err
		}
		refs = append(refs, inner...)
	}
	return refs, nil
}

func referencesOf(expr hclsyntax.Expression) []reference {
	var refs []reference
	for _, t := range expr.Variables() {
		if r, ok := target(t); ok {
			refs = append(refs, r)
		}
	}
	return refs
}

// notResources are the roots of what is no resource: the same in every shard.
var notResources = []string{"var", "each", "count", "self", "path", "terraform", "tofu", "module"}

// target finds what a traversal reads. Modules have been refused already where they are declared.
func target(t hcl.Traversal) (reference, bool) {
	r := reference{span: spanOf(t.SourceRange())}
	words := []string{t.RootName()}
	rest := t[1:]
	steps := 1
	switch {
	case slices.Contains(notResources, words[0]):
		return r, false
	case words[0] == "data":
		steps = 2
	}
	for ; steps > 0; steps-- {
		if len(rest) == 0 {
			return r, false
		}
		step, ok := rest[0].(hcl.TraverseAttr)
		if !ok {
			return r, false
		}
		words, rest = append(words, step.Name), rest[1:]
	}
	r.name = strings.Join(words, ".")
	if len(rest) > 0 {
		if step, ok := rest[0].(hcl.TraverseIndex); ok && step.Key.Type() == cty.String {
			r.index, rest = step.Key.AsString(), rest[1:]
		}
	}
	if len(rest) == 1 {
		if step, ok := rest[0].(hcl.TraverseAttr); ok {
			r.attr = step.Name
		}
	}
	return r, true
}

func spanOf(r hcl.Range) span { return span{r.Start.Byte, r.End.Byte} }
