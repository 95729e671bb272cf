package report

import (
	"fmt"
	"strings"
	"unicode"
)

const byteOrderMark = '\ufeff'

// clean makes text from elsewhere harmless: it drops control characters, which could command the
// terminal, and the marks that turn the direction of the text around them. Line ends and tabs
// become blanks, so the result is one line.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case harmful(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// escape makes JSON harmless without changing what it says: what [clean] would drop becomes an
// escape. In valid JSON such characters stand in strings only.
func escape(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if strings.IndexFunc(s, harmful) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if harmful(r) && r != '\n' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// harmful tells whether a terminal could take a character for a command, or turn text by it.
// All such characters lie in the basic plane.
func harmful(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == byteOrderMark
}

// oneLine folds a message of several lines, such as that of joined errors, into one.
func oneLine(s string) string {
	line := ""
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		part = strings.TrimSpace(clean(part))
		switch {
		case part == "":
		case line == "":
			line = part
		case strings.ContainsAny(line[len(line)-1:], ".:,;!?"):
			line += " " + part
		default:
			line += "; " + part
		}
	}
	return line
}
