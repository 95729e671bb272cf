package graph

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
)

// PathString writes a path as Terraform does: rules[0].time_zone, labels["team"].
func PathString(p cty.Path) string {
	var b strings.Builder
	for _, step := range p {
		switch s := step.(type) {
		case cty.GetAttrStep:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.Name)
		case cty.IndexStep:
			b.WriteByte('[')
			b.WriteString(indexText(s.Key))
			b.WriteByte(']')
		}
	}
	return b.String()
}

// indexText is the text between the brackets, in the syntax of the language.
func indexText(key cty.Value) string {
	switch {
	case key.IsNull() || !key.IsKnown():
		return "?"
	case key.Type() == cty.Number:
		return number.Text(key.AsBigFloat())
	case key.Type() != cty.String:
		return "?" // into a set
	}
	var b strings.Builder
	b.WriteByte('"')
	text := key.AsString()
	for i, c := range text {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case (c == '$' || c == '%') && strings.HasPrefix(text[i+1:], "{"):
			b.WriteRune(c)
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(c):
			b.WriteRune(c)
		case c > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, c)
		default:
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// A hit is a value in a resource's Config with its full path, or the key of a map element there.
type hit struct {
	path  cty.Path
	value cty.Value
	key   bool
}

// slot identifies a hit within its resource.
func (h hit) slot() string {
	if h.key {
		return PathString(h.path) + " key"
	}
	return PathString(h.path)
}

// hits finds the values at a path of names, through every block, list element and map key. If the path ends at a map,
// it finds the keys.
func hits(v cty.Value, names []string, at cty.Path) []hit {
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	ty := v.Type()
	if ty.IsTupleType() || ty.IsListType() || ty.IsSetType() {
		var all []hit
		i := int64(0)
		for it := v.ElementIterator(); it.Next(); i++ {
			_, elem := it.Element()
			all = append(all, hits(elem, names, extend(at, cty.IndexStep{Key: cty.NumberIntVal(i)}))...)
		}
		return all
	}
	if len(names) == 0 && ty.IsMapType() {
		return keysOf(v, at)
	}
	if len(names) == 0 {
		return []hit{{path: at, value: v}}
	}
	next, ok := childByName(v, names[0])
	if !ok {
		return nil
	}
	var step cty.PathStep = cty.GetAttrStep{Name: names[0]}
	if ty.IsMapType() {
		step = cty.IndexStep{Key: cty.StringVal(names[0])}
	}
	return hits(next, names[1:], extend(at, step))
}

// keysOf gives the keys of a map.
func keysOf(v cty.Value, at cty.Path) []hit {
	var all []hit
	for it := v.ElementIterator(); it.Next(); {
		k, _ := it.Element()
		all = append(all, hit{path: extend(at, cty.IndexStep{Key: k}), value: k, key: true})
	}
	return all
}

// extend returns the path with one more step, without shared memory.
func extend(p cty.Path, step cty.PathStep) cty.Path {
	out := make(cty.Path, len(p), len(p)+1)
	copy(out, p)
	return append(out, step)
}

// childByName returns an attribute of an object or an element of a map.
func childByName(v cty.Value, name string) (cty.Value, bool) {
	ty := v.Type()
	switch {
	case v.IsNull():
		return cty.NilVal, false
	case ty.IsObjectType() && ty.HasAttribute(name):
		return v.GetAttr(name), true
	case ty.IsMapType():
		key := cty.StringVal(name)
		if v.HasIndex(key).True() {
			return v.Index(key), true
		}
	}
	return cty.NilVal, false
}

// child returns the element at an index step.
func child(v cty.Value, step cty.IndexStep) (cty.Value, bool) {
	ty := v.Type()
	if !ty.IsTupleType() && !ty.IsListType() {
		return cty.NilVal, false
	}
	if v.HasIndex(step.Key).False() {
		return cty.NilVal, false
	}
	return v.Index(step.Key), true
}

// walkTexts calls fn for every text in a value with its path, and for every key of a map or an object with the path of
// its value. The path is only valid during the call.
func walkTexts(v cty.Value, at cty.Path, fn func(at cty.Path, text string, key bool)) {
	if v.IsNull() || !v.IsKnown() {
		return
	}
	ty := v.Type()
	switch {
	case ty == cty.String:
		fn(at, v.AsString(), false)
	case ty.IsPrimitiveType():
	case ty.IsObjectType():
		for it := v.ElementIterator(); it.Next(); {
			name, elem := it.Element()
			below := append(at, cty.GetAttrStep{Name: name.AsString()})
			fn(below, name.AsString(), true)
			walkTexts(elem, below, fn)
		}
	case ty.IsSetType():
		i := int64(0)
		for it := v.ElementIterator(); it.Next(); i++ {
			_, elem := it.Element()
			walkTexts(elem, append(at, cty.IndexStep{Key: cty.NumberIntVal(i)}), fn)
		}
	default:
		for it := v.ElementIterator(); it.Next(); {
			k, elem := it.Element()
			below := append(at, cty.IndexStep{Key: k})
			if ty.IsMapType() {
				fn(below, k.AsString(), true)
			}
			walkTexts(elem, below, fn)
		}
	}
}

// idText is an id as text, whether it is text or a number; empty for anything else.
func idText(v cty.Value) string {
	switch {
	case v.IsNull():
		return ""
	case v.Type() == cty.String:
		return v.AsString()
	case v.Type() == cty.Number:
		return number.Text(v.AsBigFloat())
	}
	return ""
}

const uuidLen = 36

// IsUUID reports whether s is a UUID in its usual form.
func IsUUID(s string) bool {
	if len(s) != uuidLen {
		return false
	}
	for i := range uuidLen {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// nextUUID returns the position of the first separate UUID in s, or -1.
func nextUUID(s string) int {
	for i := 8; i+uuidLen-8 <= len(s); i++ {
		j := strings.IndexByte(s[i:], '-')
		if j < 0 {
			return -1
		}
		i += j
		start := i - 8
		if start+uuidLen > len(s) {
			return -1
		}
		alone := (start == 0 || !isWordByte(s[start-1])) && (start+uuidLen == len(s) || !isWordByte(s[start+uuidLen]))
		if alone && IsUUID(s[start:start+uuidLen]) {
			return start
		}
	}
	return -1
}

func isWordByte(c byte) bool {
	return isHex(c) || c == '-' || c == '_' || c >= 'g' && c <= 'z' || c >= 'G' && c <= 'Z'
}
