package generator

import (
	"fmt"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// code writes an expression on one line.
func (p *hclPrinter) code(dst []byte, e graph.Expr) []byte {
	switch e := e.(type) {
	case graph.Ref:
		return p.ref(dst, e)
	case graph.EntryRef:
		if e.Numeric {
			return appendEntry(dst, e)
		}
		dst = append(dst, "tostring("...)
		dst = appendEntry(dst, e)
		return append(dst, ')')
	case graph.VariableRef:
		dst = append(dst, "var."...)
		return p.identifier(dst, e.Name)
	case graph.EachRef:
		dst = append(dst, "each.value"...)
		if e.Attr == "" {
			return dst
		}
		return p.identifier(append(dst, '.'), e.Attr)
	case graph.Template:
		pieces := p.pieces(e)
		if len(pieces) == 1 && pieces[0].code != "" {
			return append(dst, pieces[0].code...)
		}
		return appendQuoted(dst, pieces)
	case graph.Encoded:
		over, err := overlayOf(e.Value, e.Exprs)
		if err != nil {
			p.fail(err)
			return dst
		}
		dst = append(dst, "jsonencode("...)
		dst = p.inline(dst, e.Value, over)
		return append(dst, ')')
	}
	p.fail(fmt.Errorf("unknown kind of expression %T", e))
	return dst
}

func (p *hclPrinter) ref(dst []byte, e graph.Ref) []byte {
	if err := checkAddress(e.Target); err != nil {
		p.fail(fmt.Errorf("reference to %w", err))
		return dst
	}
	if e.Numeric {
		dst = append(dst, "tonumber("...)
	}
	if e.Index != "" {
		path, err := traversalText(e.Target.String() + e.Index)
		if err != nil {
			p.fail(fmt.Errorf("reference to %s%s: %w", e.Target, e.Index, err))
		}
		dst = append(dst, path...)
	} else {
		dst = append(dst, e.Target.String()...)
	}
	dst = append(dst, '.')
	dst = p.identifier(dst, e.Attr)
	if e.Numeric {
		dst = append(dst, ')')
	}
	return dst
}

// identifier writes a name, which must be an identifier.
func (p *hclPrinter) identifier(dst []byte, name string) []byte {
	if !isIdentifier(name) {
		p.fail(fmt.Errorf("%q is not an identifier", name))
	}
	return append(dst, name...)
}

func appendEntry(dst []byte, e graph.EntryRef) []byte {
	dst = append(dst, "local."+e.Map+"["...)
	dst = appendQuoted(dst, []piece{{text: e.Key}})
	return append(dst, ']')
}

// pieces returns a template as it is written. A template converts everything in it to text, so users need no conversion
// there.
func (p *hclPrinter) pieces(t graph.Template) []piece {
	pieces := make([]piece, 0, len(t.Parts))
	for _, part := range t.Parts {
		if part.Expr == nil {
			pieces = append(pieces, piece{text: part.Text})
			continue
		}
		e := part.Expr
		if user, ok := e.(graph.EntryRef); ok && len(t.Parts) > 1 {
			user.Numeric = true
			e = user
		}
		pieces = append(pieces, piece{code: string(p.code(nil, e))})
	}
	return joined(pieces)
}
