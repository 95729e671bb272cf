package generator

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A piece is a part of a text: literal, or code between ${ and }.
type piece struct {
	text string
	code string // empty for a literal
}

// joined merges adjacent literals, and splits off dollar signs before code: "$" before "${" would read as an escape, so
// the sign becomes code too.
func joined(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		last := len(out) - 1
		switch {
		case p.code == "" && p.text == "":
			continue
		case p.code == "" && last >= 0 && out[last].code == "":
			out[last].text += p.text
			continue
		case p.code != "" && last >= 0 && strings.HasSuffix(out[last].text, "$"):
			text := out[last].text
			kept := strings.TrimRight(text, "$")
			if out[last].text = kept; kept == "" {
				out = out[:last]
			}
			out = append(out, piece{code: `"` + text[len(kept):] + `"`})
		}
		out = append(out, p)
	}
	return out
}

// appendQuoted writes the text between quotes, on one line.
func appendQuoted(dst []byte, pieces []piece) []byte {
	dst = append(dst, '"')
	for _, p := range pieces {
		if p.code == "" {
			dst = appendEscaped(dst, p.text)
			continue
		}
		dst = appendInterpolation(dst, p.code)
	}
	return append(dst, '"')
}

func appendInterpolation(dst []byte, code string) []byte {
	dst = append(dst, "${"...)
	dst = append(dst, code...)
	return append(dst, '}')
}

// appendEscaped writes text between quotes. Characters that are invisible, misleading or reorder the line are written
// as escapes.
func appendEscaped(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = appendRune(dst, r)
			i += size
			continue
		}
		i++
		switch {
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case (c == '$' || c == '%') && i < len(s) && s[i] == '{':
			dst = append(dst, c, c)
		case c < ' ' || c == 0x7f:
			dst = fmt.Appendf(dst, `\u%04x`, c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func appendRune(dst []byte, r rune) []byte {
	switch {
	case unicode.IsPrint(r) || r == zeroWidthJoiner:
		return utf8.AppendRune(dst, r)
	case r > 0xffff:
		return fmt.Appendf(dst, `\U%08x`, r)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}

// zeroWidthJoiner is invisible, but its effect (people in emoji, say) is not.
const zeroWidthJoiner = '\u200d'

// appendTemplate writes text where a backslash has no meaning: in heredocs and in the strings of the JSON syntax. Only
// the start of an expression is escaped.
func appendTemplate(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		if i > 0 && (s[i-1] == '$' || s[i-1] == '%') {
			dst = append(dst, s[i-1])
		}
		dst = append(dst, '{')
		s = s[i+1:]
	}
}
