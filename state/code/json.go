package code

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

var errShape = errors.New("not JSON code as this program writes it")

// A leaf is a block of the JSON syntax: where it is nested, and its body.
type leaf struct {
	path []string
	text []byte
}

// labelCount is how many labels a kind of block has.
func labelCount(kind string) int {
	switch kind {
	case "resource", "data":
		return 2
	case "variable", "provider", "output", "module", "check":
		return 1
	}
	return 0
}

// listed reports whether blocks of the kind are elements of an array.
func listed(kind string) bool { return kind == "import" || kind == "moved" || kind == "removed" }

// ParseJSON reads a file in the JSON syntax. Of the forms that the syntax allows it reads only the one with objects,
// except for blocks without labels, which are in an array.
func ParseJSON(text []byte) (Source, error) {
	s := Source{Text: text, leaves: []leaf{}}
	kinds, err := members(text, 0)
	if err != nil {
		return s, err
	}
	for _, kind := range kinds {
		if listed(kind.key) {
			elements, err := elements(text[kind.start:kind.end], kind.start)
			if err != nil {
				return s, err
			}
			for _, e := range elements {
				s.addLeaf([]string{kind.key}, e)
			}
			continue
		}
		if err := s.descend([]string{kind.key}, kind, labelCount(kind.key)); err != nil {
			return s, err
		}
	}
	return s, nil
}

// descend finds the blocks below a name.
func (s *Source) descend(path []string, at span, levels int) error {
	if levels == 0 {
		s.addLeaf(path, at)
		return nil
	}
	below, err := members(s.Text[at.start:at.end], at.start)
	if err != nil {
		return err
	}
	for _, m := range below {
		if err := s.descend(append(path[:len(path):len(path)], m.key), m, levels-1); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) addLeaf(path []string, at span) {
	text := s.Text[at.start:at.end]
	it := Item{Kind: path[0], Labels: path[1:], Start: at.start, Head: at.start, End: at.end}
	args, err := members(text, at.start)
	if err == nil {
		head := at.start + 1
		for n, a := range args {
			if n > 0 {
				head = args[n-1].end // the comma goes with what follows it
			}
			it.Args = append(it.Args, Arg{Name: a.key, Head: head, Start: a.start, End: a.end})
		}
	}
	it.Refs = jsonRefs(text, at.start, listed(path[0]))
	if path[0] == "//" {
		it = Item{Kind: "//", Start: at.start, Head: at.start, End: at.end}
	}
	s.Items = append(s.Items, it)
	s.leaves = append(s.leaves, leaf{path: path, text: text})
}

// A span is a value with its place in the text.
type span struct {
	key        string
	start, end int
}

// members returns the members of a JSON object in their order.
func members(text []byte, base int) ([]span, error) { return spans(text, base, '{') }

// elements returns the elements of a JSON array.
func elements(text []byte, base int) ([]span, error) { return spans(text, base, '[') }

func spans(text []byte, base int, open json.Delim) ([]span, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	first, err := d.Token()
	if err != nil {
		return nil, err
	}
	if first != open {
		return nil, errShape
	}
	var out []span
	for d.More() {
		var s span
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			s.key, _ = key.(string)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		s.end = base + int(d.InputOffset())
		s.start = s.end - len(value)
		out = append(out, s)
	}
	if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return out, nil
}

// jsonRefs finds the references in the texts of a value. If bare is set, a whole text may be a reference.
func jsonRefs(text []byte, base int, bare bool) []Ref {
	var out []Ref
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		decoded, places, end := decodeText(text, i)
		s := &scanner{cursor: cursor{src: decoded}}
		for s.more() && s.literal() == nil {
		}
		if bare && len(s.refs) == 0 {
			s.pos = 0
			if s.more() && isLetter(s.src[0]) {
				s.chain()
			}
		}
		for _, r := range s.refs {
			r.Start = base + places[r.Start]
			for n, e := range r.Ends {
				r.Ends[n] = base + places[e-1] + 1
			}
			out = append(out, r)
		}
		i = end
	}
	for i := range out {
		if bare {
			out[i].Start-- // where the value begins: at its quote
		}
	}
	return out
}

// decodeText reads the JSON string that begins at pos. It returns its bytes, the position of each byte, and where the
// string ends.
func decodeText(text []byte, pos int) (decoded []byte, places []int, end int) {
	for i := pos + 1; i < len(text); i++ {
		at, c := i, text[i]
		if c == '"' {
			return decoded, places, i
		}
		piece := string(c)
		if c >= 0x80 {
			piece = string(text[i : i+1])
		}
		if c == '\\' && i+1 < len(text) {
			n := 2
			if text[i+1] == 'u' {
				n = 6
			}
			n = min(n, len(text)-i)
			if json.Unmarshal([]byte(`"`+string(text[i:i+n])+`"`), &piece) != nil {
				piece = "?"
			}
			i += n - 1
		}
		decoded = append(decoded, piece...)
		for range len(piece) {
			places = append(places, at)
		}
	}
	return decoded, places, len(text)
}

// assemble writes leaves as a file.
func assemble(leaves []leaf) []byte {
	root := &branch{}
	for _, l := range leaves {
		root.add(l.path, l.text)
	}
	return append(root.write(nil, 0), '\n')
}

// branch is an object of the file, with its names in order.
type branch struct {
	names []string
	below map[string]*branch
	texts [][]byte
	array bool
}

func (b *branch) add(path []string, text []byte) {
	if len(path) == 0 {
		b.texts = append(b.texts, text)
		return
	}
	next := b.below[path[0]]
	if next == nil {
		next = &branch{array: listed(path[0])}
		if b.below == nil {
			b.below = map[string]*branch{}
		}
		b.below[path[0]] = next
		b.names = append(b.names, path[0])
	}
	next.add(path[1:], text)
}

func (b *branch) write(dst []byte, indent int) []byte {
	switch {
	case b.array:
		return writeArray(dst, b.texts, indent)
	case len(b.texts) > 0:
		return append(dst, b.texts[0]...)
	}
	texts := make([][]byte, len(b.names))
	for i, name := range b.names {
		texts[i] = b.below[name].write(append(quoteJSON(name), ": "...), indent+2)
	}
	return writeLines(dst, "{", texts, "}", indent)
}

func writeArray(dst []byte, texts [][]byte, indent int) []byte {
	return writeLines(dst, "[", texts, "]", indent)
}

func writeLines(dst []byte, open string, texts [][]byte, closing string, indent int) []byte {
	if len(texts) == 0 {
		return append(dst, open+closing...)
	}
	dst = append(dst, open...)
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(dst, "\n"+strings.Repeat(" ", indent+2)...), text...)
	}
	return append(dst, "\n"+strings.Repeat(" ", indent)+closing...)
}

func quoteJSON(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return []byte(`""`)
	}
	return []byte(visible.JSON(strings.TrimSuffix(b.String(), "\n")))
}

// edited returns the leaf of an item after edits.
func (s Source) edited(i int, edits []Edit) leaf {
	l, base := s.leaves[i], s.Items[i].Start
	shifted := make([]Edit, len(edits))
	for n, e := range edits {
		text := quoteJSON(e.Text)
		shifted[n] = Edit{Start: e.Start - base, End: e.End - base, Text: string(text[1 : len(text)-1])}
	}
	l.text = Apply(l.text, shifted)
	return l
}

func (s Source) cutJSON(keep map[int]bool, edits map[int][]Edit) []byte {
	var out []leaf
	for i := range s.leaves {
		if keep[i] || s.Items[i].Kind == "//" {
			out = append(out, s.edited(i, edits[i]))
		}
	}
	return assemble(out)
}

func (next Source) weaveJSON(old Source, keep map[int]bool, edits map[int][]Edit) []byte {
	behind := next.anchored(old, keep)
	var out []leaf
	put := func(at int) {
		for _, i := range behind[at] {
			out = append(out, old.edited(i, edits[i]))
		}
	}
	for i, l := range next.leaves {
		if next.Items[i].Kind == "//" {
			out = append(out, l) // the comment on the file stays at its head
		}
	}
	put(front)
	for i, l := range next.leaves {
		if next.Items[i].Kind != "//" {
			out = append(out, l)
		}
		put(i)
	}
	return assemble(out)
}
