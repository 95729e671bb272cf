// Package ignore reads the file that names the objects which stay unmanaged.
//
//	.rootlyignore ──► Parse ──► File.Covers(object)
//	object ──► Line ──► a pattern for the file
//
// Not here: finding the file, or what a command does with an object that it covers.
package ignore

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Name is the file that names unmanaged objects, in the syntax of .gitignore. Each object can be matched in three ways:
// by its address, such as rootly_team.sre; by its type and name, such as rootly_team/Site reliability, where slashes in
// names become "-"; and by its type and id. The last matching line decides.
const Name = ".rootlyignore"

// A File is a list of patterns in their order.
type File []pattern

type pattern struct {
	line   string
	match  *regexp.Regexp
	negate bool
}

// Parse reads the lines of an ignore file.
func Parse(text []byte) (File, error) {
	var list File
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		p, ok, err := parsePattern(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if ok {
			list = append(list, p)
		}
	}
	return list, lines.Err()
}

// parsePattern reads a line as git does.
func parsePattern(line string) (pattern, bool, error) {
	p := pattern{line: line}
	text := strings.TrimSuffix(line, "\r")
	for strings.HasSuffix(text, " ") && !strings.HasSuffix(text, `\ `) {
		text = strings.TrimSuffix(text, " ")
	}
	if text == "" || strings.HasPrefix(text, "#") {
		return p, false, nil
	}
	if text[0] == '!' {
		p.negate, text = true, text[1:]
	}
	below := strings.HasSuffix(text, "/")
	text = strings.TrimSuffix(text, "/")
	if text == "" {
		return p, false, nil
	}
	head := `^(?:.*/)?`
	if strings.Contains(text, "/") {
		head, text = `^`, strings.TrimPrefix(text, "/")
	}
	tail := `(?:/.*)?$`
	if below {
		tail = `/.*$`
	}
	body, err := glob(text)
	if err != nil {
		return p, false, err
	}
	p.match, err = regexp.Compile("(?s)" + head + body + tail)
	return p, err == nil, err
}

// glob turns the wildcards of a pattern into those of a regular expression.
func glob(text string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "**/") && (i == 0 || text[i-1] == '/'):
			b.WriteString(`(?:.*/)?`)
			i += 2
		case rest == "**" && i > 0 && text[i-1] == '/':
			b.WriteString(`.+`)
			i++
		case rest[0] == '*':
			b.WriteString(`[^/]*`)
		case rest[0] == '?':
			b.WriteString(`[^/]`)
		case rest[0] == '[':
			class, n := bracket(rest)
			if n == 0 {
				return "", fmt.Errorf("pattern %q: a bracket is not closed", text)
			}
			b.WriteString(class)
			i += n - 1
		case rest[0] == '\\' && len(rest) > 1:
			b.WriteString(regexp.QuoteMeta(rest[1:2]))
			i++
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	return b.String(), nil
}

// bracket reads a character class and returns its length.
func bracket(text string) (string, int) {
	start := 1
	if len(text) > 1 && (text[1] == '!' || text[1] == '^') {
		start = 2
	}
	at := start + 1 // a bracket that comes first is a member
	for at < len(text) && text[at] != ']' {
		at++
	}
	if at >= len(text) {
		return "", 0
	}
	members := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(text[start:at])
	if start == 2 {
		return "[^/" + members + "]", at + 1
	}
	return "[" + members + "]", at + 1
}

// Covers reports whether an object stays unmanaged.
func (f File) Covers(r *graph.Resource) bool {
	names := []string{
		r.Address.String(),
		r.Address.Type + "/" + PathName(r.Title),
		r.Address.Type + "/" + string(r.ID),
	}
	for _, p := range slices.Backward(f) {
		if slices.ContainsFunc(names, p.match.MatchString) {
			return !p.negate
		}
	}
	return false
}

// PathName is a name as patterns match it: slashes become "-".
func PathName(title string) string {
	return strings.TrimSpace(strings.NewReplacer("/", "-", "\n", " ", "\r", " ").Replace(title))
}

// Line is a pattern that matches exactly one object.
func Line(r *graph.Resource, unique bool) string {
	name := PathName(r.Title)
	if !unique || name == "" {
		return "/" + r.Address.Type + "/" + string(r.ID)
	}
	escaped := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
	return "/" + r.Address.Type + "/" + escaped
}
