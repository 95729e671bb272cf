package collector

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// shortestSecret is how many bytes a secret of the webhook must have.
const shortestSecret = 16

// ParseSecrets reads the secrets of the webhook: one per line, aside from comments and blank lines.
// Errors name the source and the line, and never show a secret.
func ParseSecrets(text, source string) ([][]byte, error) {
	text, err := plainText(text)
	if err != nil {
		return nil, hint.With(fmt.Errorf("%s: %w", source, err), "save it as plain text in UTF-8, one secret per line")
	}
	var secrets [][]byte
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		where := fmt.Sprintf("%s, line %d", source, i+1)
		switch {
		case line == "" || line[0] == '#':
			continue
		case strings.ContainsFunc(line, unicode.IsSpace):
			return nil, hint.With(fmt.Errorf("%s: a secret contains white space", where), "write one secret per line; a comment has its own line, which begins with #")
		case len(line) < shortestSecret:
			return nil, hint.With(fmt.Errorf("%s: a secret of %d characters", where, len(line)),
				fmt.Sprintf("a secret has at least %d characters; copy it again from the webhook's page in Rootly", shortestSecret))
		}
		secrets = append(secrets, []byte(line))
	}
	if len(secrets) == 0 {
		return nil, hint.With(fmt.Errorf("no secret in %s, so no delivery could be verified", source),
			"copy it from the webhook's page in Rootly into $ROOTLY_WEBHOOK_SECRET or into the file of --secret-file")
	}
	return secrets, nil
}

// ParseCredential reads the credential of endpoints: one line. Errors name the source only.
func ParseCredential(text, source string) (string, error) {
	text, err := plainText(text)
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

// plainText takes what editors add from a text that holds secrets: a byte-order mark, and the line
// ends of Windows. It refuses other encodings and control characters, which nobody would see.
func plainText(text string) (string, error) {
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
