package intake

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// ParseCredential reads the credential of endpoints: one line. Errors name the source only.
func ParseCredential(text, source string) (string, error) {
	text, err := PlainText(text)
	text = strings.TrimSpace(text)
	switch {
	case err != nil:
	case text == "":
		err = errors.New("no credential")
	case strings.Contains(text, "\n"):
		err = errors.New("more than one line")
	}
	if err != nil {
		return "", hint.With(fmt.Errorf("the endpoint's credential in %s: %w", source, err), "the file must contain only the credential, on one line of plain text")
	}
	return text, nil
}

// PlainText takes what editors add from a text that holds secrets: a byte-order mark, and the line
// ends of Windows. It refuses other encodings and control characters, which nobody would see.
func PlainText(text string) (string, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", errors.New("not UTF-8")
	}
	odd := func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
	}
	if strings.ContainsFunc(text, odd) {
		return "", errors.New("it contains an invisible character")
	}
	return text, nil
}
