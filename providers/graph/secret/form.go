package secret

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// withoutJoiners returns a text without the characters of zero width that people paste along with a token, and the
// original position of each byte; no positions if there are no such characters.
func withoutJoiners(text string) (bare string, places []int) {
	if isASCII(text) || strings.IndexFunc(text, hasNoWidth) < 0 {
		return text, nil
	}
	var b strings.Builder
	for i, r := range text {
		if hasNoWidth(r) {
			continue
		}
		for n := range utf8.RuneLen(r) {
			places = append(places, i+n)
		}
		b.WriteRune(r)
	}
	return b.String(), append(places, len(text))
}

func hasNoWidth(r rune) bool {
	return r == '\u00ad' || r == '\u180e' || r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\u2060' || r == '\ufeff'
}

// placed maps findings in a bare text to their original positions.
func placed(found []Finding, places []int) []Finding {
	for i, f := range found {
		found[i].Start, found[i].End = places[f.Start], places[f.End-1]+1
		if f.End < len(places) {
			found[i].End = max(found[i].End, places[f.End])
		}
	}
	return found
}

// holdsCredential reports whether base64 contains a private key, or JSON with a credential.
func holdsCredential(said string) bool {
	said = strings.NewReplacer("-", "+", "_", "/", "\n", "", "\r", "").Replace(strings.TrimRight(said, "="))
	decoded, err := base64.RawStdEncoding.DecodeString(said[:len(said)/4*4])
	if err != nil || !utf8.Valid(decoded) {
		return false
	}
	text := string(decoded)
	return strings.Contains(text, "PRIVATE KEY") || keyInJSON.MatchString(text)
}

var keyInJSON = regexp.MustCompile(`(?i)"[^"]*(?:password|passphrase|secret|token|private_?key|api_?key|access_?key|credential|auths)[^"]*"\s*:\s*(?:"[^"]{3,}|\{)`)

// assignedOddly finds the value after a word that may mean a password but is also an ordinary one, such as "pass". The
// word must be separate, and the value must not be a word.
func assignedOddly(text string, at int) (start, end int) {
	before := strings.TrimRightFunc(text[:at], unicode.IsLetter)
	if r, _ := utf8.DecodeLastRuneInString(before); len(text[len(before):at]) > len("clave") || unicode.IsDigit(r) {
		return 0, 0
	}
	start, end = assigned(text, at)
	if strings.IndexFunc(text[start:end], func(r rune) bool { return unicode.IsDigit(r) || unicode.IsPunct(r) && r != '.' }) < 0 {
		return 0, 0
	}
	return start, end
}

// foreign are words for password in other languages, in lower case. Single words of English letters are with the
// English ones.
var foreign = []string{"contraseña", "mot de passe", "パスワード", "暗証番号", "秘密鍵", "пароль", "密码", "비밀번호"}

// isForeign reports whether a name is, or ends with, a word for password in another language.
func isForeign(name string) bool {
	if mayBeForeign(name) {
		name = strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(name))
		for _, word := range foreign {
			if strings.HasSuffix(name, word) {
				return true
			}
		}
	}
	return false
}

// mayBeForeign reports whether a name has letters outside of English, or ends like the only foreign word without them.
func mayBeForeign(name string) bool {
	const last = "passe"
	return !isASCII(name) || len(name) > len(last) && strings.EqualFold(name[len(name)-len(last):], last)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isOrdinaryWord reports whether a text is a word or two in lower case, such as the name of a team.
func isOrdinaryWord(text string) bool {
	const longest = 16
	if len(text) == 0 || len(text) > longest {
		return false
	}
	for i := range len(text) {
		if c := text[i]; !isLower(c) && (c != '-' && c != '_' || i == 0 || i == len(text)-1) {
			return false
		}
	}
	return true
}
