package report

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// WriteChangesMarkdown prints changes for a pull request or an incident, folded when long.
func WriteChangesMarkdown(out io.Writer, c Changes) error {
	const long = 20
	var b strings.Builder
	b.WriteString(Markdown(c.headline()) + "\n")
	folded := c.rows() > long
	if folded {
		b.WriteString("\n<details><summary>All changes</summary>\n")
	}
	writeRows(&b, c)
	if folded {
		b.WriteString("\n</details>\n")
	}
	writeNotImported(&b, c.NotImported)
	if !c.Searched.IsZero() && slices.ContainsFunc(c.Changes, func(o ObjectChange) bool {
		return o.Confidence == "unknown" && !o.Unrecorded || len(o.Unexplained) > 0
	}) {
		b.WriteString("\nAuthors were not searched before " + c.Searched.UTC().Format(time.DateOnly) + ".\n")
	}
	writeHints(&b, c)
	return write(out, b.String())
}

// writeNotImported lists what no import takes, with what to do about it.
func writeNotImported(b *strings.Builder, list []NotImported) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\nNot imported:\n\n")
	for _, o := range list {
		line := code(o.Type+" "+o.ID) + " " + Markdown(strings.TrimSpace(afterAddress(ObjectChange{Title: o.Title}))) + ": " + Markdown(o.Reason)
		if o.Hint != "" {
			line += "; hint: " + Markdown(o.Hint)
		}
		b.WriteString("- " + line + "\n")
	}
}

// rows is how many lines the table of changes has.
func (c Changes) rows() int {
	n := 0
	for _, o := range c.Changes {
		n += max(1, len(o.Attributes))
	}
	return n
}

// writeRows prints a line for each attribute; the object and who changed it stand in its first.
func writeRows(b *strings.Builder, c Changes) {
	if len(c.Changes) == 0 {
		return
	}
	blamed := slices.ContainsFunc(c.Changes, func(o ObjectChange) bool { return o.Confidence != "" })
	head, line := "| | Object | Attribute | Before | After |", "|---|---|---|---|---|"
	if blamed {
		head, line = head+" By |", line+"---|"
	}
	b.WriteString("\n" + head + "\n" + line + "\n")
	for _, o := range c.Changes {
		object := code(o.place())
		if text := strings.TrimSpace(afterAddress(o)); text != "" {
			object += " " + Markdown(text)
		}
		attributes := o.Attributes
		if len(attributes) == 0 {
			attributes = []AttributeChange{{}}
		}
		for i, a := range attributes {
			kind, by := o.Kind, authors(o)
			if i > 0 {
				kind, object, by = "", "", ""
			}
			path := ""
			if a.Path != "" {
				path = code(a.Path)
			}
			before, after := sides(a)
			cells := []string{kind, object, path, before, strings.TrimSpace(after + " " + Markdown(strings.TrimSpace(inBrackets(a.remark()))))}
			if blamed {
				cells = append(cells, by)
			}
			for _, text := range cells {
				b.WriteString("| " + text)
				if text != "" {
					b.WriteString(" ")
				}
			}
			b.WriteString("|\n")
		}
	}
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

// writeHealing lists, for each way to heal, what it heals.
func writeHints(b *strings.Builder, c Changes) {
	ways := map[string][]string{}
	for _, o := range c.Changes {
		if o.Hint != "" {
			ways[o.Hint] = append(ways[o.Hint], code(o.place()))
		}
	}
	if len(ways) == 0 {
		return
	}
	b.WriteString("\n<details><summary>How to fix it</summary>\n\n")
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		fmt.Fprintf(b, "- %s: %s\n", Markdown(way), strings.Join(ways[way], ", "))
	}
	b.WriteString("\n</details>\n")
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
