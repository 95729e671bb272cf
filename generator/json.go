package generator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

// A jsonPrinter writes blocks in Terraform's JSON syntax. Expressions are strings of HCL there,
// and comments are members named "//", which only a block may have.
type jsonPrinter struct {
	hcl hclPrinter // for expressions
}

// A member is one name of a JSON object, with a function that writes its value.
type member struct {
	key   string
	write func(dst []byte, indent int) []byte
}

func (p *jsonPrinter) body(dst []byte, b block, indent int) []byte {
	var members []member
	if notes := jsonNotes(b); len(notes) > 0 {
		members = append(members, member{"//", func(dst []byte, indent int) []byte {
			return appendArray(dst, len(notes), indent, func(dst []byte, i, _ int) []byte {
				return appendJSONString(dst, notes[i])
			})
		}})
	}
	for _, a := range b.body.args {
		members = append(members, member{a.name, func(dst []byte, indent int) []byte {
			if a.whole {
				return appendJSONTemplate(dst, []piece{{code: "distinct(" + string(p.hcl.inline(nil, a.value, a.over)) + ")"}})
			}
			return p.value(dst, a.value, a.over, indent)
		}})
	}
	for blocks := b.body.blocks; len(blocks) > 0; {
		n := 1
		for n < len(blocks) && blocks[n].kind == blocks[0].kind {
			n++
		}
		same := blocks[:n]
		members = append(members, member{same[0].kind, func(dst []byte, indent int) []byte {
			if len(same) == 1 {
				return p.body(dst, same[0], indent)
			}
			return appendArray(dst, len(same), indent, func(dst []byte, i, indent int) []byte {
				return p.body(dst, same[i], indent)
			})
		}})
		blocks = blocks[n:]
	}
	return appendObject(dst, members, indent)
}

// jsonNotes are the comments on a block and on its arguments.
func jsonNotes(b block) []string {
	notes := append([]string(nil), b.notes...)
	for _, a := range b.body.args {
		for _, note := range a.notes {
			notes = append(notes, a.name+": "+note)
		}
		notes = appendNotesBelow(notes, a.value, a.over, cty.GetAttrPath(a.name))
	}
	return notes
}

func appendNotesBelow(notes []string, v cty.Value, over *overlay, path cty.Path) []string {
	if !over.commented() || !isCollection(v) {
		return notes
	}
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		at := append(path.Copy(), cty.IndexStep{Key: key})
		laid := over.member(key)
		for _, note := range laid.comments() {
			notes = append(notes, graph.PathString(at)+": "+note)
		}
		notes = appendNotesBelow(notes, element, laid, at)
	}
	return notes
}

// value writes a value with its expressions. Texts and the names of members are templates.
func (p *jsonPrinter) value(dst []byte, v cty.Value, over *overlay, indent int) []byte {
	switch {
	case over != nil && over.expr != nil:
		return p.expression(dst, over.expr)
	case over.replaced():
		return appendJSONString(dst, over.bare)
	case isCollection(v) && isObject(v):
		return p.object(dst, v, over, indent)
	case isCollection(v):
		elements := v.AsValueSlice()
		keys := elementKeys(v)
		return appendArray(dst, len(elements), indent, func(dst []byte, i, indent int) []byte {
			return p.value(dst, elements[i], over.member(keys[i]), indent)
		})
	case v.Type() == cty.String && v.IsKnown() && !v.IsNull():
		return appendJSONTemplate(dst, []piece{{text: v.AsString()}})
	}
	return p.hcl.scalar(dst, v)
}

func (p *jsonPrinter) object(dst []byte, v cty.Value, over *overlay, indent int) []byte {
	var members []member
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		laid := over.member(key)
		name := []piece{{text: key.AsString()}}
		if e := laid.named(); e != nil {
			name = p.expressionPieces(e)
		}
		members = append(members, member{jsonTemplate(name), func(dst []byte, indent int) []byte {
			return p.value(dst, value, laid, indent)
		}})
	}
	return appendObject(dst, members, indent)
}

func elementKeys(v cty.Value) []cty.Value {
	var keys []cty.Value
	for it := v.ElementIterator(); it.Next(); {
		key, _ := it.Element()
		keys = append(keys, key)
	}
	return keys
}

func (p *jsonPrinter) expression(dst []byte, e graph.Expr) []byte {
	return appendJSONTemplate(dst, p.expressionPieces(e))
}

func (p *jsonPrinter) expressionPieces(e graph.Expr) []piece {
	if t, ok := e.(graph.Template); ok {
		return p.hcl.pieces(t)
	}
	return []piece{{code: string(p.hcl.code(nil, e))}}
}

func appendJSONTemplate(dst []byte, pieces []piece) []byte {
	return appendJSONString(dst, jsonTemplate(pieces))
}

// jsonTemplate returns a template that evaluates to the pieces.
func jsonTemplate(pieces []piece) string {
	var text []byte
	for _, piece := range withMarksAsCode(pieces) {
		if piece.code != "" {
			text = appendInterpolation(text, piece.code)
			continue
		}
		text = appendTemplate(text, piece.text)
	}
	return string(text)
}

// withMarksAsCode turns the two characters into expressions that literal text in a JSON string cannot contain: after a
// carriage return that ends no line, HCL reads the rest of the string as literal text, and it drops a byte order mark
// at the beginning.
func withMarksAsCode(pieces []piece) []piece {
	const marks = "\r\ufeff"
	if !slices.ContainsFunc(pieces, func(p piece) bool { return strings.ContainsAny(p.text, marks) }) {
		return pieces
	}
	var out []piece
	for _, p := range pieces {
		for i := strings.IndexAny(p.text, marks); i >= 0; i = strings.IndexAny(p.text, marks) {
			mark, size := utf8.DecodeRuneInString(p.text[i:])
			before, after := p.text[:i], p.text[i+size:]
			switch {
			case mark != '\r':
				out = append(out, piece{text: before}, piece{code: `"\ufeff"`})
			case strings.HasPrefix(after, "\n"):
				out = append(out, piece{text: before + "\r\n"})
				after = after[1:]
			default:
				out = append(out, piece{text: before}, piece{code: `"\r"`})
			}
			p.text = after
		}
		out = append(out, p)
	}
	return joined(out)
}

// appendJSONString writes s without the escapes for HTML, which are unreadable.
func appendJSONString(dst []byte, s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return append(dst, `""`...) // a string always encodes
	}
	return append(dst, visible.JSON(strings.TrimSuffix(b.String(), "\n"))...)
}

func appendObject(dst []byte, members []member, indent int) []byte {
	if len(members) == 0 {
		return append(dst, "{}"...)
	}
	dst = append(dst, '{')
	for i, m := range members {
		dst = appendLine(dst, i, indent+indentWidth)
		dst = appendJSONString(dst, m.key)
		dst = append(dst, ": "...)
		dst = m.write(dst, indent+indentWidth)
	}
	dst = append(dst, '\n')
	dst = appendSpaces(dst, indent)
	return append(dst, '}')
}

func appendArray(dst []byte, n, indent int, element func(dst []byte, i, indent int) []byte) []byte {
	if n == 0 {
		return append(dst, "[]"...)
	}
	dst = append(dst, '[')
	for i := range n {
		dst = appendLine(dst, i, indent+indentWidth)
		dst = element(dst, i, indent+indentWidth)
	}
	dst = append(dst, '\n')
	dst = appendSpaces(dst, indent)
	return append(dst, ']')
}

// appendLine begins the line of entry i.
func appendLine(dst []byte, i, indent int) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, '\n')
	return appendSpaces(dst, indent)
}

// A tree nests printed blocks by kind and labels, as the JSON syntax requires.
type tree struct {
	order []string
	below map[string]*tree
	leafs [][]byte
	many  bool // whether the leafs are an array even if there is only one
}

func (t *tree) add(path []string, leaf []byte) {
	if len(path) == 0 {
		t.leafs = append(t.leafs, leaf)
		return
	}
	next := t.below[path[0]]
	if next == nil {
		next = &tree{many: repeats(path[0])}
		if t.below == nil {
			t.below = map[string]*tree{}
		}
		t.below[path[0]] = next
		t.order = append(t.order, path[0])
	}
	next.add(path[1:], leaf)
}

func (t *tree) append(dst []byte, indent int) []byte {
	if len(t.leafs) == 1 && !t.many {
		return append(dst, t.leafs[0]...)
	}
	if len(t.leafs) > 0 {
		return appendArray(dst, len(t.leafs), indent, func(dst []byte, i, _ int) []byte {
			return append(dst, t.leafs[i]...)
		})
	}
	members := make([]member, len(t.order))
	for i, name := range t.order {
		members[i] = member{name, t.below[name].append}
	}
	return appendObject(dst, members, indent)
}

// print returns the block's body, indented for its place in the tree.
func (p *jsonPrinter) print(b block) ([]byte, error) {
	depth := 1 + len(b.labels)
	if repeats(b.kind) {
		depth++ // these are elements of an array
	}
	text := p.body(nil, b, depth*indentWidth)
	if p.hcl.err != nil {
		return nil, fmt.Errorf("write %s: %w", b.kind, p.hcl.err)
	}
	return text, nil
}
