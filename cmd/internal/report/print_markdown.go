package report

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

// A markdownHandler prints results for a pull request or an incident. What has no such form is printed as text.
type markdownHandler struct{ textHandler }

// Changes folds what is long.
func (h markdownHandler) Changes(c Changes) error {
	const long = 20
	text := Markdown(c.headline()) + "\n"
	rows, authored := c.markdownRows()
	if len(rows) > 0 {
		head := []string{"", "Object", "Attribute", "Before", "After"}
		if authored {
			head = append(head, "By")
		}
		table := "\n" + markdownTable(head, "---", rows)
		if len(rows) > long {
			table = "\n<details><summary>All changes</summary>\n" + table + "\n</details>\n"
		}
		text += table
	}
	text += notImportedMarkdown(c.NotImported)
	if !c.Searched.IsZero() && slices.ContainsFunc(c.Changes, func(o ObjectChange) bool {
		return o.Confidence == "unknown" && !o.Unrecorded || len(o.Unexplained) > 0
	}) {
		text += "\nAuthors were not searched before " + c.Searched.UTC().Format(time.DateOnly) + ".\n"
	}
	return h.printText(h.Out, text+hintsMarkdown(c))
}

func (h markdownHandler) Status(s *Status) error {
	head, rows := s.table()
	return h.printText(h.Out, s.total("**Rootly: %s%% managed** (%s of %s)\n\n")+markdownTable(head, "---:", rows)+
		folded("Unmanaged", s.Unmanaged)+folded("In a state, but deleted in Rootly", s.Missing))
}

// Result prints the section. A result without one is for people alone.
func (h markdownHandler) Result(r Result) error {
	if r.Markdown == nil {
		return h.aside(r)
	}
	text := "## " + Markdown(r.Markdown.Title) + "\n"
	var rows [][]string
	for n, row := range r.Markdown.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = inCell(cell)
			if i == r.Markdown.Linked && address.MatchString(r.Markdown.Links[n]) {
				cells[i] = "[" + cells[i] + "](" + r.Markdown.Links[n] + ")"
			}
		}
		rows = append(rows, cells)
	}
	if len(rows) > 0 {
		text += "\n" + markdownTable(r.Markdown.Head, "---", rows)
	}
	for _, d := range r.Markdown.Diffs {
		text += "\n<details><summary>" + Markdown(d[0]) + "</summary>\n\n" + fenced(d[1]) + "\n</details>\n"
	}
	for _, line := range r.Markdown.Lines {
		text += "\n" + Markdown(line) + "\n"
	}
	return h.printText(h.Out, text)
}

// fenced puts a diff into a block that no text in it ends.
func fenced(diff string) string {
	diff = visible.Lines(diff)
	fence := "```"
	for strings.Contains(diff, fence) {
		fence += "`"
	}
	return fence + "diff\n" + diff + fence + "\n"
}

// inCell is a text of several lines in the cell of a table.
func inCell(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Markdown(line)
	}
	return strings.Join(lines, "<br>")
}

// address is a URL that cannot end the link that it is in.
var address = regexp.MustCompile("^https?://[^\\s\\pC<>()\\[\\]|*`]+$")

// markdownTable is a table of cells that are Markdown. The mark aligns the columns behind the first.
func markdownTable(head []string, mark string, rows [][]string) string {
	var b strings.Builder
	for i, row := range append([][]string{head}, rows...) {
		for _, cell := range row {
			b.WriteString("| " + cell)
			if cell != "" {
				b.WriteByte(' ')
			}
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString("|---" + strings.Repeat("|"+mark, len(head)-1) + "|\n")
		}
	}
	return b.String()
}

// folded is a list that a reader can open.
func folded(heading string, list []StatusObject) string {
	const most = 100
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary>%s: %s</summary>\n\n", heading, Plural(len(list), "object"))
	for _, o := range list[:min(len(list), most)] {
		name := o.Address
		if name == "" {
			name = o.Type + " " + o.ID
		}
		fmt.Fprintf(&b, "- %s %s\n", code(name), Markdown(cut(clean(o.Title), 60)))
	}
	if rest := len(list) - most; rest > 0 {
		fmt.Fprintf(&b, "- and %s more\n", number(rest))
	}
	return b.String() + "\n</details>\n"
}

// notImportedMarkdown lists what no import takes, with what to do about it.
func notImportedMarkdown(list []NotImported) string {
	if len(list) == 0 {
		return ""
	}
	text := "\nNot imported:\n\n"
	for _, o := range list {
		line := code(o.Type+" "+o.ID) + " " + Markdown(strings.TrimSpace(afterAddress(ObjectChange{Title: o.Title}))) + ": " + Markdown(o.Reason)
		if o.Hint != "" {
			line += "; hint: " + Markdown(o.Hint)
		}
		text += "- " + line + "\n"
	}
	return text
}

// markdownRows are a row for each attribute; the object and who changed it stand in its first. Authors have a column where
// they were looked for.
func (c Changes) markdownRows() (rows [][]string, authored bool) {
	authored = slices.ContainsFunc(c.Changes, func(o ObjectChange) bool { return o.Confidence != "" })
	for _, o := range c.Changes {
		object := strings.TrimSpace(code(o.place()) + " " + Markdown(strings.TrimSpace(afterAddress(o))))
		attributes := o.Attributes
		if len(attributes) == 0 {
			attributes = []AttributeChange{{}}
		}
		for i, a := range attributes {
			kind, by, path := o.Kind, authors(o), ""
			if i > 0 {
				kind, object, by = "", "", ""
			}
			if a.Path != "" {
				path = code(a.Path)
			}
			before, after := sides(a)
			row := []string{kind, object, path, before, strings.TrimSpace(after + " " + Markdown(strings.TrimSpace(inBrackets(a.remark()))))}
			if authored {
				row = append(row, by)
			}
			rows = append(rows, row)
		}
	}
	return rows, authored
}

// authors is the cell that says who did it and how surely that is known.
func authors(o ObjectChange) string {
	var lines []string
	for _, e := range o.Events {
		lines = append(lines, Markdown(e.String()+inBrackets(surely(o.Confidence))))
	}
	switch {
	case o.Unrecorded:
		lines = append(lines, "not recorded")
	case o.Confidence == "unknown":
		lines = append(lines, "unknown")
	case len(o.Unexplained) > 0:
		lines = append(lines, Markdown(strings.Join(o.Unexplained, ", ")+": unknown"))
	}
	for _, e := range o.Candidates {
		lines = append(lines, Markdown("possibly changed with its owner, by "+e.String()))
	}
	return strings.Join(lines, "<br>")
}

// code sets a name as code. Names of instances hold what would end the code or a cell, also behind a backslash, and what
// chat programs take for a mention even there.
func code(name string) string {
	return "`" + strings.NewReplacer("`", "", `\|`, "\u00a6", "|", `\|`, "<!", "<"+apart+"!", "<@", "<"+apart+"@").Replace(clean(name)) + "`"
}

// apart is a space without width: it keeps characters from being a mention of somebody together.
const apart = "\u200b"

// hintsMarkdown lists, for each hint, the objects that it is for.
func hintsMarkdown(c Changes) string {
	ways := map[string][]string{}
	for _, o := range c.Changes {
		if o.Hint != "" {
			ways[o.Hint] = append(ways[o.Hint], code(o.place()))
		}
	}
	if len(ways) == 0 {
		return ""
	}
	text := "\n<details><summary>How to fix it</summary>\n\n"
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		text += fmt.Sprintf("- %s: %s\n", Markdown(way), strings.Join(ways[way], ", "))
	}
	return text + "\n</details>\n"
}

func cell(s string) string {
	if s == "" {
		return ""
	}
	return Markdown(cut(clean(s), 120))
}

// sides are the cells of a value before and after; of a long text what changed, with some words around.
func sides(a AttributeChange) (before, after string) {
	if len(a.Words) == 0 {
		return cell(string(a.Before)), cell(string(a.After))
	}
	for i, w := range a.Words {
		text := escaped(clean(w.Text))
		switch {
		case w.Was && w.Is:
			text = escaped(neighbourhood(clean(w.Text), i > 0, i < len(a.Words)-1))
			before, after = before+text, after+text
		case w.Was:
			before += marked("~~", text)
		default:
			after += marked("**", text)
		}
	}
	return before, after
}

// marked puts a mark around a text, within the blanks at its ends: outside of them it would be none.
func marked(mark, text string) string {
	core := strings.TrimSpace(text)
	if core == "" {
		return text
	}
	head, tail, _ := strings.Cut(text, core)
	return head + mark + core + mark + tail
}

// Markdown keeps names from elsewhere from being read as markup, or as a mention of somebody.
func Markdown(s string) string { return escaped(oneLine(clean(s))) }

func escaped(s string) string {
	text := entity.ReplaceAllString(clean(s), "&amp;$1")
	text = tag.ReplaceAllStringFunc(text, func(found string) string { return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(found) })
	text = strings.NewReplacer(
		"\\", "\\\\", "|", "\\|", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "@", "&#64;", "#", "\\#", "~", "\\~",
	).Replace(text)
	return mention.ReplaceAllString(text, "$1$2"+apart)
}

// What &, < and > are not themselves in: an entity, a tag, a mention, and a quotation at the start of a line.
var (
	entity = regexp.MustCompile(`&(#?[\pL\pN]+;)`)
	tag    = regexp.MustCompile(`<[^\s\d=<>-][^<>]*>?|^>`)
)

// mention finds what notifies people although it is escaped: GitHub looks at the text as it is shown. An address of
// e-mail mentions nobody.
var mention = regexp.MustCompile(`(^|[^\pL\pN.+-])(&#64;)`)
