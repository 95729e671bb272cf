package audit

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// A value is a place in a JSON text. With trees of values, single texts can be replaced while every other byte stays,
// including the order of keys and the form of numbers.
type value struct {
	start, end int    // in the text
	key        string // in its object
	keyAt      int    // where the key begins
	keyEnd     int
	kind       byte    // '{', '[', or 's' for a string, 'n' for a number, 'c' for a constant; 0: there is none
	text       string  // the content of a string; otherwise the value as it is written
	parts      []value // of an object or a list
}

var errNoJSON = errors.New("it is not JSON")

// parseTree reads a JSON text.
func parseTree(raw []byte) (value, error) {
	t := treeReader{raw: string(raw)}
	if long := 256; len(raw) > long {
		t.stack = make([]value, 0, 48)
	}
	t.skip()
	v, ok := t.value(0)
	t.skip()
	if !ok || t.at < len(t.raw) {
		return value{}, errNoJSON
	}
	return v, nil
}

// deepest is the deepest nesting of JSON that is read, as in encoding/json.
const deepest = 10_000

// A treeReader reads a JSON text, and checks it.
type treeReader struct {
	raw   string
	at    int
	stack []value // parts of the open containers
	slab  []value // parts of the closed containers
}

// skip moves to the next byte that is not white space, and returns it; 0 at the end.
func (t *treeReader) skip() byte {
	for ; t.at < len(t.raw); t.at++ {
		switch c := t.raw[t.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (t *treeReader) value(depth int) (v value, ok bool) {
	if t.at >= len(t.raw) || depth > deepest {
		return v, false
	}
	v.start = t.at
	switch c := t.raw[t.at]; {
	case c == '{' || c == '[':
		v.kind = c
		v.parts, ok = t.container(c, depth)
	case c == '"':
		v.kind = 's'
		v.text, ok = t.string()
	case c == '-' || c >= '0' && c <= '9':
		v.kind, ok = 'n', t.number()
		v.text = t.raw[v.start:t.at]
	default:
		v.kind = 'c'
		for _, word := range []string{"null", "true", "false"} {
			if strings.HasPrefix(t.raw[t.at:], word) {
				t.at, v.text, ok = t.at+len(word), word, true
			}
		}
	}
	v.end = t.at
	return v, ok
}

// container reads the content of an object or a list, and its closing bracket.
func (t *treeReader) container(open byte, depth int) (parts []value, ok bool) {
	base, closing := len(t.stack), open+2 // as in ASCII
	t.at++
	for c := t.skip(); c != closing || len(t.stack) > base; c = t.skip() {
		key, keyAt, keyEnd := "", t.at, 0
		if open == '{' {
			if c != '"' {
				return nil, false
			}
			key, ok = t.string()
			if keyEnd = t.at; !ok || t.skip() != ':' {
				return nil, false
			}
			t.at++
			t.skip()
		}
		part, ok := t.value(depth + 1)
		if !ok {
			return nil, false
		}
		part.key, part.keyAt, part.keyEnd = key, keyAt, keyEnd
		t.stack = append(t.stack, part)
		if c = t.skip(); c == closing {
			break
		}
		if c != ',' {
			return nil, false
		}
		t.at++
	}
	t.at++
	parts = t.room(len(t.stack) - base)
	copy(parts, t.stack[base:])
	t.stack = t.stack[:base]
	return parts, true
}

// room is space for some values: many containers share one piece of memory.
func (t *treeReader) room(n int) []value {
	if n > cap(t.slab)-len(t.slab) {
		t.slab = make([]value, 0, max(n, min(len(t.raw)/32, 64)))
	}
	at := len(t.slab)
	t.slab = t.slab[:at+n]
	return t.slab[at : at+n : at+n]
}

// string reads a string and moves past it.
func (t *treeReader) string() (said string, ok bool) {
	start, plain := t.at, true
	for t.at++; t.at < len(t.raw) && t.raw[t.at] != '"'; t.at++ {
		switch c := t.raw[t.at]; {
		case c == '\\':
			plain = false
			if !t.escape() {
				return "", false
			}
		case c < ' ':
			return "", false
		case c >= utf8.RuneSelf:
			plain = plain && utf8.ValidString(t.rune())
		}
	}
	if t.at++; t.at > len(t.raw) {
		return "", false
	}
	if plain {
		return t.raw[start+1 : t.at-1], true
	}
	return said, json.Unmarshal([]byte(t.raw[start:t.at]), &said) == nil
}

// rune is the character at this position.
func (t *treeReader) rune() string {
	_, size := utf8.DecodeRuneInString(t.raw[t.at:])
	said := t.raw[t.at : t.at+size]
	t.at += size - 1
	return said
}

// escape moves to the last byte of an escape sequence.
func (t *treeReader) escape() bool {
	t.at++
	if t.at >= len(t.raw) {
		return false
	}
	if t.raw[t.at] != 'u' {
		return strings.IndexByte(`"\/bfnrt`, t.raw[t.at]) >= 0
	}
	for range 4 {
		t.at++
		if t.at >= len(t.raw) || strings.IndexByte("0123456789abcdefABCDEF", t.raw[t.at]) < 0 {
			return false
		}
	}
	return true
}

// number goes behind a number.
func (t *treeReader) number() bool {
	t.one("-")
	if !t.one("0") && t.digits() == 0 {
		return false
	}
	if t.one(".") && t.digits() == 0 {
		return false
	}
	if t.one("eE") {
		t.one("+-")
		return t.digits() > 0
	}
	return true
}

// one moves past a byte if it is one of these.
func (t *treeReader) one(of string) bool {
	if t.at < len(t.raw) && strings.IndexByte(of, t.raw[t.at]) >= 0 {
		t.at++
		return true
	}
	return false
}

func (t *treeReader) digits() (n int) {
	for ; t.at < len(t.raw) && t.raw[t.at] >= '0' && t.raw[t.at] <= '9'; t.at++ {
		n++
	}
	return n
}

// get is a member of an object, or nil. If a name is repeated, the last one counts.
func (v *value) get(key string) *value {
	if v == nil || v.kind != '{' {
		return nil
	}
	for i := len(v.parts) - 1; i >= 0; i-- {
		if v.parts[i].key == key {
			return &v.parts[i]
		}
	}
	return nil
}

// said is the content of a string, or a number exactly as it is written. For anything else it is empty.
func (v *value) said() string {
	if v == nil || v.kind != 's' && v.kind != 'n' {
		return ""
	}
	return v.text
}

// in is the value as it is written in its text; null if there is none.
func (v *value) in(raw []byte) json.RawMessage {
	if v == nil || v.kind == 0 || v.kind == 'c' && v.text == "null" {
		return null
	}
	return raw[v.start:v.end:v.end]
}

// An edit replaces a value by other JSON.
type edit struct {
	start, end int
	with       string
}

// apply makes edits that are in order and do not overlap.
func apply(raw []byte, edits []edit) []byte { return applyFrom(0, raw, edits) }

// applyFrom makes edits in a part of a text.
func applyFrom(start int, part []byte, edits []edit) []byte {
	if len(edits) == 0 {
		return part
	}
	out := make([]byte, 0, len(part)+16*len(edits))
	at := 0
	for _, e := range edits {
		out = append(append(out, part[at:e.start-start]...), e.with...)
		at = e.end - start
	}
	return append(out, part[at:]...)
}

// quote writes a text as a JSON string, as short as can be.
func quote(s string) string { return string(appendQuoted(nil, s)) }

// appendQuoted appends a text as a JSON string, as short as can be.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			var w strings.Builder
			enc := json.NewEncoder(&w)
			enc.SetEscapeHTML(false)
			_ = enc.Encode(s) // a string can always be written
			return append(b, strings.TrimSuffix(w.String(), "\n")...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
