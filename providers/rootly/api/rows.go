package api

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/google/jsonapi"
)

// decodeRaw reads a document whose rows are kept as they came. It reads only what paging needs: rows that are not
// objects, or without an id, are kept as well.
func decodeRaw(reader *parser, body []byte) (document, error) {
	var rows []json.RawMessage
	rest, ok := body, json.Valid(body)
	if ok {
		rows, rest, ok = cutRows(body)
	}
	if !ok {
		return decodeMany(reader, body) // says what is wrong
	}
	d, err := decodeMany(reader, rest)
	if err != nil {
		return document{}, err
	}
	for _, raw := range rows {
		d.rows = append(d.rows, rowOf(raw))
	}
	d.raw = rows
	return d, nil
}

// cutRows takes the list of rows out of a document. The rows are a copy, since the body is reused.
func cutRows(body []byte) (rows []json.RawMessage, rest []byte, ok bool) {
	start, end := -1, 0
	members(body, func(key string, from, to int) {
		if key == "data" {
			start, end = from, to
		}
	})
	if start < 0 || body[start] != '[' {
		return nil, nil, false
	}
	list := bytes.Clone(body[start:end])
	for at := space(list, 1); list[at] != ']'; {
		to := past(list, at)
		rows = append(rows, list[at:to:to])
		if at = space(list, to); list[at] == ',' {
			at = space(list, at+1)
		}
	}
	rest = append(append(bytes.Clone(body[:start]), "[]"...), body[end:]...)
	return rows, rest, true
}

// rowOf reads what paging needs of a row.
func rowOf(raw json.RawMessage) *Object {
	o := &jsonapi.Node{}
	members(raw, func(key string, from, to int) {
		switch key {
		case "id":
			o.ID = looseWord(raw[from:to])
		case "type":
			o.Type = looseWord(raw[from:to])
		case "attributes":
			inner := raw[from:to]
			members(inner, func(key string, from, to int) {
				if key == createdAt {
					o.Attributes = map[string]any{createdAt: looseWord(inner[from:to])}
				}
			})
		}
	})
	return o
}

// looseWord is the content of a string or a number; empty for anything else.
func looseWord(raw []byte) string {
	switch c := raw[0]; {
	case c == '"':
		if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 {
			return string(inner)
		}
		var s string
		_ = json.Unmarshal(raw, &s) // valid, like all of the document
		return s
	case c == '-' || c >= '0' && c <= '9':
		return string(raw)
	}
	return ""
}

// members visits the members of an object: each key, and the start and end of its value. Anything else has no members.
// The JSON is known to be valid.
func members(raw []byte, each func(key string, from, to int)) {
	at := space(raw, 0)
	if raw[at] != '{' {
		return
	}
	for at = space(raw, at+1); raw[at] == '"'; {
		to := past(raw, at)
		key := looseWord(raw[at:to])
		from := space(raw, space(raw, to)+1) // behind the colon
		to = past(raw, from)
		each(key, from, to)
		if at = space(raw, to); raw[at] == ',' {
			at = space(raw, at+1)
		}
	}
}

// space is the position of the next byte that is not white space.
func space(raw []byte, at int) int {
	for raw[at] <= ' ' {
		at++
	}
	return at
}

// past is the end of the value that begins at a position.
func past(raw []byte, at int) int {
	depth := 0
	for ; ; at++ {
		switch raw[at] {
		case '"':
			at = pastString(raw, at) - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		default:
			if depth > 0 {
				continue
			}
			for at < len(raw) && strings.IndexByte(" \t\r\n,:]}", raw[at]) < 0 {
				at++
			}
			return at
		}
		if depth == 0 {
			return at + 1
		}
	}
}

// pastString is the end of the string that begins at a position.
func pastString(raw []byte, at int) int {
	for at++; ; at++ {
		at += bytes.IndexByte(raw[at:], '"')
		escapes := 0
		for raw[at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at + 1
		}
	}
}
