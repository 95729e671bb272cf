package generator

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
)

const (
	indentWidth = 2

	// A value of at most this width, without its name, stays on one line.
	inlineWidth  = 72
	inlineList   = 12 // elements of a list
	inlineObject = 3  // members of an object
)

// A form is the layout of a value, which decides about alignment.
type form int

const (
	flat      form = iota // on one line
	textual               // a heredoc: aligned like one line although it is many
	bracketed             // a bracket that closes on a later line: never aligned
)

// An hclPrinter writes blocks as `terraform fmt` would leave them. The first error stays.
type hclPrinter struct {
	literal bool // whether functions cannot be called, as in .tfvars
	ranked  bool // whether objects are written in the order of a block's arguments, as in rows
	err     error
}

func (p *hclPrinter) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// block writes a block with the comments above it.
func (p *hclPrinter) block(dst []byte, b block, indent int) []byte {
	dst = appendComments(dst, b.notes, indent)
	dst = appendSpaces(dst, indent)
	dst = append(dst, b.kind...)
	for _, label := range b.labels {
		dst = append(dst, ' ', '"')
		dst = appendEscaped(dst, label)
		dst = append(dst, '"')
	}
	if len(b.body.args) == 0 && len(b.body.blocks) == 0 {
		return append(dst, " {}\n"...)
	}
	dst = append(dst, " {\n"...)
	dst = p.body(dst, b.body, indent+indentWidth)
	dst = appendSpaces(dst, indent)
	return append(dst, "}\n"...)
}

func (p *hclPrinter) body(dst []byte, b body, indent int) []byte {
	e := entries{indent: indent, spaced: true, list: make([]entry, 0, len(b.args))}
	for _, a := range b.args {
		start := len(e.values)
		var f form
		e.values, f = p.value(e.values, a, indent)
		e.add(a.name, len(a.name), start, f, a.notes)
		e.list[len(e.list)-1].apart = a.apart
	}
	dst = e.append(dst)
	for i, nested := range b.blocks {
		if i > 0 || len(b.args) > 0 {
			dst = append(dst, '\n')
		}
		dst = p.block(dst, nested, indent)
	}
	return dst
}

// value writes the right side of the equals sign.
func (p *hclPrinter) value(dst []byte, a argument, indent int) ([]byte, form) {
	if a.whole {
		a.whole = false
		dst, f := p.value(append(dst, "distinct("...), a, indent)
		return append(dst, ')'), f
	}
	if a.over != nil && a.over.expr != nil {
		return p.expression(dst, a.over.expr, indent)
	}
	if a.over.replaced() {
		return append(dst, a.over.bare...), flat
	}
	p.ranked = p.ranked || a.rows
	v := a.value
	if !isCollection(v) {
		if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			return p.text(dst, []piece{{text: v.AsString()}}, indent)
		}
		return p.scalar(dst, v), flat
	}
	if v.LengthInt() == 0 || !a.spread && p.inlines(v, a.over) {
		start := len(dst)
		dst = p.inline(dst, v, a.over)
		if len(dst)-start <= inlineWidth {
			return dst, flat
		}
		dst = dst[:start]
	}
	if isObject(v) {
		return p.object(dst, v, argument{over: a.over, spread: a.rows && !p.rowsInline(v, a.over)}, indent), bracketed
	}
	return p.list(dst, v, a.over, indent), bracketed
}

// text writes a text, over several lines if it has them and they read back unchanged.
func (p *hclPrinter) text(dst []byte, pieces []piece, indent int) ([]byte, form) {
	h, ok := planHeredoc(pieces, p.literal)
	if !ok {
		return appendQuoted(dst, pieces), flat
	}
	dst = h.append(dst, pieces, indent)
	if h.chomp {
		return dst, bracketed
	}
	return dst, textual
}

// expression writes an expression, over several lines where that reads better.
func (p *hclPrinter) expression(dst []byte, e graph.Expr, indent int) ([]byte, form) {
	switch e := e.(type) {
	case graph.Template:
		if pieces := p.pieces(e); len(pieces) != 1 || pieces[0].code == "" {
			return p.text(dst, pieces, indent)
		}
	case graph.Encoded:
		over, err := overlayOf(e.Value, e.Exprs)
		if err != nil || over.replaced() || !isCollection(e.Value) {
			break
		}
		dst = append(dst, "jsonencode("...)
		var f form
		dst, f = p.value(dst, argument{value: e.Value, over: over, spread: true}, indent)
		return append(dst, ')'), f
	}
	return p.code(dst, e), flat
}

// list writes one element to a line.
func (p *hclPrinter) list(dst []byte, v cty.Value, over *overlay, indent int) []byte {
	dst = append(dst, "[\n"...)
	inner := indent + indentWidth
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		laid := over.member(key)
		dst = appendComments(dst, laid.comments(), inner)
		dst = appendSpaces(dst, inner)
		dst = p.element(dst, element, laid, inner)
		dst = append(dst, ",\n"...)
	}
	dst = appendSpaces(dst, indent)
	return append(dst, ']')
}

// element writes an element of a list. Texts stay on one line there: the comma after a heredoc would need its own line.
func (p *hclPrinter) element(dst []byte, v cty.Value, over *overlay, indent int) []byte {
	if over.replaced() || !isCollection(v) {
		return p.inline(dst, v, over)
	}
	dst, _ = p.value(dst, argument{value: v, over: over}, indent)
	return dst
}

// object writes one member per line. If the argument is spread, no member stays on one line.
func (p *hclPrinter) object(dst []byte, v cty.Value, a argument, indent int) []byte {
	e := entries{indent: indent + indentWidth, list: make([]entry, 0, v.LengthInt())}
	for key, member := range p.elements(v) {
		laid := a.over.member(key)
		start := len(e.values)
		var f form
		e.values, f = p.value(e.values, argument{value: member, over: laid, spread: a.spread}, e.indent)
		name, width := p.key(key.AsString(), laid)
		e.add(name, width, start, f, laid.comments())
	}
	dst = append(dst, "{\n"...)
	dst = e.append(dst)
	dst = appendSpaces(dst, indent)
	return append(dst, '}')
}

// key returns the key of an object as it is written, and its width.
func (p *hclPrinter) key(key string, over *overlay) (string, int) {
	if e := over.named(); e != nil {
		code := p.code(nil, e)
		if !bytes.HasPrefix(code, []byte{'"'}) {
			code = append(append([]byte{'('}, code...), ')')
		}
		return string(code), tokenColumns(string(code))
	}
	// After a brace, for begins an expression of its own.
	if key != "for" && isIdentifier(key) && ascii(key) {
		return key, len(key)
	}
	quoted := string(appendQuoted(nil, []piece{{text: key}}))
	return quoted, tokenColumns(quoted)
}

// rowsInline reports whether every element of a collection may stand on one line.
func (p *hclPrinter) rowsInline(v cty.Value, over *overlay) bool {
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		laid := over.member(key)
		if isCollection(element) && (!p.inlines(element, laid) || len(p.inline(nil, element, laid)) > inlineWidth) {
			return false
		}
	}
	return true
}

// inlines reports whether a collection may be on one line if it is short enough.
func (p *hclPrinter) inlines(v cty.Value, over *overlay) bool {
	if over.commented() {
		return false
	}
	object := isObject(v)
	if n := v.LengthInt(); object && n > inlineObject || n > inlineList {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		laid := over.member(key)
		if laid.replaced() {
			if _, encoded := laid.expr.(graph.Encoded); encoded {
				return false
			}
			continue
		}
		if isCollection(element) && (object || isObject(element) || element.LengthInt() > 0) {
			return false
		}
		if object && element.Type() == cty.String && !element.IsNull() && strings.Contains(element.AsString(), "\n") {
			return false
		}
	}
	return true
}

// elements are those of a collection in the order in which they are written.
func (p *hclPrinter) elements(v cty.Value) iter.Seq2[cty.Value, cty.Value] {
	return func(yield func(key, element cty.Value) bool) {
		if p.ranked && v.Type().IsObjectType() {
			for _, name := range orderedNames(v.Type(), nil) {
				if !yield(cty.StringVal(name), v.GetAttr(name)) {
					return
				}
			}
			return
		}
		for it := v.ElementIterator(); it.Next(); {
			if !yield(it.Element()) {
				return
			}
		}
	}
}

// inline writes any value on one line.
func (p *hclPrinter) inline(dst []byte, v cty.Value, over *overlay) []byte {
	if over.replaced() {
		if over.expr != nil {
			return p.code(dst, over.expr)
		}
		return append(dst, over.bare...)
	}
	if !isCollection(v) {
		return p.scalar(dst, v)
	}
	object := isObject(v)
	opening, closing, gap := "[", "]", ""
	if object {
		opening, closing, gap = "{", "}", " "
	}
	dst = append(dst, opening...)
	first := true
	for key, element := range p.elements(v) {
		if first {
			dst = append(dst, gap...)
		} else {
			dst = append(dst, ", "...)
		}
		first = false
		if object {
			name, _ := p.key(key.AsString(), over.member(key))
			dst = append(dst, name...)
			dst = append(dst, " = "...)
		}
		dst = p.inline(dst, element, over.member(key))
	}
	if !first {
		dst = append(dst, gap...)
	}
	return append(dst, closing...)
}

// scalar writes a value that is not a collection, on one line.
func (p *hclPrinter) scalar(dst []byte, v cty.Value) []byte {
	switch {
	case !v.IsKnown():
		p.fail(errors.New("a value that is not known cannot be written"))
		return dst
	case v.IsNull():
		return append(dst, "null"...)
	}
	switch v.Type() {
	case cty.Bool:
		return strconv.AppendBool(dst, v.True())
	case cty.Number:
		return p.number(dst, v.AsBigFloat())
	case cty.String:
		return appendQuoted(dst, []piece{{text: v.AsString()}})
	}
	p.fail(fmt.Errorf("a value of type %s cannot be written", v.Type().FriendlyName()))
	return dst
}

func (p *hclPrinter) number(dst []byte, f *big.Float) []byte {
	if f.IsInf() {
		p.fail(errors.New("an infinite number cannot be written"))
		return dst
	}
	if n, accuracy := f.Int64(); accuracy == big.Exact {
		return strconv.AppendInt(dst, n, 10)
	}
	return append(dst, number.Text(f)...)
}

func isCollection(v cty.Value) bool {
	t := v.Type()
	return v.IsKnown() && !v.IsNull() &&
		(t.IsCollectionType() || t.IsObjectType() || t.IsTupleType())
}

func isObject(v cty.Value) bool {
	t := v.Type()
	return t.IsObjectType() || t.IsMapType()
}
