package generator

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// A heredoc is the plan for writing a text over several lines.
type heredoc struct {
	marker string
	indent bool   // whether the lines are indented, as <<- allows
	chomp  bool   // whether the text lacks the newline that every heredoc ends with
	blank  []bool // which lines contain only space: these are never indented
}

// codeGlyph stands for an expression where only the shape of a text matters.
const codeGlyph = "x"

// planHeredoc decides whether the text can be written over several lines and read back unchanged. Literal means that
// its place does not allow function calls.
func planHeredoc(pieces []piece, literal bool) (heredoc, bool) {
	shape := shapeOf(pieces)
	if !strings.Contains(strings.TrimSuffix(shape, "\n"), "\n") || !printable(shape) {
		return heredoc{}, false
	}
	h := heredoc{chomp: !strings.HasSuffix(shape, "\n"), indent: true}
	if h.chomp {
		// The end of an expression is not known, and chomp would remove a newline from it.
		if literal || pieces[len(pieces)-1].code != "" {
			return heredoc{}, false
		}
		shape += "\n"
	}

	lines := strings.Split(strings.TrimSuffix(shape, "\n"), "\n")
	h.blank = make([]bool, len(lines))
	least := -1
	for i, line := range lines {
		rest := strings.TrimLeftFunc(line, unicode.IsSpace)
		if h.blank[i] = rest == ""; h.blank[i] {
			continue
		}
		if least < 0 || len(line)-len(rest) < least {
			least = len(line) - len(rest)
		}
		h.indent = h.indent && standsApart(line)
	}
	// <<- removes the indentation that all lines share, so there must be none but ours.
	h.indent = h.indent && least == 0
	if least < 0 {
		return heredoc{}, false // only blank lines: escapes show how many
	}
	h.marker = freeMarker(lines)
	return h, true
}

// shapeOf returns the text with a glyph in place of each expression.
func shapeOf(pieces []piece) string {
	if len(pieces) == 1 && pieces[0].code == "" {
		return pieces[0].text
	}
	var b strings.Builder
	for _, p := range pieces {
		if p.code != "" {
			b.WriteString(codeGlyph)
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// printable reports whether every character may be in a file as it is. Control characters may not, nor characters that
// reorder a line, break it in some editors, or are not valid.
func printable(s string) bool {
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return false
		case r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Noncharacter_Code_Point, r):
			return false
		case r == '\u2028' || r == '\u2029' || r == '\ufeff':
			return false
		}
	}
	return true
}

// standsApart reports whether the line's first character remains a character of its own after a space. A combining mark
// does not, and would be removed together with the indentation.
func standsApart(line string) bool {
	r, _ := utf8.DecodeRuneInString(line)
	if r < utf8.RuneSelf {
		return true
	}
	return columns(" "+string(r)) == 2
}

// freeMarker returns an end marker that equals no line of the text.
func freeMarker(lines []string) string {
	for n := 1; ; n++ {
		marker := "EOT"
		if n > 1 {
			marker += strconv.Itoa(n)
		}
		free := true
		for _, line := range lines {
			if free = strings.TrimSpace(line) != marker; !free {
				break
			}
		}
		if free {
			return marker
		}
	}
}

// append writes the heredoc. The marker is at the given indentation, the text below it.
func (h heredoc) append(dst []byte, pieces []piece, indent int) []byte {
	inner := 0
	if h.chomp {
		dst = append(dst, "chomp("...)
	}
	dst = append(dst, "<<"...)
	if h.indent {
		dst = append(dst, '-')
		inner = indent + indentWidth
	}
	dst = append(dst, h.marker...)
	dst = append(dst, '\n')
	dst = h.appendLines(dst, pieces, inner)
	if h.indent {
		dst = appendSpaces(dst, indent)
	}
	dst = append(dst, h.marker...)
	if h.chomp {
		dst = append(dst, '\n')
		dst = appendSpaces(dst, indent)
		dst = append(dst, ')')
	}
	return dst
}

func (h heredoc) appendLines(dst []byte, pieces []piece, indent int) []byte {
	line, start := 0, true
	begin := func() {
		if start && !h.blank[line] {
			dst = appendSpaces(dst, indent)
		}
		start = false
	}
	for _, p := range pieces {
		if p.code != "" {
			begin()
			dst = appendInterpolation(dst, p.code)
			continue
		}
		for rest := p.text; rest != ""; {
			begin()
			part, after, ended := strings.Cut(rest, "\n")
			dst = appendTemplate(dst, part)
			if ended {
				dst = append(dst, '\n')
				line, start = line+1, true
			}
			rest = after
		}
	}
	if !start {
		dst = append(dst, '\n')
	}
	return dst
}

// tokenColumns counts the width of code as the formatter does: token by token.
func tokenColumns(code string) int {
	if ascii(code) {
		return len(code)
	}
	tokens, _ := hclsyntax.LexExpression([]byte(code), "", hcl.InitialPos) // we wrote it, so it is valid
	width := 0
	for _, token := range tokens {
		width += columns(string(token.Bytes))
	}
	return width
}

// columns counts the width of a text as the formatter does.
func columns(s string) int {
	if ascii(s) {
		return len(s)
	}
	return hclwrite.Tokens{{Type: hclsyntax.TokenQuotedLit, Bytes: []byte(s)}}.Columns()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
