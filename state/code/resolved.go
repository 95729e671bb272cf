package code

import (
	"bytes"
	"strconv"
)

// Resolved returns an item with references replaced by the ids that they stand for, and without comments and layout.
// Two items with the same result mean the same to the provider. The id of a reference that is to stay is empty.
func (s Source) Resolved(i int, id func(Ref) string) string {
	it := s.Items[i]
	var edits []Edit
	for _, r := range it.Refs {
		if text := id(r); text != "" {
			edits = append(edits, s.literal(r, text))
		}
	}
	for n := range edits {
		edits[n].Start, edits[n].End = edits[n].Start-it.Head, edits[n].End-it.Head
	}
	text := Apply(s.Text[it.Head:it.End], edits)
	if s.leaves != nil {
		return string(normalJSON(text))
	}
	return string(normal(text))
}

// literal replaces a reference together with what is only there because of it: a template sequence around it, or a
// conversion.
func (s Source) literal(r Ref, id string) Edit {
	start, end := r.Start, r.Ends[len(r.Ends)-1]
	text := strconv.Quote(id)
	if before, after := around(s.Text, start, end, "tonumber(", ")"); before < after {
		start, end, text = before, after, id
		if before, after := around(s.Text, start, end, `"${`, `}"`); before < after {
			return Edit{Start: before, End: after, Text: id}
		}
	} else if before, after := around(s.Text, start, end, "tostring(", ")"); before < after {
		start, end = before, after
	}
	if before, after := around(s.Text, start, end, "${", "}"); before < after {
		start, end = before, after
		text = strconv.Quote(id)
		text = text[1 : len(text)-1]
	} else if before, after := around(s.Text, start, end, "(", ")"); before < after && !called(s.Text, before) {
		start, end = before, after // the key of a map
	}
	return Edit{Start: start, End: end, Text: text}
}

// called reports whether the bracket at pos follows the name of a function.
func called(text []byte, pos int) bool {
	return pos > 0 && (isLetter(text[pos-1]) || isDigit(text[pos-1]))
}

// around returns a range extended by the text before and after it; nothing if other text is there.
func around(text []byte, start, end int, before, after string) (int, int) {
	if bytes.HasSuffix(text[:start], []byte(before)) && bytes.HasPrefix(text[end:], []byte(after)) {
		return start - len(before), end + len(after)
	}
	return 0, 0
}

// normal removes comments and layout from code, and the commas that only the layout needs.
func normal(text []byte) []byte {
	s := &scanner{cursor: cursor{src: text}, outline: true}
	var out []byte
	for s.more() {
		from := s.pos
		switch c := s.src[s.pos]; {
		case c == '\n': // separates the members of an object as a comma does
			s.pos++
			if len(out) > 0 && !bytes.ContainsRune([]byte("{[(,"), rune(out[len(out)-1])) {
				out = append(out, ',')
			}
			continue
		case isSpace(c):
			s.pos++
			continue
		case s.comment():
			continue
		case c == '"':
			_ = s.quoted() // what has no end goes on to the end
		case s.at("<<"):
			_ = s.heredoc()
		case c == ']' || c == '}' || c == ')':
			out = bytes.TrimSuffix(out, []byte(","))
			s.pos++
		default:
			s.pos++
		}
		out = append(out, s.src[from:s.pos]...)
	}
	return bytes.TrimSuffix(out, []byte(","))
}

// normalJSON removes comments and layout from a value.
func normalJSON(text []byte) []byte {
	if all, err := members(text, 0); err == nil {
		out := []byte("{")
		for _, m := range all {
			if m.key != "//" {
				out = append(append(out, quoteJSON(m.key)...), ':')
				out = append(append(out, normalJSON(text[m.start:m.end])...), ',')
			}
		}
		return append(out, '}')
	}
	if all, err := elements(text, 0); err == nil {
		out := []byte("[")
		for _, e := range all {
			out = append(append(out, normalJSON(text[e.start:e.end])...), ',')
		}
		return append(out, ']')
	}
	return text
}
