package organisation

import (
	"encoding/json"
	"strconv"
	"strings"
)

// encoded is a JSON text.
type encoded string

// The JSON texts that need no making.
const (
	null  encoded = "null"
	yes   encoded = "true"
	no    encoded = "false"
	empty encoded = "[]"
	blank encoded = `""`
)

// A field is one member of a JSON object.
type field struct {
	name  string
	value encoded
}

// fields are the members of a JSON object, in order.
type fields []field

// text encodes s. It leaves <, > and & as they are.
func text(s string) encoded {
	if plain(s) {
		return encoded(`"` + s + `"`)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return null
	}
	return encoded(strings.TrimSuffix(b.String(), "\n"))
}

// plain reports whether s stands in JSON as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// maybeText encodes s, or null when it is empty.
func maybeText(s string) encoded {
	if s == "" {
		return null
	}
	return text(s)
}

// number encodes a whole number.
func number(n int) encoded { return encoded(strconv.Itoa(n)) }

// flag encodes a truth.
func flag(b bool) encoded {
	if b {
		return yes
	}
	return no
}

// texts encodes a list of texts.
func texts(list ...string) encoded {
	all := make([]encoded, len(list))
	for i, s := range list {
		all[i] = text(s)
	}
	return array(all...)
}

// array encodes a list of JSON texts.
func array(list ...encoded) encoded {
	if len(list) == 0 {
		return empty
	}
	var b strings.Builder
	for i, v := range list {
		b.WriteByte("[,"[min(i, 1)])
		b.WriteString(string(v))
	}
	b.WriteByte(']')
	return encoded(b.String())
}

// object encodes members.
func object(list ...field) encoded { return fields(list).encode() }

// encode returns f as a JSON object.
func (f fields) encode() encoded {
	size := 2
	for _, m := range f {
		size += len(m.name) + len(m.value) + 4
	}
	b := make([]byte, 0, size)
	b = append(b, '{')
	for i, m := range f {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, m.name...)
		b = append(b, '"', ':')
		b = append(b, m.value...)
	}
	return encoded(append(b, '}'))
}

// with returns f with some members replaced, or added at the end.
func (f fields) with(changes ...field) fields {
	out := append(fields(nil), f...)
	for _, c := range changes {
		out = out.set(c)
	}
	return out
}

// set replaces the member of the same name in place, or adds it.
func (f fields) set(c field) fields {
	for i := range f {
		if f[i].name == c.name {
			f[i].value = c.value
			return f
		}
	}
	return append(f, c)
}
