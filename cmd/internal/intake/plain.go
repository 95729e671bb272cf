package intake

import (
	"bytes"
	"net/http"
	"strings"
)

const (
	plainEntries = 500
	plainBytes   = 1 << 20
)

// plainShape is an endpoint that takes lines of JSON, or an array.
func plainShape(p *place) (shape, error) {
	field := http.CanonicalHeaderKey(p.text("token_header", p.field))
	switch user := p.settings.Get("user"); {
	case user != "":
		if err := p.need("the password of " + user); err != nil {
			return shape{}, err
		}
		p.header.Set("Authorization", basic(user, p.credential))
	case p.credential == "":
	case field == "" || field == "Authorization":
		p.header.Set("Authorization", "Bearer "+strings.TrimSpace(strings.TrimPrefix(p.credential, "Bearer ")))
	default:
		p.header.Set(field, p.credential)
	}
	s := shape{contentType: "application/x-ndjson", entries: plainEntries, bytes: plainBytes, keyed: true, body: lines, read: judge}
	if p.text("batch", p.batch) == "json" {
		s.contentType, s.body = "application/json", array
	}
	return s, nil
}

// lines writes entries one after the other.
func lines(entries [][]byte) []byte {
	return append(bytes.Join(entries, []byte{'\n'}), '\n')
}

// array writes entries as one JSON array.
func array(entries [][]byte) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	b.Write(bytes.Join(entries, []byte{','}))
	b.WriteByte(']')
	return b.Bytes()
}
