package generator

import "strings"

// commentWidth is where comments are wrapped.
const commentWidth = 100

// Entries are lines of `name = value` that are aligned as the formatter does it: in every run of adjacent lines whose
// values end on the line where they begin.
type entries struct {
	indent int
	spaced bool // whether blank lines separate entries that are tall or commented
	list   []entry
	values []byte // all values in one text
}

type entry struct {
	key        string
	width      int
	start, end int // of the value
	form       form
	notes      []string
	apart      bool // whether a blank line follows
}

// add ends the entry whose value begins at start.
func (e *entries) add(key string, width, start int, f form, notes []string) {
	e.list = append(e.list, entry{key: key, width: width, start: start, end: len(e.values), form: f, notes: notes})
}

func (e *entries) append(dst []byte) []byte {
	width, run := 0, 0
	for i, x := range e.list {
		if i >= run {
			width, run = e.runFrom(i)
		}
		if e.apart(i) {
			dst = append(dst, '\n')
		}
		dst = appendComments(dst, x.notes, e.indent)
		dst = appendSpaces(dst, e.indent)
		dst = append(dst, x.key...)
		if x.form == bracketed {
			dst = append(dst, ' ')
		} else {
			dst = appendSpaces(dst, width-x.width+1)
		}
		dst = append(dst, "= "...)
		dst = append(dst, e.values[x.start:x.end]...)
		dst = append(dst, '\n')
	}
	return dst
}

// runFrom returns the widest name of the run that begins at i, and where the run ends.
func (e *entries) runFrom(i int) (width, end int) {
	width = e.list[i].width
	if e.list[i].form == bracketed {
		return width, i + 1
	}
	for end = i + 1; end < len(e.list); end++ {
		x := e.list[end]
		if x.form == bracketed || len(x.notes) > 0 || e.apart(end) {
			break
		}
		width = max(width, x.width)
	}
	return width, end
}

// apart reports whether a blank line precedes entry i.
func (e *entries) apart(i int) bool {
	if !e.spaced || i == 0 {
		return false
	}
	above, here := e.list[i-1], e.list[i]
	return above.apart || above.form != flat || here.form != flat || len(above.notes) > 0 || len(here.notes) > 0
}

const blanks = "                                "

func appendSpaces(dst []byte, n int) []byte {
	for n > len(blanks) {
		dst = append(dst, blanks...)
		n -= len(blanks)
	}
	return append(dst, blanks[:n]...)
}

// appendComments writes each note as comment lines of readable width.
func appendComments(dst []byte, notes []string, indent int) []byte {
	for _, note := range notes {
		if note = strings.TrimSpace(note); note == "" {
			continue
		}
		for _, line := range strings.Split(note, "\n") {
			dst = appendComment(dst, line, indent)
		}
	}
	return dst
}

func appendComment(dst []byte, line string, indent int) []byte {
	words := strings.Fields(line)
	if len(words) == 0 {
		dst = appendSpaces(dst, indent)
		return append(dst, "#\n"...)
	}
	column := 0
	for _, word := range words {
		word = string(appendVisible(nil, word))
		if column > 0 && column+1+columns(word) > commentWidth {
			dst = append(dst, '\n')
			column = 0
		}
		if column == 0 {
			dst = appendSpaces(dst, indent)
			dst = append(dst, '#')
			column = indent + 1
		}
		dst = append(dst, ' ')
		dst = append(dst, word...)
		column += 1 + columns(word)
	}
	return append(dst, '\n')
}

// appendVisible writes a word of a comment, with escapes for invisible characters.
func appendVisible(dst []byte, word string) []byte {
	for _, r := range word {
		dst = appendRune(dst, r)
	}
	return dst
}
