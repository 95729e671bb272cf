package change

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

// A node is a JSON value. A nil node is a missing value.
type node struct {
	kind   byte // '{', '[', 's' for text, 'n' for a number, 'b' for true or false, '0' for null
	text   string
	fields map[string]*node
	items  []*node
}

// mostLevels is the deepest nesting that is read: each level takes stack space.
const mostLevels = 1000

// parse reads one JSON value; nil if there is none.
func parse(raw []byte) (*node, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	n, err := parseNext(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more data after the JSON value")
	}
	return n, nil
}

func parseNext(dec *json.Decoder, level int) (*node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		return parseContainer(dec, t, level+1)
	case string:
		return &node{kind: 's', text: t}, nil
	case json.Number:
		return &node{kind: 'n', text: t.String()}, nil
	case bool:
		return truth(t), nil
	}
	return &node{kind: '0', text: "null"}, nil
}

func truth(b bool) *node {
	if b {
		return &node{kind: 'b', text: "true"}
	}
	return &node{kind: 'b', text: "false"}
}

func parseContainer(dec *json.Decoder, open json.Delim, level int) (*node, error) {
	if level > mostLevels {
		return nil, fmt.Errorf("more than %d levels of JSON", mostLevels)
	}
	n := &node{kind: byte(open)}
	if open == '{' {
		n.fields = map[string]*node{}
	}
	for dec.More() {
		key := ""
		if open == '{' {
			token, err := dec.Token()
			if err != nil {
				return nil, err
			}
			key, _ = token.(string)
		}
		child, err := parseNext(dec, level)
		if err != nil {
			return nil, err
		}
		if open == '{' {
			n.fields[key] = child
		} else {
			n.items = append(n.items, child)
		}
	}
	_, err := dec.Token()
	return n, err
}

func (n *node) is(kind byte) bool { return n != nil && n.kind == kind }

// missing reports whether there is no value: not there, or null.
func (n *node) missing() bool { return n == nil || n.kind == '0' }

// field returns the value under a key, or nil.
func (n *node) field(key string) *node {
	if n == nil {
		return nil
	}
	return n.fields[key]
}

// item returns the value at an index, or nil.
func (n *node) item(i int) *node {
	if n == nil || i < 0 || i >= len(n.items) {
		return nil
	}
	return n.items[i]
}

// marked reports whether a mark covers the whole value.
func (n *node) marked() bool { return n.is('b') && n.text == "true" }

// marks reports whether a mark covers any part of the value.
func (n *node) marks() bool {
	if n == nil {
		return false
	}
	if n.marked() {
		return true
	}
	for _, child := range n.fields {
		if child.marks() {
			return true
		}
	}
	for _, child := range n.items {
		if child.marks() {
			return true
		}
	}
	return false
}

// flat reports whether a list holds no lists and no objects.
func (n *node) flat() bool {
	for _, child := range n.items {
		if child.is('{') || child.is('[') {
			return false
		}
	}
	return true
}

// same compares two values; missing equals null.
func same(a, b *node) bool {
	if a.missing() || b.missing() {
		return a.missing() && b.missing()
	}
	if a.kind != b.kind || a.text != b.text || len(a.fields) != len(b.fields) || len(a.items) != len(b.items) {
		return false
	}
	for key, child := range a.fields {
		if other, ok := b.fields[key]; !ok || !same(child, other) {
			return false
		}
	}
	for i, child := range a.items {
		if !same(child, b.items[i]) {
			return false
		}
	}
	return true
}

// keys lists the keys of two objects, and of a third that describes them.
func keys(a, b, about *node) []string {
	found := map[string]bool{}
	for _, n := range []*node{a, b, about} {
		if n != nil {
			for key := range n.fields {
				found[key] = true
			}
		}
	}
	list := make([]string, 0, len(found))
	for key := range found {
		list = append(list, key)
	}
	sort.Strings(list)
	return list
}

// inside reads a text as a JSON object or list, or returns nil.
func (n *node) inside() *node {
	if !n.is('s') {
		return nil
	}
	text := strings.TrimSpace(n.text)
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return nil
	}
	inner, err := parse([]byte(text))
	if err != nil {
		return nil
	}
	return inner
}
