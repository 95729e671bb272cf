package report

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	lineWidth = 100 // no line of the summary is longer
	maxGroups = 8
	maxNamed  = 3
)

// A page collects the lines of a summary.
type page struct {
	b      bytes.Buffer
	colour palette
}

// line adds a line that is cut where it is too long.
func (p *page) line(indent int, text string) {
	p.b.WriteString(strings.TrimRight(blanks(indent)+cut(clean(text), lineWidth-indent), " ") + "\n")
}

// paragraph adds a text behind a label, broken into lines below each other. Of a text that fills
// more than five lines the rest is left out.
func (p *page) paragraph(indent int, label, text string) {
	const most = 5
	label = clean(label)
	hang := indent + columns(label)
	text, _ = split(clean(text), (most+1)*lineWidth)
	lines := wrap(text, lineWidth-hang)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = cut(lines[most-1]+blanks(lineWidth), lineWidth-hang)
	}
	for i, line := range lines {
		before := blanks(hang)
		if i == 0 {
			before = blanks(indent) + label
		}
		p.b.WriteString(before + line + "\n")
	}
}

// heading begins a section.
func (p *page) heading(text string) {
	p.gap()
	p.paragraph(0, "", text)
}

// gap adds an empty line, except at the top.
func (p *page) gap() {
	if p.b.Len() > 0 {
		p.b.WriteByte('\n')
	}
}

// list tells entries by reason, with the first few names of each. Nothing is told of no entries.
func (p *page) list(heading string, entries []entry) {
	if len(entries) == 0 {
		return
	}
	p.heading(heading)
	groups := grouped(entries)
	shown := groups[:min(len(groups), maxGroups)]
	digits := len(number(shown[0].count))
	for _, g := range shown {
		p.group(g, digits)
	}
	if rest := len(groups) - len(shown); rest > 0 {
		p.line(2, more(rest, "reason"))
	}
}

func (p *page) group(g group, digits int) {
	text := g.reason.String()
	if g.subject != "" {
		text = strings.TrimSuffix(g.subject+": "+text, ": ")
	}
	indent := 2 + digits + 2
	p.paragraph(2, fmt.Sprintf("%*s  ", digits, number(g.count)), text)
	p.paragraph(indent, "hint: ", g.hint.String())
	p.names(indent, g.names)
}

// names adds the first few names below each other.
func (p *page) names(indent int, names []string) {
	shown := len(names)
	if shown > maxNamed+1 { // a line that counts one is better spent on naming it
		shown = maxNamed
	}
	for _, name := range names[:shown] {
		for i, line := range wrap(cut(clean(name), 2*(lineWidth-indent)-10), lineWidth-indent-2) {
			p.line(indent+min(2*i, 2), line)
		}
	}
	if rest := len(names) - shown; rest > 0 {
		p.line(indent, more(rest, ""))
	}
}

// more says how many are left out, and where they are.
func more(n int, what string) string {
	text := number(n) + " more"
	if what != "" {
		text = Plural(n, "more "+what)
	}
	return ellipsis + " and " + text + " (see --json)"
}
