package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A Deed is one event of the audit log as people read it.
type AuditEvent struct {
	ID      string
	At      time.Time
	Who     string // the name, or what there is instead
	Email   string
	UserID  string
	Action  string // create, update or destroy
	Kind    string
	Name    string
	ItemID  string
	Way     string // on which it came, such as web or api
	IP      string
	Agent   string
	APIKey  string
	Request string
	Session string
	Changes []AuditChange
}

// A DeedChange is one field before and after.
type AuditChange struct {
	Field         string
	Before, After string
	Words         []Word // of long texts: what changed in them; nothing: both are shown whole
}

// A Word is a piece of a text that changed: it was there, is there, or both.
type Word struct {
	Text    string
	Was, Is bool
}

// Deeds say how deeds are shown. The zero value shows them without colours, in UTC.
type AuditView struct {
	Zone   *time.Location      // zero: UTC
	Wide   bool                // every column
	Diff   bool                // each field before and after, below its deed
	Width  int                 // columns of the terminal; 0: asks the writer, and without a terminal no limit
	Getenv func(string) string // for NO_COLOR and TERM, on a terminal; zero: no colours

	IsTerminal func() bool // zero: asks the writer
}

// Write prints deeds as a table, or with Diff as blocks.
func (o AuditView) Write(out io.Writer, deeds []AuditEvent) error {
	v := o.view(out)
	rows := make([][]string, len(deeds))
	for i, d := range deeds {
		rows[i] = v.row(d)
	}
	head := v.head()
	if !v.Wide {
		head, rows = fit(head, rows, v.Width, "changed", "id", "kind")
	}
	who := slices.Index(head, "action")
	for i, line := range tableLines(head, rows) {
		if i == 0 {
			v.line(v.colour.paint(bold, line))
			continue
		}
		v.line(v.tint(line, rows[i-1][:who], deeds[i-1].Action))
		if o.Diff {
			v.changes(deeds[i-1].Changes)
		}
	}
	return v.print(out)
}

// WriteOne prints everything about one deed.
func (o AuditView) WriteOne(out io.Writer, d AuditEvent) error {
	v := o.view(out)
	for _, fact := range [][2]string{
		{"event", d.ID}, {"time", d.At.In(v.Zone).Format(wholeTime)}, {"who", d.Who}, {"email", d.Email}, {"user id", d.UserID}, {"action", d.Action}, {"kind", d.Kind},
		{"name", d.Name}, {"item id", d.ItemID}, {"way", d.Way}, {"from", d.IP}, {"agent", d.Agent}, {"api key", d.APIKey},
		{"request", d.Request}, {"session", d.Session},
	} {
		if fact[1] == "" {
			continue
		}
		text := clean(fact[1])
		if fact[0] == "action" {
			text = v.colour.paint(tints[d.Action], text)
		}
		v.line(pad(fact[0], 8) + "  " + text)
	}
	v.changes(d.Changes)
	return v.print(out)
}

// WriteLine prints a deed on one line, for a log that is followed.
func (o AuditView) WriteLine(out io.Writer, d AuditEvent) error {
	v := o.view(out)
	row := v.row(d)
	v.line(strings.Join([]string{row[0], row[2], v.colour.paint(tints[d.Action], row[3]), strings.TrimSpace(row[4] + " " + row[5]), row[6]}, "  "))
	return v.print(out)
}

// Say prints a text on one line, whatever is in it, as far indented as it is.
func Line(out io.Writer, text string) error {
	indent := len(text) - len(strings.TrimLeft(text, " "))
	return write(out, text[:indent]+oneLine(text)+"\n")
}

// Note prints something that a person should know of a result, on one line.
func Note(out io.Writer, text string) { fmt.Fprintln(out, defused("note: "+oneLine(text))) }

const (
	shortTime = "2006-01-02 15:04:05"
	wholeTime = "2006-01-02 15:04:05.000 -07:00"
	mostCell  = 48 // columns of a cell, but in a wide table
	mostWhole = 60 // columns of a value that is shown beside its other side
)

// A deedView collects the lines.
type auditPage struct {
	AuditView

	b      bytes.Buffer
	colour palette
}

func (o AuditView) view(out io.Writer) *auditPage {
	v := &auditPage{AuditView: o}
	if v.Zone == nil {
		v.Zone = time.UTC
	}
	if v.Width == 0 {
		v.Width = terminalWidth(out)
	}
	if v.IsTerminal == nil {
		v.IsTerminal = func() bool { return isTerminal(out) }
	}
	v.colour.on = o.Getenv != nil && v.IsTerminal() && o.Getenv("NO_COLOR") == "" && o.Getenv("TERM") != "dumb"
	return v
}

func (v *auditPage) print(out io.Writer) error {
	if _, err := io.WriteString(out, defused(v.b.String())); err != nil {
		return fmt.Errorf("write audit events: %w", err)
	}
	return nil
}

func (v *auditPage) line(s string) { v.b.WriteString(strings.TrimRight(s, " ") + "\n") }

func (v *auditPage) head() []string {
	head := []string{"time", "id", "who", "action", "kind", "name", "changed"}
	if v.Wide {
		head = append(head, "item id", "way", "from", "agent")
	}
	return head
}

func (v *auditPage) row(d AuditEvent) []string {
	fields := make([]string, len(d.Changes))
	for i, c := range d.Changes {
		fields[i] = c.Field
	}
	row := []string{d.At.In(v.Zone).Format(shortTime), d.ID, d.Who, d.Action, d.Kind, d.Name, strings.Join(fields, ", ")}
	if v.Wide {
		return append(row, d.ItemID, d.Way, d.IP, d.Agent)
	}
	if narrow := 100; v.Width > 0 && v.Width < narrow {
		row[4] = d.Kind[strings.LastIndexByte(d.Kind, ':')+1:] // Integrations::SlackAccount
	}
	for i, cell := range row {
		row[i] = cutAtWord(clean(cell), mostCell)
	}
	return row
}

// tints are the colours of actions.
var tints = map[string]colour{"create": green, "update": yellow, "destroy": red}

// tint colours the action in a line of the table, which stands behind some cells.
func (v *auditPage) tint(line string, before []string, action string) string {
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
func (v *auditPage) changes(list []AuditChange) {
	for _, c := range list {
		field := "    " + clean(c.Field) + ": "
		before, after := clean(c.Before), clean(c.After)
		switch {
		case len(c.Words) > 0:
			v.line(field + v.words(c.Words))
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

const (
	keptBefore = 40 // columns of unchanged text beside a change
	keptAfter  = 40
)

// words shows a text with what went as [-this-] and what came as {+this+}. Of what stayed only the
// neighbourhood of changes is shown.
func (v *auditPage) words(list []Word) string {
	var b strings.Builder
	for i, w := range list {
		text := clean(w.Text)
		switch {
		case !w.Is:
			b.WriteString(v.colour.paint(red, "[-"+text+"-]"))
		case !w.Was:
			b.WriteString(v.colour.paint(green, "{+"+text+"+}"))
		default:
			b.WriteString(neighbourhood(text, i > 0, i < len(list)-1))
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
