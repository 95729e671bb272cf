package stored

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// A sheet is a CSV file. Its rows are in the order in which they were written.
type sheet struct {
	file  *os.File
	path  string
	names []string
}

func openSheet(path string) (Store, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	names, err := csv.NewReader(file).Read()
	if err != nil || len(names) < len(audit.Columns()) || !slices.Equal(names[:len(audit.Columns())], audit.Columns()) {
		file.Close()
		return nil, hint.With(fmt.Errorf("%s is not a CSV file of audit sync: it has other columns", path), "audit sync --to FILE.csv creates such a file")
	}
	return scan{&sheet{file, path, names}}, nil
}

func (s *sheet) close() error { return s.file.Close() }

// A row is the position of an event.
type row struct {
	at         time.Time
	id         string
	start, end int64
}

// days reads the file twice: first it records where the matching events are, then it reads those in order, so that
// memory does not grow with the file.
func (s *sheet) days(ctx context.Context, f audit.Filter, hint string) iter.Seq2[[]audit.Event, error] {
	return func(yield func([]audit.Event, error) bool) {
		var rows []row
		err := s.each(ctx, func(e audit.Event, start, end int64) {
			if f.Match(e) && (hint == "" || e.ID == hint) {
				rows = append(rows, row{e.At, strings.Clone(e.ID), start, end})
			}
		})
		slices.SortStableFunc(rows, func(a, b row) int { return cmp.Or(b.at.Compare(a.at), strings.Compare(b.id, a.id)) })
		const together = 500
		for len(rows) > 0 && err == nil {
			some := rows[:min(together, len(rows))]
			rows = rows[len(some):]
			events := make([]audit.Event, len(some))
			for i, at := range some {
				var cells []string
				cells, err = csv.NewReader(io.NewSectionReader(s.file, at.start, at.end-at.start)).Read()
				if err == nil {
					events[i], err = s.event(cells)
				}
				if err != nil {
					break
				}
			}
			if err == nil && !yield(events, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, fmt.Errorf("read %s: %w", s.path, err))
		}
	}
}

// each visits the events in the order of the file.
func (s *sheet) each(ctx context.Context, do func(e audit.Event, start, end int64)) error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	lines := csv.NewReader(s.file)
	lines.ReuseRecord = true
	if _, err := lines.Read(); err != nil {
		return err
	}
	for ctx.Err() == nil {
		start := lines.InputOffset()
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e, err := s.event(cells)
		if err != nil {
			return err
		}
		do(e, start, lines.InputOffset())
	}
	return ctx.Err()
}

// event reads a row: from the event as it was received, if the row has it, otherwise from its fields.
func (s *sheet) event(cells []string) (audit.Event, error) {
	if at := slices.Index(s.names, string(audit.FormatRaw)); at >= 0 && at < len(cells) {
		return audit.ParseStored([]byte(cells[at]))
	}
	fields := map[string]json.RawMessage{}
	for i, name := range audit.Columns() {
		cell := cells[i]
		if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@\t\r", cell[1]) >= 0 {
			cell = cell[1:] // kept spreadsheets from running the rest as a formula
		}
		text, err := json.Marshal(cell)
		if name == "changes" && json.Valid([]byte(cell)) {
			text = []byte(cell)
		}
		if err != nil {
			return audit.Event{}, err
		}
		fields[name] = text
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return audit.Event{}, err
	}
	return audit.ParseStored(text)
}
