package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// Records print rows of data one by one, as they come: each as a line of JSON, all as one list of
// JSON, or as CSV. Close ends them.
type Records struct {
	out  io.Writer
	list bool
	csv  *csv.Writer
	rows int
	live bool // someone looks at it on a terminal
}

// NewRecords prints rows to out: with "ndjson" each as a line of JSON, with "json" all as one
// list, with "csv" as CSV under a head.
func NewRecords(out io.Writer, kind string, head []string) *Records {
	r := &Records{out: out, list: kind == "json", live: isTerminal(out)}
	if kind == "csv" {
		r.csv = csv.NewWriter(out)
		_ = r.csv.Write(head) // buffered: a later row or Close tells of the failure
	}
	return r
}

// JSON prints a row. Characters that a terminal could obey are escaped.
func (r *Records) JSON(row []byte) error {
	before := ""
	switch {
	case r.list && r.rows == 0:
		before = "[\n"
	case r.list:
		before = ",\n"
	}
	r.rows++
	after := "\n"
	if r.list {
		after = ""
	}
	return r.write(before + escape(string(shown.Readable(row))) + after)
}

// Cells prints a row of CSV: exactly, but for what a terminal could obey.
func (r *Records) Cells(row []string) error {
	r.rows++
	if r.live {
		row = slices.Clone(row)
		for i, cell := range row {
			row[i] = clean(cell)
		}
	}
	if err := r.csv.Write(row); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}

// Close prints what is left.
func (r *Records) Close() error {
	switch {
	case r.csv != nil:
		r.csv.Flush()
		if err := r.csv.Error(); err != nil {
			return fmt.Errorf("write records: %w", err)
		}
	case r.list && r.rows == 0:
		return r.write("[]\n")
	case r.list:
		return r.write("\n]\n")
	}
	return nil
}

func (r *Records) write(text string) error {
	if _, err := io.WriteString(r.out, text); err != nil {
		return fmt.Errorf("write records: %w", err)
	}
	return nil
}
