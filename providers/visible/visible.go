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

// Harmful reports whether a terminal could take a character for a command, or turn text by it.
// All such characters lie in the basic plane.
func Harmful(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == byteOrderMark
}

// Lines drops the harmful characters of a text, line ends and tabs aside.
func Lines(text string) string {
	return strings.Map(func(r rune) rune {
		if Harmful(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// JSON writes the harmful characters of a JSON text as escapes, without changing what it says. In valid JSON they
// stand in strings only, line ends and tabs aside.
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
