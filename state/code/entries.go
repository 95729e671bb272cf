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

// AddEntries adds to the map that is argument name of item i of next those entries of the
// same argument of item j of old whose keys are wanted and not there yet. Wanted nil means all.
func (next Source) AddEntries(i int, name string, old Source, j int, wanted map[string]bool) ([]byte, error) {
	to, ok := next.Items[i].Arg(name)
	if !ok {
		return nil, fmt.Errorf("no argument %s", name)
	}
	from, ok := old.Items[j].Arg(name)
	if !ok {
		return nil, fmt.Errorf("no argument %s", name)
	}
	present, err := entries(next.Text, to)
	if err != nil {
		return nil, err
	}
	earlier, err := entries(old.Text, from)
	if err != nil {
		return nil, err
	}
	missing := lacking(present, earlier, wanted)
	if len(missing) == 0 {
		return next.Text, nil
	}
	brace := to.Start + bytes.IndexByte(next.Text[to.Start:to.End], '{')
	out := append(bytes.Clone(next.Text[to.Start:brace+1]), '\n')
	for _, e := range join(present, missing) {
		out = append(append(out, e.text...), '\n')
	}
	out = append(out, '}')

	// Only the item that was touched is aligned anew.
	it := next.Items[i]
	block := Apply(next.Text[it.Start:it.End], []Edit{{Start: to.Start - it.Start, End: to.End - it.Start, Text: string(out)}})
	return Apply(next.Text, []Edit{{Start: it.Start, End: it.End, Text: string(hclwrite.Format(block))}}), nil
}

// entry is a line of a map.
type entry struct {
	key  string
	text []byte // with the comments around it
}

// entries reads a map written with braces.
func entries(text []byte, a Arg) ([]entry, error) {
	value := text[a.Start:a.End]
	expr, diags := hclsyntax.ParseExpression(value, "", hcl.Pos{Line: 1, Column: 1})
	if diags.HasErrors() {
		return nil, fmt.Errorf("read %s: %w", a.Name, diags)
	}
	object, ok := expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil, fmt.Errorf("%s is no map", a.Name)
	}
	var out []entry
	begin := object.OpenRange.End.Byte
	for _, item := range object.Items {
		key, diags := item.KeyExpr.Value(nil)
		if diags.HasErrors() || key.Type() != cty.String {
			return nil, fmt.Errorf("%s has a key that is no text", a.Name)
		}
		end := lineEnd(value, item.ValueExpr.Range().End.Byte)
		out = append(out, entry{key: key.AsString(), text: bytes.Trim(value[begin:end], "\r\n")})
		begin = end
	}
	return out, nil
}

// lineEnd returns the end of the line, or of the comma that parts two entries in one line.
func lineEnd(text []byte, pos int) int {
	s := &scanner{src: text, pos: pos}
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

// join keeps the order of those present and puts the others in by their keys.
func join(present, added []entry) []entry {
	out := append([]entry(nil), present...)
	for _, e := range added {
		at := sort.Search(len(out), func(i int) bool { return out[i].key > e.key })
		out = append(out[:at], append([]entry{e}, out[at:]...)...)
	}
	return out
}
