package secret

import (
	"regexp"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// isContainer reports whether a text is or should be JSON, and so has to be judged part by part.
func isContainer(text string) bool {
	s := strings.TrimSpace(text)
	return s != "" && (s[0] == '{' && !strings.HasPrefix(s, "{{") && !strings.HasPrefix(s, "{%") || s[0] == '[' && s[len(s)-1] == ']')
}

// mediaType matches the values of Content-Type and similar headers.
var mediaType = regexp.MustCompile(`^[a-z]+/[a-z0-9.+*-]+(?:; ?[a-z]+=[a-z0-9-]+)?$`)

// isHarmless reports whether a text where credentials are expected is plainly not one.
func isHarmless(name, text string) bool {
	said := strings.TrimSpace(literal(text))
	if isPlaceholder(said) || len(said) < 4 && isNumber(said) || mediaType.MatchString(said) {
		return true
	}
	if name != "" && classify(name) == classPlain && isOrdinaryWord(said) {
		return true
	}
	return harmlessHeaders[strings.ToLower(name)] && suspicion(classPlain, text) == ""
}

func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// suspicion returns the rule by which a text is a credential, in a place that often contains one: there a part that
// looks random is enough, unless it is an id.
func suspicion(c class, text string) string {
	if found := find(c, text, true); len(found) > 0 {
		return found[0].Rule
	}
	if hasRandom(literal(text)) {
		return "random-at-suspect-place"
	}
	if c == classHint && !graph.IsUUID(text) && len(text) >= 12 && looksMadeUp(text) {
		return "random-under-credential-name"
	}
	return ""
}
