package report

import (
	"encoding/csv"
	"errors"
	"strconv"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A csvHandler prints audit events and counts as CSV under a head: exactly, but for what a spreadsheet or a terminal could
// obey. Everything else is as in text.
type csvHandler struct{ textHandler }

// Counts prints all of them, whatever people are shown.
func (h csvHandler) Counts(list []Count, _ int) error {
	out := h.rows([]string{"by", "value", "events"})
	for _, c := range list {
		if err := h.row(out, []string{c.By, audit.CSVText(c.Value), strconv.Itoa(c.Events)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Events prints what was read even if reading fails.
func (h csvHandler) Events(e Events) error {
	out := h.rows(audit.Columns())
	for event, err := range e.List {
		if err == nil {
			err = h.row(out, audit.CSV(event))
		}
		if err != nil {
			out.Flush()
			return errors.Join(err, out.Error())
		}
	}
	out.Flush()
	return out.Error()
}

// rows begins with a head.
func (h csvHandler) rows(head []string) *csv.Writer {
	out := csv.NewWriter(output{h.console})
	_ = out.Write(head) // buffered: a later row or the end returns the failure
	return out
}

func (h csvHandler) row(out *csv.Writer, cells []string) error {
	if h.terminal(h.Out) {
		for i, cell := range cells {
			cells[i] = clean(cell)
		}
	}
	return out.Write(cells)
}

// output is standard output as a writer.
type output struct{ c *console }

func (o output) Write(text []byte) (int, error) { return len(text), o.c.print(o.c.Out, string(text)) }
