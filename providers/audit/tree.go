package audit

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
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
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	t := treeReader{dec: dec, raw: raw}
	v, err := t.value()
	if err != nil {
		return value{}, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return value{}, errTrailing
	}
	return v, nil
}

type treeReader struct {
	dec *json.Decoder
	raw []byte
}

// next reads a token, and where it starts and ends.
func (t *treeReader) next() (token json.Token, start, end int, err error) {
	start = int(t.dec.InputOffset())
	token, err = t.dec.Token()
	if err != nil {
		return nil, 0, 0, err
	}
	end = int(t.dec.InputOffset())
	for start < end && strings.IndexByte(" \t\r\n,:", t.raw[start]) >= 0 {
		start++
	}
	return token, start, end, nil
}

func (t *treeReader) value() (value, error) {
	token, start, end, err := t.next()
	if err != nil {
		return value{}, err
	}
	v := value{start: start, end: end, kind: 'c', text: string(t.raw[start:end])}
	switch token := token.(type) {
	case string:
		v.kind, v.text = 's', token
	case json.Number:
		v.kind = 'n'
	case json.Delim:
		v.kind, v.text = byte(token), ""
		err = t.parts(&v)
	}
	return v, err
}

// parts reads what is in an object or a list, and its closing bracket.
func (t *treeReader) parts(v *value) error {
	for t.dec.More() {
		key := ""
		if v.kind == '{' {
			token, _, _, err := t.next()
			if err != nil {
				return err
			}
			key, _ = token.(string)
		}
		part, err := t.value()
		if err != nil {
			return err
		}
		part.key = key
		v.parts = append(v.parts, part)
	}
	_, _, end, err := t.next()
	v.end = end
	return err
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
