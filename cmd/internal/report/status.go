package report

import (
	"fmt"
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

// total says in a format how much is managed: the percentage, the number of objects, and of how many.
func (s *Status) total(format string) string {
	return fmt.Sprintf(format, percent(s.Percent), number(s.Total.Managed), Plural(s.Total.Managed+s.Total.Unmanaged, "object"))
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
