package report

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

const (
	shortTime = "2006-01-02 15:04:05"
	wholeTime = "2006-01-02 15:04:05.000 -07:00"
	mostCell  = 48 // columns of a cell, but in a wide table
	mostWhole = 60 // columns of a value that is shown beside its other side
	longText  = 40 // bytes from which a changed text is shown word by word
)

// An auditView collects lines about audit events.
type auditView struct {
	Events
	*console

	b      strings.Builder
	colour palette
	room   int // columns of the terminal; 0: no limit
}

func (h textHandler) auditView(e Events) *auditView {
	return &auditView{Events: e, console: h.console, colour: h.palette(h.Out), room: h.width(h.Out)}
}

// text is what was collected, and leaves nothing.
func (v *auditView) text() string {
	defer v.b.Reset()
	return v.b.String()
}

// list is events as a table, or each as a line.
func (v *auditView) list(events []audit.Event) string {
	if len(events) == 0 {
		return ""
	}
	if v.Brief {
		for _, e := range events {
			row := v.row(e)
			v.line(strings.Join([]string{row[0], row[2], v.colour.paint(tints[e.Action], row[3]), strings.TrimSpace(row[4] + " " + row[5]), row[6]}, "  "))
		}
		return v.text()
	}
	rows := make([][]string, len(events))
	for i, e := range events {
		rows[i] = v.row(e)
	}
	head := v.head()
	if !v.Wide {
		head, rows = fit(head, rows, v.room, "changed", "id", "kind")
	}
	who := slices.Index(head, "action")
	for i, line := range tableLines(head, rows) {
		if i == 0 {
			v.line(v.colour.paint(bold, line))
			continue
		}
		v.line(v.tint(line, rows[i-1][:who], events[i-1].Action))
		if v.Diff {
			v.changes(events[i-1].Changes)
		}
	}
	return v.text()
}

// whole is everything about one event.
func (v *auditView) whole(e audit.Event) string {
	email, id := e.UserEmail, e.UserID
	if email == who(e) {
		email = ""
	}
	if id == who(e) {
		id = ""
	}
	for _, fact := range [][2]string{
		{"event", e.ID}, {"time", e.At.In(v.Zone).Format(wholeTime)}, {"who", who(e)}, {"email", email}, {"user id", id}, {"action", e.Action},
		{"kind", e.ItemType}, {"name", e.ItemName}, {"item id", e.ItemID}, {"way", e.Source}, {"from", e.IP}, {"agent", e.UserAgent},
		{"api key", e.APIKeyID}, {"request", e.RequestID}, {"session", e.SessionID},
	} {
		if fact[1] == "" {
			continue
		}
		text := clean(fact[1])
		if fact[0] == "action" {
			text = v.colour.paint(tints[e.Action], text)
		}
		v.line(pad(fact[0], 8) + "  " + text)
	}
	v.changes(e.Changes)
	return v.text()
}

// who is the name of the user, or what there is instead.
func who(e audit.Event) string { return cmp.Or(e.UserName, e.UserEmail, e.UserID, "-") }

func (v *auditView) line(s string) { v.b.WriteString(strings.TrimRight(s, " ") + "\n") }

func (v *auditView) head() []string {
	head := []string{"time", "id", "who", "action", "kind", "name", "changed"}
	if v.Wide {
		head = append(head, "item id", "way", "from", "agent")
	}
	return head
}

func (v *auditView) row(e audit.Event) []string {
	fields := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		fields[i] = c.Field
	}
	row := []string{e.At.In(v.Zone).Format(shortTime), e.ID, who(e), e.Action, e.ItemType, e.ItemName, strings.Join(fields, ", ")}
	if v.Wide {
		return append(row, e.ItemID, e.Source, e.IP, e.UserAgent)
	}
	if narrow := 100; v.room > 0 && v.room < narrow {
		row[4] = e.ItemType[strings.LastIndexByte(e.ItemType, ':')+1:] // Integrations::SlackAccount
	}
	for i, cell := range row {
		row[i] = cutAtWord(clean(cell), mostCell)
	}
	return row
}

// tints are the colours of actions.
var tints = map[string]colour{"create": green, "update": yellow, "destroy": red}

// tint colours the action in a line of the table, which stands behind some cells.
func (v *auditView) tint(line string, before []string, action string) string {
	if !v.colour.on || tints[action] == plain {
		return line
	}
	at := 0
	for _, cell := range before {
		at += strings.Index(line[at:], clean(cell)) + len(clean(cell))
	}
	start := strings.Index(line[at:], action)
	if start < 0 {
		return line
	}
	start += at
	return line[:start] + v.colour.paint(tints[action], action) + line[start+len(action):]
}

// changes shows fields before and after, long ones word by word.
func (v *auditView) changes(list []audit.Change) {
	for _, c := range list {
		field := "    " + clean(c.Field) + ": "
		words := wordsOf(c)
		before, after := c.Texts()
		before, after = clean(before), clean(after)
		switch {
		case len(words) > 0:
			v.line(field + v.colour.words(words))
		case before == after:
			v.line(field + before + " (changed)")
		case columns(before) <= mostWhole && columns(after) <= mostWhole:
			v.line(field + v.colour.paint(red, before) + " → " + v.colour.paint(green, after))
		default:
			v.line(strings.TrimRight(field, " "))
			v.line("      - " + v.colour.paint(red, before))
			v.line("      + " + v.colour.paint(green, after))
		}
	}
}

// wordsOf compares long texts word by word, unless next to nothing of them is left.
func wordsOf(c audit.Change) []audit.Part {
	isText := func(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }
	before, after := c.Texts()
	if !isText(c.Before) || !isText(c.After) || len(before) < longText || len(after) < longText {
		return nil
	}
	return audit.Words(before, after)
}

const (
	keptBefore = 40 // columns of unchanged text beside a change
	keptAfter  = 40
)

// words shows a text with what went as [-this-] and what came as {+this+}. Of what stayed only the
// neighbourhood of changes is shown.
func (p palette) words(list []audit.Part) string {
	var b strings.Builder
	for i, w := range list {
		text := clean(w.Text)
		switch {
		case w.Was && w.Is:
			b.WriteString(neighbourhood(text, i > 0, i < len(list)-1))
		case w.Was:
			b.WriteString(p.paint(red, "[-"+text+"-]"))
		default:
			b.WriteString(p.paint(green, "{+"+text+"+}"))
		}
	}
	return b.String()
}

// neighbourhood cuts out of a text what is far from the change before it and from the one behind.
func neighbourhood(text string, afterChange, beforeChange bool) string {
	room := 0
	if afterChange {
		room += keptAfter
	}
	if beforeChange {
		room += keptBefore
	}
	if columns(text) <= room+len(ellipsis)+2 {
		return text
	}
	parts := []string{ellipsis}
	if afterChange {
		head, _ := split(text, keptAfter)
		parts = append([]string{head[:strings.LastIndexByte(head, ' ')+1]}, parts...)
	}
	if beforeChange {
		_, tail := split(text, columns(text)-keptBefore)
		parts = append(parts, tail[max(strings.IndexByte(tail, ' '), 0):])
	}
	return strings.Join(parts, "")
}
