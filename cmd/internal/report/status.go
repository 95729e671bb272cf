package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Status says how much of an organisation is managed. Its JSON form is part of the interface:
// fields are added, never renamed.
type Status struct {
	Directories []string       `json:"directories"`
	Types       []StatusCount  `json:"types"`
	Total       StatusCount    `json:"total"`
	Percent     float64        `json:"percent"` // managed of managed and unmanaged
	Unmanaged   []StatusObject `json:"unmanaged"`
	Missing     []StatusObject `json:"missing"`
	NotListed   []NotListed    `json:"not_listed"`
}

// StatusCount counts the objects of a type.
type StatusCount struct {
	Type      string  `json:"type"`
	Managed   int     `json:"managed"`
	Unmanaged int     `json:"unmanaged"`
	Missing   int     `json:"missing"` // in a state, gone from Rootly
	Ignored   int     `json:"ignored"` // unmanaged, as the ignore file says
	Percent   float64 `json:"percent"`
}

// StatusObject is one object.
type StatusObject struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Title   string `json:"title,omitempty"`
	Address string `json:"address,omitempty"`
	In      string `json:"in,omitempty"` // the directory or state
}

// Count sums up a type and returns it with its percentage. Nothing to manage is managed wholly.
func (c StatusCount) Count() StatusCount {
	c.Percent = 100
	if all := c.Managed + c.Unmanaged; all > 0 {
		c.Percent = float64(1000*c.Managed/all) / 10 // rounded down: 100 means all
	}
	return c
}

// WriteJSON prints the status as one JSON document.
func (s *Status) WriteJSON(out io.Writer) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	return write(out, escape(b.String()))
}

// WriteText prints the status as a table for people.
func (s *Status) WriteText(out io.Writer) error {
	head, rows := s.table()
	if err := WriteTable(out, head, rows, "ignored", "missing"); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s%% managed: %s of %s\n", percent(s.Percent), number(s.Total.Managed),
		Plural(s.Total.Managed+s.Total.Unmanaged, "object"))
	return err
}

// WriteMarkdown prints the status for a pull request.
func (s *Status) WriteMarkdown(out io.Writer) error {
	head, rows := s.table()
	var b strings.Builder
	fmt.Fprintf(&b, "**Rootly: %s%% managed** (%s of %s)\n\n", percent(s.Percent), number(s.Total.Managed),
		Plural(s.Total.Managed+s.Total.Unmanaged, "object"))
	fmt.Fprintf(&b, "| %s |\n|---%s|\n", strings.Join(head, " | "), strings.Repeat("|---:", len(head)-1))
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	b.WriteString(folded("Unmanaged", s.Unmanaged))
	b.WriteString(folded("In a state, but deleted in Rootly", s.Missing))
	return write(out, b.String())
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

// table has a row for each type with something to do, and one for all others.
func (s *Status) table() (head []string, rows [][]string) {
	head = []string{"type", "managed", "unmanaged", "missing", "ignored", "%"}
	var list []StatusCount
	var rest StatusCount
	complete := 0
	for _, t := range s.Types {
		if t.Percent < 100 || t.Missing > 0 {
			list = append(list, t)
			continue
		}
		complete++
		rest.Managed += t.Managed
		rest.Ignored += t.Ignored
	}
	if complete > 0 {
		rest.Type = Plural(complete, "type") + " without unmanaged objects"
		list = append(list, rest.Count())
	}
	for _, t := range append(list, s.Total) {
		rows = append(rows, []string{
			clean(t.Type), number(t.Managed), number(t.Unmanaged), number(t.Missing), number(t.Ignored), percent(t.Percent),
		})
	}
	return head, rows
}

func percent(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }
