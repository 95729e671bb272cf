// Package printed finds the JSON document in what an engine printed, through whatever shell or wrapper.
//
//	UTF-16, byte-order marks ──► UTF-8 ──► lines before the document dropped ──► JSON
//
// Not here: what the document says.
package printed

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// mostBefore is how much text may precede the document.
const mostBefore = 64 << 10

// A Text is the output of an engine, from the document on.
type Text struct {
	*bufio.Reader

	// Wrapped reports whether a wrapper of the engine printed its own lines, as hashicorp/setup-terraform does.
	Wrapped bool
}

// WrapperHint is the hint for a document that cannot be read because of a wrapper.
const WrapperHint = "a wrapper of the engine prints lines of its own: set terraform_wrapper: false (hashicorp/setup-terraform) or tofu_wrapper: false (opentofu/setup-opentofu), and run it again"

// JSON reads a document: in UTF-8 or, as PowerShell redirects it, in UTF-16, with or without lines before it. If no
// document begins, the whole text is passed on.
func JSON(r io.Reader) Text {
	t := Text{Reader: bufio.NewReaderSize(inUTF8(r), mostBefore)}
	head, _ := t.Peek(mostBefore) // a shorter text is read in full
	before := start(head)
	t.Wrapped = wrapped(head[:max(before, 0)]) || before < 0 && wrapped(head)
	_, _ = t.Discard(max(before, 0)) // was peeked at
	return t
}

// One returns the document in a text, without what was printed before and after it. A text without a document is
// returned unchanged.
func One(content []byte) []byte {
	var document json.RawMessage
	if json.NewDecoder(JSON(bytes.NewReader(content))).Decode(&document) != nil {
		return content
	}
	return document
}

// UTF8 is a text in UTF-8, without a byte-order mark.
func UTF8(content []byte) []byte {
	text, err := io.ReadAll(inUTF8(bytes.NewReader(content)))
	if err != nil {
		return content
	}
	return text
}

// start is the start of the first line that opens an object; negative if there is none.
func start(head []byte) int {
	at := 0
	for line := range bytes.Lines(head) {
		if bytes.HasPrefix(bytes.TrimSpace(line), []byte("{")) {
			return at
		}
		at += len(line)
	}
	return -1
}

// wrapped reports whether lines have the form of commands to GitHub Actions.
func wrapped(head []byte) bool {
	for line := range strings.Lines(string(head)) {
		if strings.HasPrefix(line, "[command]") || strings.HasPrefix(line, "::") {
			return true
		}
	}
	return false
}

// inUTF8 decodes a text by its byte-order mark or, without one, by the position of a zero byte in its first character.
func inUTF8(r io.Reader) io.Reader {
	raw := bufio.NewReader(r)
	var plain transform.Transformer = encoding.Nop.NewDecoder()
	if two, _ := raw.Peek(2); len(two) == 2 {
		switch {
		case two[0] != 0 && two[1] == 0:
			plain = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
		case two[0] == 0 && two[1] != 0:
			plain = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
		}
	}
	return transform.NewReader(raw, unicode.BOMOverride(plain))
}
