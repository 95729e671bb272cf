package code

import (
	"bytes"
	"fmt"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// AddEntries adds entries to the map in argument name of item i of next. It takes them from the same argument of item j
// of old: those with a wanted key that are missing. Wanted nil means all.
func (next Source) AddEntries(i int, name string, old Source, j int, wanted map[string]bool) ([]byte, error) {
	to, ok := next.Items[i].Arg(name)
	if !ok {
		return nil, fmt.Errorf("no argument %s", name)
	}
	from, ok := old.Items[j].Arg(name)
	if !ok {
		return nil, fmt.Errorf("no argument %s", name)
	}
	present, err := next.entries(to)
	if err != nil {
		return nil, err
	}
	earlier, err := old.entries(from)
	if err != nil {
		return nil, err
	}
	missing := lacking(present, earlier, wanted)
	if len(missing) == 0 {
		return next.Text, nil
	}
	joined := join(present, missing)
	if next.leaves != nil {
		return Apply(next.Text, []Edit{{Start: to.Start, End: to.End, Text: string(writeEntries(joined))}}), nil
	}
	brace := to.Start + bytes.IndexByte(next.Text[to.Start:to.End], '{')
	out := append(bytes.Clone(next.Text[to.Start:brace+1]), '\n')
	for _, e := range joined {
		out = append(append(out, e.text...), '\n')
	}
	out = append(out, '}')

	// Only the item that was touched is aligned anew.
	it := next.Items[i]
	block := Apply(next.Text[it.Start:it.End], []Edit{{Start: to.Start - it.Start, End: to.End - it.Start, Text: string(out)}})
	return Apply(next.Text, []Edit{{Start: it.Start, End: it.End, Text: string(hclwrite.Format(block))}}), nil
}

// Align gives the arguments of a file the layout of terraform fmt.
func Align(text []byte) []byte { return hclwrite.Format(text) }

// writeEntries writes the map in the JSON syntax.
func writeEntries(all []entry) []byte {
	const indent = 4 // of an argument in a block without labels
	lines := make([][]byte, len(all))
	for i, e := range all {
		lines[i] = append(append(quoteJSON(e.key), ": "...), e.value...)
	}
	return writeLines(nil, "{", lines, "}", indent)
}

// entry is a line of a map.
type entry struct {
	key   string
	value []byte
	text  []byte // key and value in Terraform's own syntax, with the comments around them
}

// entries reads a map written with braces.
func (s Source) entries(a Arg) ([]entry, error) {
	if s.leaves != nil {
		return entriesJSON(s.Text, a)
	}
	return entries(s.Text, a)
}

func entriesJSON(text []byte, a Arg) ([]entry, error) {
	all, err := members(text[a.Start:a.End], a.Start)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", a.Name, err)
	}
	out := make([]entry, len(all))
	for i, m := range all {
		value := text[m.start:m.end]
		out[i] = entry{key: m.key, value: value, text: append(append(quoteJSON(m.key), " = "...), value...)}
	}
	return out, nil
}

func entries(text []byte, a Arg) ([]entry, error) {
	value := text[a.Start:a.End]
	expr, diags := hclsyntax.ParseExpression(value, "", hcl.Pos{Line: 1, Column: 1})
	if diags.HasErrors() {
		return nil, fmt.Errorf("read %s: %w", a.Name, diags)
	}
	object, ok := expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil, fmt.Errorf("%s is not a map", a.Name)
	}
	var out []entry
	begin := object.OpenRange.End.Byte
	for _, item := range object.Items {
		key, diags := item.KeyExpr.Value(nil)
		if diags.HasErrors() || key.Type() != cty.String {
			return nil, fmt.Errorf("%s has a key that is not text", a.Name)
		}
		of := item.ValueExpr.Range()
		end := lineEnd(value, of.End.Byte)
		out = append(out, entry{key: key.AsString(), value: value[of.Start.Byte:of.End.Byte], text: bytes.Trim(value[begin:end], "\r\n")})
		begin = end
	}
	return out, nil
}

// lineEnd returns the end of the line, or of the comma that separates two entries on one line.
func lineEnd(text []byte, pos int) int {
	s := &scanner{cursor: cursor{src: text, pos: pos}}
	s.space()
	if s.at(",") {
		s.pos++
	}
	end := s.pos
	s.space()
	if s.at("#") || s.at("//") {
		s.comment()
		return s.pos
	}
	return end
}

func lacking(present, earlier []entry, wanted map[string]bool) []entry {
	has := make(map[string]bool, len(present))
	for _, e := range present {
		has[e.key] = true
	}
	var out []entry
	for _, e := range earlier {
		if !has[e.key] && (wanted == nil || wanted[e.key]) {
			out = append(out, e)
		}
	}
	return out
}

// join keeps the order of the existing entries and inserts the others by their keys.
func join(present, added []entry) []entry {
	out := append([]entry(nil), present...)
	for _, e := range added {
		at := sort.Search(len(out), func(i int) bool { return out[i].key > e.key })
		out = append(out[:at], append([]entry{e}, out[at:]...)...)
	}
	return out
}
