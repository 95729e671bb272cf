package auditcopy

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// openSheet opens a CSV file with a header line, and the index next to it.
func openSheet(ctx context.Context, path string, o Options) (store, error) {
	indexed := path + indexName
	size, err := sizeOf(path)
	if err != nil {
		return nil, onDisk(err, path)
	}
	if _, err := os.Stat(indexed); size > 0 && os.IsNotExist(err) {
		return nil, hint.With(fmt.Errorf("%s has lines but no %s next to it, which lists them", path, filepath.Base(indexed)),
			"restore the index, or give a file that does not exist yet and fill it with --backfill-from")
	}
	x, err := openIndex(ctx, indexed)
	if err != nil {
		return nil, err
	}
	file := filepath.Base(path)
	owns := func(name string) bool { return name == file }
	lay := func(events []audit.Event, fresh func(string) bool) (map[string][]byte, error) {
		text, err := sheet(events, o.Format, fresh(file))
		return map[string][]byte{file: text}, err
	}
	return &files{index: x, medium: realMedium{}, folder: filepath.Dir(path), lines: true, owns: owns, lay: lay}, nil
}

// sheet writes the fields of events. The formats raw and ocsf add a column with the whole event.
func sheet(events []audit.Event, format audit.Format, names bool) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if names {
		columns := audit.Columns()
		if format != audit.FormatFlat {
			columns = append(columns, string(format))
		}
		if err := w.Write(columns); err != nil {
			return nil, err
		}
	}
	for _, e := range events {
		cells := audit.CSV(e)
		if format != audit.FormatFlat {
			line, err := format.Encode(e)
			if err != nil {
				return nil, err
			}
			cells = append(cells, string(line))
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
