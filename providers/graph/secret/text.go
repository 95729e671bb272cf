package secret

import (
	"math"
	"regexp"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// byName reports whether a text is a credential because of its name.
func byName(c class, text string) string {
	said := strings.TrimSpace(literal(text))
	if isPlaceholder(said) {
		return ""
	}
	if c == classCritical {
		return "credential-name"
	}
	if hasRandom(said) {
		return "random-under-credential-name"
	}
	return ""
}

// literal returns the literal part of a text: without the values that Liquid inserts, but with the texts in its
// expressions.
func literal(text string) string {
	if strings.IndexByte(text, '{') < 0 {
		return text
	}
	var b strings.Builder
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 || open+1 >= len(text) || text[open+1] != '{' && text[open+1] != '%' {
			if open < 0 || open+1 >= len(text) {
				break
			}
			b.WriteString(text[:open+1])
			text = text[open+1:]
			continue
		}
		b.WriteString(text[:open])
		closing := "}}"
		if text[open+1] == '%' {
			closing = "%}"
		}
		end := strings.Index(text[open+2:], closing)
		if end < 0 {
			text = text[open:]
			break
		}
		b.WriteString(quotedStart(text[open+2 : open+2+end]))
		text = text[open+2+end+2:]
	}
	b.WriteString(text)
	return b.String()
}

// quotedStart returns the text at the start of a Liquid expression: {{ "user:key" | base64_encode }}.
func quotedStart(expr string) string {
	expr = strings.TrimSpace(strings.TrimPrefix(expr, "-"))
	if expr == "" || expr[0] != '"' && expr[0] != '\'' {
		return ""
	}
	end := strings.IndexByte(expr[1:], expr[0])
	if end < 0 {
		return ""
	}
	return expr[1 : 1+end]
}

// schemes precede a credential and are not credentials.
var schemes = map[string]bool{
	"basic": true, "bearer": true, "token": true, "apikey": true, "digest": true, "geniekey": true,
	"key": true, "aws4-hmac-sha256": true, "negotiate": true, "hmac": true, "splunk": true,
}

// noValues are words that mean a missing credential.
var noValues = map[string]bool{
	"none": true, "null": true, "nil": true, "true": true, "false": true, "redacted": true,
	"string": true, "undefined": true, "n/a": true, "yes": true, "no": true, "required": true,
	"optional": true, "hidden": true, "masked": true, "filtered": true,
}

// isPlaceholder reports whether a text cannot be a working credential: empty, a mere scheme, hidden already, or a hole
// to be filled in. Words such as "changeme" can be real passwords.
func isPlaceholder(s string) bool {
	if scheme, rest, ok := strings.Cut(s, " "); ok && schemes[strings.ToLower(scheme)] {
		s = strings.TrimSpace(rest)
	}
	bare := strings.ToLower(strings.Trim(s, "[]()<>{}\"'` \t\r\n:;,=.-*$%_"))
	if bare == "" || noValues[bare] || schemes[bare] {
		return true
	}
	if len(bare) > 2 && strings.Count(bare, "x") == len(bare) || bare == "your" || strings.HasPrefix(bare, "your_") || strings.HasPrefix(bare, "your-") {
		return true
	}
	first, last := s[0], s[len(s)-1]
	switch {
	case first == '<' && last == '>', s == masked:
		return true
	case first == '$' && len(s) > 1 && constant.MatchString(strings.Trim(s[1:], "{}")):
		return true
	}
	return strings.IndexByte(s, '_') > 0 && constant.MatchString(s)
}

// constant is a name such as API_TOKEN.
var constant = regexp.MustCompile(`^[A-Z][A-Z_]*$`)

const (
	randomLen  = 16  // from this length on, a word can be distinguished from a random one
	randomBits = 3.0 // per character; English words of this length have less than that, with digits
)

// hasRandom reports whether a text contains a random word.
func hasRandom(s string) bool {
	for i := 0; i < len(s); {
		if !isRandomByte(s[i]) {
			i++
			continue
		}
		start := i
		for i < len(s) && isRandomByte(s[i]) {
			i++
		}
		if isRandom(s[start:i]) {
			return true
		}
	}
	return false
}

func isRandomByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '+'
}

// isRandom judges one word. UUIDs are ids, and words joined by hyphens are names.
func isRandom(word string) bool {
	if len(word) < randomLen || graph.IsUUID(word) {
		return false
	}
	longest, mixed := 0, false
	for start := 0; start < len(word); {
		end := start
		digits, upper, lower := 0, 0, 0
		for end < len(word) && (isLetter(word[end]) || isDigit(word[end])) {
			switch {
			case isDigit(word[end]):
				digits++
			case isUpper(word[end]):
				upper++
			default:
				lower++
			}
			end++
		}
		n := end - start
		longest = max(longest, n)
		mixed = mixed || n >= 10 && digits > 1 && upper+lower > 1 || n >= randomLen && upper > 2 && lower > 2 && digits > 0
		start = end + 1
	}
	return mixed && longest >= 10 && entropy(word) >= randomBits
}

// entropy is Shannon's, in bits per byte.
func entropy(s string) float64 {
	if s == "" {
		return 0
	}
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	total := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			total -= p * math.Log2(p)
		}
	}
	return total
}
