package shown

import "bytes"

// Readable writes &, < and > in JSON as themselves. Encoders write them as \u0026, \u003c and \u003e for web pages,
// which is hard to read anywhere else.
func Readable(json []byte) []byte {
	if !bytes.Contains(json, []byte(`\u00`)) {
		return json
	}
	plain := make([]byte, 0, len(json))
	for i := 0; i < len(json); i++ {
		if json[i] != '\\' || i+1 == len(json) {
			plain = append(plain, json[i])
			continue
		}
		if c := spelled(json[i:]); c != 0 {
			plain = append(plain, c)
			i += len(`\u0026`) - 1
			continue
		}
		plain = append(plain, json[i], json[i+1]) // an escape of two characters, such as \\, or the head of a longer one
		i++
	}
	return plain
}

// spelled is the character of an escape at the start of a text, if it is one of the three.
func spelled(text []byte) byte {
	if len(text) < len(`\u0026`) {
		return 0
	}
	switch string(bytes.ToLower(text[:len(`\u0026`)])) {
	case `\u0026`:
		return '&'
	case `\u003c`:
		return '<'
	case `\u003e`:
		return '>'
	}
	return 0
}
