package change

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

// Summary says in a few words how many objects a plan changes: "3 changed, 1 created".
func (p *Plan) Summary() string {
	n := p.Actions()
	var parts []string
	for _, a := range []Action{Changed, Created, Destroyed, Replaced, Imported, Moved, Forgotten, Invoked, Deferred} {
		if n[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[a], a))
		}
	}
	switch {
	case len(parts) > 0:
	case len(p.Outputs) == 1:
		parts = append(parts, "1 output changed")
	case len(p.Outputs) > 1:
		parts = append(parts, fmt.Sprintf("%d outputs changed", len(p.Outputs)))
	default:
		parts = append(parts, "no changes")
	}
	switch len(p.Checks) {
	case 0:
	case 1:
		parts = append(parts, "1 check failed")
	default:
		parts = append(parts, fmt.Sprintf("%d checks failed", len(p.Checks)))
	}
	return strings.Join(parts, ", ")
}

// Markdown lists the changes with their attributes; most is the limit.
func (p *Plan) Markdown(most int) string {
	var b strings.Builder
	all := append(append([]Change(nil), p.Changes...), p.Outputs...)
	for i, c := range all {
		if i == most {
			fmt.Fprintf(&b, "- and %d more\n", len(all)-most)
			break
		}
		fmt.Fprintf(&b, "- %s **%s**\n", code(c.Address), c.Action)
		for _, a := range c.Attributes {
			fmt.Fprintf(&b, "  - %s\n", a.line())
		}
		if c.More > 0 {
			fmt.Fprintf(&b, "  - and %d more\n", c.More)
		}
	}
	return b.String()
}

// line is the attribute in Markdown.
func (a Attribute) line() string {
	text := code(a.Path) + ": "
	switch {
	case a.Before == "":
		text += code(a.After)
	case a.After == "":
		text += code(a.Before) + " → gone"
	default:
		text += code(a.Before) + " → " + code(a.After)
	}
	if a.Replaces {
		text += " (forces replacement)"
	}
	return text
}

// code quotes a text as code, with as many backticks as needed. Control characters and direction marks are removed, and
// mentions are broken up that chat programs would detect even in code.
func code(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' }), " ")
	text = strings.NewReplacer("<!", "<\u200b!", "<@", "<\u200b@").Replace(visible.Lines(text))
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}
