package collector

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/intake"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// shortestSecret is how many bytes a secret of the webhook must have.
const shortestSecret = 16

// ParseSecrets reads the secrets of the webhook: one per line, aside from comments and blank lines.
// Errors name the source and the line, and never show a secret.
func ParseSecrets(text, source string) ([][]byte, error) {
	text, err := intake.PlainText(text)
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
