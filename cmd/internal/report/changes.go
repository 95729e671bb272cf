package report

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Changes are what happened between two snapshots of an organisation. Their JSON form is part of
// the interface: fields are added, never renamed.
type Changes struct {
	From    string         `json:"from"`
	To      string         `json:"to"`
	Changes []ObjectChange `json:"changes"`

	Requests int64 `json:"requests,omitempty"` // made for it, those of an engine's plan not among them
}

// ObjectChange is what happened to one object.
type ObjectChange struct {
	Kind       string            `json:"kind"` // added, removed, renamed or changed
	Type       string            `json:"type"`
	ID         string            `json:"id"`
	Address    string            `json:"address"`
	Before     string            `json:"address_before,omitempty"` // where it differs
	Title      string            `json:"title,omitempty"`
	Attributes []AttributeChange `json:"attributes,omitempty"`
	Authors    []string          `json:"authors,omitempty"`    // who did it, where the audit log tells
	Confidence string            `json:"confidence,omitempty"` // of the authors: exact, parent or unknown
	Heal       string            `json:"heal,omitempty"`       // how code and live come to agree again
}

// AttributeChange is one value before and after, ids written as addresses. An empty text stands for
// no value.
type AttributeChange struct {
	Path   string `json:"path"`
	Before string `json:"before"`
	After  string `json:"after"`
	Deed   string `json:"deed,omitempty"` // what became of it in the code
	Words  []Word `json:"-"`              // of long texts, word by word
}

// WriteChangesJSON prints changes as one JSON document.
func WriteChangesJSON(out io.Writer, c Changes) error {
	if c.Changes == nil {
		c.Changes = []ObjectChange{}
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return fmt.Errorf("write changes: %w", err)
	}
	return nil
}

// signs mark the kinds of changes, as version control does.
var signs = map[string]string{"added": "+", "removed": "-", "renamed": ">", "changed": "~", "unmanaged": "?", "gone": "!"}

// WriteChanges prints changes for people.
func WriteChanges(out io.Writer, c Changes) error {
	var b strings.Builder
	for _, o := range c.Changes {
		fmt.Fprintf(&b, "%s %s%s\n", signs[o.Kind], clean(o.Address), beside(o))
		for _, a := range o.Attributes {
			fmt.Fprintf(&b, "    %s: %s%s\n", clean(a.Path), arrow(a), inBrackets(a.Deed))
		}
		for _, who := range o.Authors {
			fmt.Fprintf(&b, "    by %s%s\n", clean(who), surely(o.Confidence))
		}
		if o.Confidence == "unknown" {
			b.WriteString("    by somebody whom the audit log does not name\n")
		}
		if o.Heal != "" {
			b.WriteString("    heal: " + o.Heal + "\n")
		}
	}
	fmt.Fprintf(&b, "%s\n", c.headline())
	if c.Requests > 0 {
		fmt.Fprintf(&b, "%s, the plan's not counted.\n", Plural(int(c.Requests), "request"))
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("write changes: %w", err)
	}
	return nil
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + clean(text) + ")"
}

// surely says how an author is known, where that is not certain.
func surely(confidence string) string {
	if confidence == "parent" {
		return " (a change of its owner)"
	}
	return ""
}

// beside is what stands behind the address of an object.
func beside(o ObjectChange) string {
	text := ""
	if o.Before != "" {
		text += " (was " + clean(o.Before) + ")"
	}
	if title := clean(o.Title); title != "" {
		text += fmt.Sprintf(" %q", cut(title, 60))
	}
	return text
}

func arrow(a AttributeChange) string {
	if len(a.Words) > 0 {
		return inWords(a.Words)
	}
	return orNothing(a.Before) + " -> " + orNothing(a.After)
}

func orNothing(s string) string {
	if s == "" {
		return "(none)"
	}
	return cut(clean(s), 200)
}

// inWords shows a long text by what changed in it: [-taken out-] {+put in+}, with some words around.
func inWords(words []Word) string {
	var b strings.Builder
	for i, w := range words {
		text := clean(w.Text)
		switch {
		case w.Was && !w.Is:
			b.WriteString("[-" + text + "-]")
		case w.Is && !w.Was:
			b.WriteString("{+" + text + "+}")
		default:
			b.WriteString(neighbourhood(text, i > 0, i < len(words)-1))
		}
	}
	return b.String()
}

// headline counts the changes.
func (c Changes) headline() string {
	if len(c.Changes) == 0 {
		return "No differences between " + clean(c.From) + " and " + clean(c.To) + "."
	}
	counts := map[string]int{}
	for _, o := range c.Changes {
		counts[o.Kind]++
	}
	var parts []string
	for _, kind := range []string{"added", "removed", "renamed", "changed", "gone", "unmanaged"} {
		if counts[kind] > 0 {
			parts = append(parts, number(counts[kind])+" "+kind)
		}
	}
	return "From " + clean(c.From) + " to " + clean(c.To) + ": " + strings.Join(parts, ", ") + "."
}

// WriteChangesMarkdown prints changes for a pull request or an incident, folded when long.
func WriteChangesMarkdown(out io.Writer, c Changes) error {
	const long = 20
	var b strings.Builder
	b.WriteString(escapeMarkdown(c.headline()) + "\n")
	if len(c.Changes) > long {
		b.WriteString("\n<details><summary>All changes</summary>\n")
	}
	if len(c.Changes) > 0 {
		b.WriteString("\n| | Object | Attribute | Before | After |\n|---|---|---|---|---|\n")
	}
	for _, o := range c.Changes {
		name := "`" + strings.ReplaceAll(clean(o.Address), "`", "") + "`"
		if len(o.Authors) > 0 {
			name += "<br>by " + escapeMarkdown(strings.Join(o.Authors, ", ")+surely(o.Confidence))
		}
		if len(o.Attributes) == 0 {
			fmt.Fprintf(&b, "| %s | %s | %s | | |\n", o.Kind, name, escapeMarkdown(strings.TrimSpace(beside(o))))
		}
		for _, a := range o.Attributes {
			fmt.Fprintf(&b, "| %s | %s | `%s` | %s | %s |\n", o.Kind, name, clean(a.Path), cell(a.Before), cell(a.After))
		}
	}
	if len(c.Changes) > long {
		b.WriteString("\n</details>\n")
	}
	writeHealing(&b, c)
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("write changes: %w", err)
	}
	return nil
}

// writeHealing lists, for each way to heal, what it heals.
func writeHealing(b *strings.Builder, c Changes) {
	ways := map[string][]string{}
	for _, o := range c.Changes {
		if o.Heal != "" {
			ways[o.Heal] = append(ways[o.Heal], "`"+strings.ReplaceAll(clean(o.Address), "`", "")+"`")
		}
	}
	if len(ways) == 0 {
		return
	}
	b.WriteString("\n<details><summary>How to heal it</summary>\n\n")
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		fmt.Fprintf(b, "- %s: %s\n", escapeMarkdown(way), strings.Join(ways[way], ", "))
	}
	b.WriteString("\n</details>\n")
}

func cell(s string) string {
	if s == "" {
		return ""
	}
	return escapeMarkdown(cut(clean(s), 120))
}

// escapeMarkdown keeps names from the API from being read as markup.
func escapeMarkdown(s string) string {
	return strings.NewReplacer(
		"\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "@", "&#64;", "#", "\\#",
	).Replace(oneLine(clean(s)))
}
