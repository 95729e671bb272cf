package secret

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// ownRules are the forms that the rule set lacks, since it is made for source code: URLs with credentials, headers,
// assignments in texts, and URLs that are as good as a key.
func ownRules() []*rule {
	return []*rule{
		{ID: "credentials-in-url", loose: true, Keywords: []string{"://"}, at: userInfo},
		{ID: "credential-in-query", loose: true, Keywords: []string{"?", "&"}, at: queryParameter},
		{ID: "authorization-scheme", Keywords: []string{"bearer", "basic", "token", "geniekey", "splunk", "apikey"}, at: afterScheme},
		{
			ID: "assigned-credential", loose: true, at: assigned,
			Keywords: []string{
				"password", "passwd", "passphrase", "pwd", "passwort", "kennwort", "contrasena", "senha", "motdepasse", "mot_de_passe", "secret", "token", "apikey", "api_key", "api-key",
				"access_key", "access-key", "accesskey", "private_key", "privatekey", "account_key", "accountkey",
				"routing_key", "signing_key", "secretkey", "secret_key", "credential", "credentials", "cookie", "authorization",
			},
		},
		{ID: "assigned-credential", loose: true, at: assigned, Keywords: append([]string{"contraseÑa"}, foreign...)},
		{ID: "assigned-credential", loose: true, at: assignedOddly, Keywords: []string{"pass", "clave", "mdp"}},
		{
			ID: "encoded-credential", loose: true,
			Keywords: []string{"ls0tls1crudjti", "eyj", "eyai", "ewog", "ewoi", "ewoj", "ew0k"},
			Regex:    `(?:LS0tLS1CRUdJTi|ey[JA]|ewo[gIiJj]|ew0K)[A-Za-z0-9+/_-]{24,}(?:\r?\n[A-Za-z0-9+/_-]{40,})*={0,2}`,
			check:    holdsCredential,
		},
		{
			ID: "password-on-command-line", loose: true, Keywords: []string{"mysql", "mariadb", "sshpass"},
			Regex: `\b(?:(?:mysql|mariadb)[a-z-]*\b[^\n|;&]{0,200}?[ \t]-p|sshpass[ \t]+-p[ \t]*)('[^'\n]{3,}'|"[^"\n]{3,}"|[^\s'"-][^\s'"]{2,})`,
			check: isValue,
		},
		{
			ID: "private-key-block", Keywords: []string{"private key"}, loose: true,
			Regex: `-----BEGIN[ A-Z0-9_-]{0,60}PRIVATE KEY[ A-Z]{0,10}-----[^-]*(?:-----END[ A-Z0-9]{0,50}-----)?`,
			check: func(string) bool { return true },
		},
		{
			ID: "redis-auth", Keywords: []string{"auth ", "requirepass ", "masterauth "}, loose: true,
			Regex: `(?im)(?:^|;[ \t]*|hello [23] |config set )(?:auth|requirepass|masterauth)[ \t]+((?:[^\s;{}]+[ \t]+)?[^\s;{}]{3,200})[ \t]*(?:$|[;\r\n]|setname)`,
			check: isValue,
		},
		{
			// Also with characters that AWS does not use yet, and of letters alone.
			ID: "aws-key-id", Keywords: []string{"akia", "asia"}, loose: true,
			Regex: `\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
			check: func(string) bool { return true },
		},
		{
			// The rule set requires an exact length, and more entropy than some tokens have.
			ID: "sendgrid-key", Keywords: []string{"sg."}, loose: true,
			Regex: `\bSG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{16,80}`,
			check: func(string) bool { return true },
		},
		{
			ID: "npm-token", Keywords: []string{"npm_"}, loose: true,
			Regex: `\bnpm_[A-Za-z0-9]{20,80}\b`,
			check: func(string) bool { return true },
		},
		{
			// Of any length: the encoded text is user:password. RFC 7617.
			ID: "basic-credentials", Keywords: []string{"basic "}, loose: true,
			Regex: `(?i)\bbasic[ \t]+([A-Za-z0-9+/_-]{4,400}={0,2})`,
			check: isBasic,
		},
		{
			// The secret of an access key has no form of its own; it follows the id of the key.
			ID: "aws-secret-key", Keywords: []string{"akia", "asia"}, loose: true,
			Regex: `(?s)(?:AKIA|ASIA)[A-Z0-9]{16}[^A-Za-z0-9](?:.{0,200}?[^A-Za-z0-9/+])?([A-Za-z0-9/+]{40})(?:$|[^A-Za-z0-9/+])`,
			check: hasRandomOrSlash,
		},
		{
			ID: "aws-secret-key", Keywords: []string{"akia", "asia"}, loose: true,
			Regex: `(?:^|[^A-Za-z0-9/+])([A-Za-z0-9/+]{40})[^A-Za-z0-9/+].{0,40}?(?:AKIA|ASIA)[A-Z0-9]{16}`,
			check: hasRandomOrSlash,
		},
		{
			// RFC 4954: the initial response of AUTH PLAIN and AUTH LOGIN.
			ID: "smtp-auth", Keywords: []string{"auth plain", "auth login"}, loose: true,
			Regex: `(?i)\bauth (?:plain|login)[ \t]+([A-Za-z0-9+/]{4,400}={0,2})`,
			check: isValue,
		},
		{
			ID: "one-time-password", Keywords: []string{"one-time", "one time", "otp", "2fa", "mfa", "verification code", "passcode"}, loose: true,
			Regex: `(?i)\b(?:one[- ]time (?:password|passcode|code|pin)|t?otp|(?:2fa|mfa|verification) code|passcode)\b(?:[ \t]+code)?[^0-9A-Za-z\n]{0,3}(?:is)?[^0-9A-Za-z\n]{0,3}([0-9]{3}[ -]?[0-9]{3,5})\b`,
			check: func(string) bool { return true },
		},
		{
			// RFC 4648's base 32, as authenticators use it.
			ID: "totp-seed", Keywords: []string{"otp", "2fa", "mfa", "authenticator"}, loose: true,
			Regex: `(?i:t?otp|2fa|mfa|authenticator)[^\n]{0,60}?\b([A-Z2-7]{16,64})\b`,
			check: func(said string) bool { return strings.ContainsAny(said, "234567") },
		},
		{
			ID: "rootly-api-key", Keywords: []string{"rootly_"},
			Regex: `\brootly_[A-Za-z0-9]{32,100}\b`,
			check: hasRandom,
		},
		{
			ID: "webhook-address", Keywords: []string{"hook/", "hooks/"}, loose: true,
			Regex: `(?i)https?://[^\s"'<>]{1,300}hooks?/[^\s"'<>]{0,100}?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[^\s"'<>]*`,
			check: isValue,
		},
		{
			ID: "secret-address", loose: true,
			Keywords: []string{
				"hooks.slack", "/api/webhooks/", "hooks.zapier.com", "webhook.office.com", "logic.azure.com", "events.pagerduty.com",
				"alert.victorops.com", "hc-ping.com", "nosnch.in", "maker.ifttt.com", "make.com/", "api.telegram.org", "rootly.com/webhook",
			},
			Regex: `(?i)https?://[^\s/"'<>]*?(?:` + strings.Join(capabilities(), "|") + `)[^\s"'<>]*`,
			check: isValue,
		},
	}
}

// isBasic reports whether a text is user:password, encoded for a header.
func isBasic(said string) bool {
	plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(said), "="))
	at := bytes.IndexByte(plain, ':')
	return err == nil && at >= 0 && len(plain) > 2 && !bytes.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r == utf8.RuneError })
}

// hasRandomOrSlash reports whether a word of 40 letters is the secret of a key rather than a word or a hash.
func hasRandomOrSlash(said string) bool {
	return strings.ToLower(said) != said && strings.ContainsAny(said, "0123456789/+") && entropy(said) > 3
}

// capabilities are URLs to which anybody who knows them may post.
func capabilities() []string {
	return []string{
		`hooks\.slack\.com/(?:services|workflows|triggers)/[a-z0-9]`,
		`hooks\.slack-gov\.com/services/`,
		`discord(?:app)?\.com/api/webhooks/\d`,
		`hooks\.zapier\.com/hooks/catch/\d`,
		`webhook\.office\.com/webhookb2/`,
		`logic\.azure\.com(?::443)?/workflows/`,
		`events\.pagerduty\.com/(?:integration|x-ere)/[a-z0-9]`,
		`alert\.victorops\.com/integrations/[a-z]`,
		`hc-ping\.com/[a-z0-9-]{20}`,
		`nosnch\.in/[a-z0-9]`,
		`maker\.ifttt\.com/trigger/`,
		`hook\.[a-z0-9.]{0,12}make\.com/[a-z0-9]`,
		`api\.telegram\.org/bot\d`,
		`webhooks?\.rootly\.com/webhooks?/[^\s"'<>]{0,80}/[a-z0-9-]{20}`,
	}
}

// isValue reports whether there is a value, and not a hole for one.
func isValue(said string) bool {
	return !isPlaceholder(strings.TrimSpace(literal(said)))
}

const (
	longestValue = 600
	urlEnd       = " \t\r\n\"'<>`\\"
)

// userInfo finds the password of scheme://user:password@host. The keyword is "://".
func userInfo(text string, at int) (start, end int) {
	s := text[at:min(len(text), at+longestValue)]
	if i := strings.IndexAny(s, urlEnd+"/?#"); i >= 0 {
		s = s[:i]
	}
	host := strings.LastIndexByte(s, '@')
	user := strings.IndexByte(s, ':')
	if host < 0 || user < 0 || user+1 >= host || host+1 == len(s) || !isValue(s[user+1:host]) {
		return 0, 0
	}
	return at + user + 1, at + host
}

// queryParameter finds the value of a parameter with the name of a credential.
func queryParameter(text string, at int) (start, end int) {
	const longestName = 40
	name := text[at:min(len(text), at+longestName)]
	eq := strings.IndexByte(name, '=')
	if eq <= 0 || strings.ContainsAny(name[:eq], urlEnd+"&?/") {
		return 0, 0
	}
	name = name[:eq]
	c := classify(name)
	if name == "code" || name == "hash" || name == "sign" {
		c = classHint
	}
	start = at + eq + 1
	s := text[start:min(len(text), start+longestValue)]
	if i := strings.IndexAny(s, urlEnd+"&#"); i >= 0 && !strings.Contains(s[:i], "{{") {
		s = s[:i]
	}
	if c == classPlain || byName(c, s) == "" {
		return 0, 0
	}
	return start, start + len(s)
}

// afterScheme finds the token in "Bearer token", if it cannot be the next word of a sentence.
func afterScheme(text string, at int) (start, end int) {
	start = at
	for start < len(text) && start < at+4 && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	end = start
	for end < len(text) && isTokenByte(text[end]) {
		end++
	}
	said := text[start:end]
	if start == at || len(said) < 8 || !graph.IsUUID(said) && !looksMadeUp(said) {
		return 0, 0
	}
	return start, end
}

// assigned finds the value after the name of a credential, in code, JSON (escaped or not), YAML, headers and connection
// strings.
func assigned(text string, at int) (start, end int) {
	s := text[at:min(len(text), at+longestValue)]
	rest, _ := cutQuote(s)
	op := strings.TrimLeft(rest, " \t")
	value, tight := cutOperator(op)
	if len(value) == len(op) {
		return 0, 0
	}
	spaces := len(value) - len(strings.TrimLeft(value, " \t"))
	value = value[spaces:]
	quoted, quote := cutQuote(value)
	start = at + len(s) - len(quoted)
	if quote != 0 {
		n := strings.IndexByte(quoted, quote)
		if n < 0 {
			n = len(quoted)
		}
		said := strings.TrimRight(quoted[:n], `\`)
		if len(said) < 3 || !isValue(said) {
			return 0, 0
		}
		return start, start + len(said)
	}
	skipped := schemeLength(quoted)
	said := quoted[skipped:]
	if i := strings.IndexAny(said, " \t\r\n\"'`,;&<>{}[]()\\"); i >= 0 {
		said = said[:i]
	}
	shortestSaid := 6
	if tight && spaces == 0 {
		shortestSaid = 4
	}
	if len(said) < shortestSaid || isPlaceholder(said) || isProse(said) {
		return 0, 0
	}
	return start + skipped, start + skipped + len(said)
}

// cutQuote removes a quote, escaped or not, from the start of a text.
func cutQuote(s string) (rest string, quote byte) {
	bare := strings.TrimLeft(s, `\`)
	if len(s)-len(bare) <= 4 && bare != "" && strings.IndexByte("\"'`", bare[0]) >= 0 {
		return bare[1:], bare[0]
	}
	return s, 0
}

// cutOperator removes an assignment operator from the start of a text. Tight operators need no space.
func cutOperator(s string) (rest string, tight bool) {
	for _, op := range [...]string{"=>", ":=", "==", "=", ":", "：", "＝"} {
		if strings.HasPrefix(s, op) {
			return s[len(op):], op != ":" && op != "："
		}
	}
	return s, false
}

// schemeLength is the length of the scheme before a token: "Bearer ".
func schemeLength(s string) int {
	i := strings.IndexByte(s, ' ')
	if i < 0 || !schemes[strings.ToLower(s[:i])] {
		return 0
	}
	return len(s) - len(strings.TrimLeft(s[i:], " "))
}

// isProse reports whether a value is a plain word, such as in "token: expired", or the name of
// something, such as in "password=user.password".
func isProse(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !isLower(c) && c != '.' && c != '_' && c != '-' {
			return isUpper(s[0]) && isPlainWord(s[1:])
		}
	}
	return len(s) < 8 || strings.ContainsAny(s, "._")
}

func isPlainWord(s string) bool {
	for i := range len(s) {
		if !isLower(s[i]) {
			return false
		}
	}
	return true
}

// looksMadeUp reports whether a word after a scheme is a token rather than the next word of a sentence.
func looksMadeUp(s string) bool {
	digits, upper, lower := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case isUpper(c):
			upper++
		case isLower(c):
			lower++
		}
	}
	if digits > 1 || digits == 1 && upper > 0 {
		return upper+lower > 0 && (len(s) >= 14 && entropy(s) > randomBits || entropy(s) > 2.7 && upper > 0)
	}
	return upper > 1 && lower > 1 && len(s) >= 12
}
