package code

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Lines is a change of whole lines: so many from a line on, counted from 1, are replaced.
type Lines struct {
	At, Count int
	With      []string // with their ends
}

// Changed returns edits that do not overlap as changes of whole lines, in order. Where nothing but blanks is left of a line,
// it goes, and an empty line that would follow another with it.
func Changed(text []byte, edits []Edit) []Lines {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
	lines := linesOf(text)
	var all []Lines
	for len(edits) > 0 {
		from, to, n := lineAt(text, edits[0].Start), lineAt(text, max(edits[0].Start, edits[0].End-1)), 1
		for ; n < len(edits) && lineAt(text, edits[n].Start) <= to; n++ { // which begin where others end
			to = max(to, lineAt(text, edits[n].End-1))
		}
		start := len(strings.Join(lines[:from], ""))
		moved := slices.Clone(edits[:n])
		for i := range moved {
			moved[i].Start, moved[i].End = moved[i].Start-start, moved[i].End-start
		}
		now := string(Apply([]byte(strings.Join(lines[from:to+1], "")), moved))
		c := Lines{At: from + 1, Count: to + 1 - from}
		switch {
		case strings.TrimSpace(now) != "":
			c.With = linesOf([]byte(now))
			c.trim(lines)
		case blank(lines, from-1) && to+1 < len(lines) && blank(lines, to+1):
			c.Count++
		case blank(lines, from-1) && to+1 >= len(lines) && from > 0:
			c.At, c.Count = c.At-1, c.Count+1
		}
		all, edits = append(all, c), edits[n:]
	}
	return all
}

// trim leaves out the lines at both ends that stay as they are.
func (c *Lines) trim(lines []string) {
	for c.Count > 0 && len(c.With) > 0 && lines[c.At-1] == c.With[0] {
		c.At, c.Count, c.With = c.At+1, c.Count-1, c.With[1:]
	}
	for c.Count > 0 && len(c.With) > 0 && lines[c.At+c.Count-2] == c.With[len(c.With)-1] {
		c.Count, c.With = c.Count-1, c.With[:len(c.With)-1]
	}
}

// blank reports whether a line is empty, as what is before the first is.
func blank(lines []string, i int) bool { return i < 0 || strings.TrimSpace(lines[i]) == "" }

// lineAt is the number of the line at an offset, from 0.
func lineAt(text []byte, offset int) int { return bytes.Count(text[:offset], []byte{'\n'}) }

func linesOf(text []byte) []string {
	lines := strings.SplitAfter(string(text), "\n")
	if lines[len(lines)-1] == "" {
		return lines[:len(lines)-1]
	}
	return lines
}

// Unified writes changes of a file as a unified diff, as "git apply" and "patch -p1" read it.
func Unified(file string, text []byte, changes []Lines) string {
	const around = 3
	lines := linesOf(text)
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", file, file)
	shift := 0
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].At-changes[n-1].At-changes[n-1].Count <= 2*around {
			n++
		}
		last := changes[n-1]
		from, to := max(0, changes[0].At-1-around), min(len(lines), last.At-1+last.Count+around)
		var body []string
		added, at := 0, from
		for _, c := range changes[:n] {
			body = append(body, marked(" ", lines[at:c.At-1])...)
			body = append(body, marked("-", lines[c.At-1:c.At-1+c.Count])...)
			body = append(body, marked("+", c.With)...)
			added, at = added+len(c.With)-c.Count, c.At-1+c.Count
		}
		body = append(body, marked(" ", lines[at:to])...)
		fmt.Fprintf(&b, "@@ -%s +%s @@\n%s", lineRange(from, to-from), lineRange(from+shift, to-from+added), strings.Join(body, ""))
		shift, changes = shift+added, changes[n:]
	}
	return b.String()
}

// lineRange is a range as the format has it: an empty one follows a line.
func lineRange(from, count int) string {
	if count > 0 {
		from++
	}
	return fmt.Sprintf("%d,%d", from, count)
}

func marked(mark string, lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		if out[i] = mark + line; !strings.HasSuffix(line, "\n") {
			out[i] += "\n\\ No newline at end of file\n"
		}
	}
	return out
}
