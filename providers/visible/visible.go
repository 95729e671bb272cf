// Package visible finds the characters that a reader of a text does not see: those that command a terminal, and those
// that turn the direction of the text around them.
//
//	text of Rootly's users ──► JSON:  the same text, with escapes ─┐
//	                       ──► Lines: the text without them       ─┴─► files, reports, the terminal
//
// Not here: what else a text may not have where it is shown, such as Markdown.
package visible

import (
	"fmt"
	"strings"
	"unicode"
)

const byteOrderMark = '\ufeff'

// Harmful reports whether a terminal could take a character as a command, or reverse the direction of text with it. All
// such characters are in the basic plane.
func Harmful(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == byteOrderMark
}

// Lines drops the harmful characters of a text, except line ends and tabs.
func Lines(text string) string {
	return strings.Map(func(r rune) rune {
		if Harmful(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// JSON writes the harmful characters of a JSON text as escapes, without changing its meaning. In valid JSON they only
// occur in strings, except line ends and tabs.
func JSON(text string) string {
	if strings.IndexFunc(text, Harmful) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if Harmful(r) && r != '\n' && r != '\t' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
