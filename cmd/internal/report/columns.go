package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const (
	zeroWidthJoiner = '\u200d'
	ellipsis        = "..."
)

// columns is how many columns of a terminal a text takes. Terminals differ on joined emoji; here
// such a group is as wide as its first member, as in those that draw it as one.
func columns(s string) int {
	n := 0
	joined := false
	for _, r := range s {
		n += runeColumns(r, joined)
		joined = r == zeroWidthJoiner
	}
	return n
}

func runeColumns(r rune, joined bool) int {
	switch {
	case joined, unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), isSkinTone(r):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// isSkinTone tells whether a character colours the emoji before it.
func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// cut shortens a text to so many columns, and shows that it did.
func cut(s string, room int) string {
	if columns(s) <= room {
		return s
	}
	head, _ := split(s, room-len(ellipsis))
	return strings.TrimRight(head, " ") + ellipsis
}

// split parts a text after so many columns. A mark stays with the character that it belongs to.
func split(s string, room int) (head, tail string) {
	n := 0
	joined := false
	for i, r := range s {
		w := runeColumns(r, joined)
		if n+w > room && w > 0 {
			return s[:i], s[i:]
		}
		n += w
		joined = r == zeroWidthJoiner
	}
	return s, ""
}

// pad fills a text with blanks up to so many columns.
func pad(s string, to int) string { return s + blanks(to-columns(s)) }

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }

// wrap breaks a text into lines of so many columns, between words where it can.
func wrap(s string, room int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && columns(line)+1+columns(word) <= room {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for columns(word) > room {
			head, tail := split(word, room)
			if head == "" {
				break
			}
			lines, word = append(lines, head), tail
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
