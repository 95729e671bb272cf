package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// A value is a place in a JSON text. Trees of values let single texts in it be replaced while
// every other byte stays, the order of the keys and the spelling of numbers among them.
type value struct {
	start, end int     // in the text
	key        string  // in its object
	kind       byte    // '{', '[', or 's' for a string, 'n' for a number, 'c' for a constant
	text       string  // what a string says; otherwise the value as it is written
	parts      []value // of an object or a list
}

// parseTree reads a JSON text.
func parseTree(raw []byte) (value, error) {
	if !json.Valid(raw) {
		return value{}, errors.New("it is not JSON")
	}
	t := treeReader{raw: raw}
	return t.value(), nil
}

// A treeReader goes through JSON that is known to be valid.
type treeReader struct {
	raw []byte
	at  int
}

// skip goes to the next byte that says something.
func (t *treeReader) skip() byte {
	for strings.IndexByte(" \t\r\n,:", t.raw[t.at]) >= 0 {
		t.at++
	}
	return t.raw[t.at]
}

func (t *treeReader) value() value {
	c := t.skip()
	v := value{start: t.at, kind: 'c'}
	switch {
	case c == '{' || c == '[':
		v.kind = c
		t.at++
		t.parts(&v)
	case c == '"':
		v.kind, v.text = 's', t.string()
	default:
		if c == '-' || c >= '0' && c <= '9' {
			v.kind = 'n'
		}
		for t.at < len(t.raw) && strings.IndexByte(" \t\r\n,:]}", t.raw[t.at]) < 0 {
			t.at++
		}
		v.text = string(t.raw[v.start:t.at])
	}
	v.end = t.at
	return v
}

// parts reads what is in an object or a list, and its closing bracket.
func (t *treeReader) parts(v *value) {
	for c := t.skip(); c != '}' && c != ']'; c = t.skip() {
		key := ""
		if v.kind == '{' {
			key = t.string()
		}
		part := t.value()
		part.key = key
		v.parts = append(v.parts, part)
	}
	t.at++
}

// string reads a string and goes behind it.
func (t *treeReader) string() string {
	start, plain := t.at, true
	for t.at++; t.raw[t.at] != '"'; t.at++ {
		if t.raw[t.at] == '\\' {
			plain = false
			t.at++
		}
	}
	t.at++
	inner := t.raw[start+1 : t.at-1]
	if plain && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	_ = json.Unmarshal(t.raw[start:t.at], &s) // valid, as everything here
	return s
}

// get is a part of an object, or nil.
func (v *value) get(key string) *value {
	for i := range v.parts {
		if v.kind == '{' && v.parts[i].key == key {
			return &v.parts[i]
		}
	}
	return nil
}

// An edit puts other JSON in the place of a value.
type edit struct {
	start, end int
	with       string
}

// apply makes edits that are in order and do not overlap.
func apply(raw []byte, edits []edit) []byte {
	if len(edits) == 0 {
		return raw
	}
	var b bytes.Buffer
	at := 0
	for _, e := range edits {
		b.Write(raw[at:e.start])
		b.WriteString(e.with)
		at = e.end
	}
	b.Write(raw[at:])
	return b.Bytes()
}

// quote writes a text as a JSON string, as short as can be.
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string can always be written
	return strings.TrimSuffix(b.String(), "\n")
}
