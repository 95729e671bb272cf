package auditcopy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// indexName is the index in a directory of files.
const indexName = ".index.db"

// A squeeze is a way to compress. Each write is a frame of its own, so that a file can grow and
// programs such as zcat and zstdcat read it from end to end.
type squeeze struct {
	suffix string
	pack   func([]byte) ([]byte, error)
}

func squeezeOf(name string) (squeeze, error) {
	switch name {
	case "":
		return squeeze{"", func(b []byte) ([]byte, error) { return b, nil }}, nil
	case "gzip":
		return squeeze{".gz", packGzip}, nil
	case "zstd":
		encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
		if err != nil {
			return squeeze{}, err
		}
		return squeeze{".zst", func(b []byte) ([]byte, error) { return encoder.EncodeAll(b, nil), nil }}, nil
	}
	return squeeze{}, hint.With(fmt.Errorf("unknown compression %q", name), "use gzip or zstd")
}

func packGzip(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// openDirectory opens a directory with a file for each day of created_at, in UTC.
func openDirectory(ctx context.Context, folder string, o Options) (store, error) {
	pack, err := squeezeOf(o.Compress)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		above, name := disk.Of(folder)
		if err := above.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, onDisk(err, folder)
		}
	}
	if stat, err := os.Stat(folder); err != nil || !stat.IsDir() {
		return nil, hint.With(fmt.Errorf("%s is a file", folder), "give a directory, a file that ends in .csv, or sqlite://FILE")
	}
	if err := unowned(folder); err != nil {
		return nil, err
	}
	x, err := openIndex(ctx, filepath.Join(folder, indexName))
	if err != nil {
		return nil, err
	}
	lay := func(events []audit.Event, _ func(string) bool) (map[string][]byte, error) {
		return layDays(events, o.Format, pack)
	}
	return &files{index: x, medium: realMedium{}, folder: folder, lines: o.Compress == "", owns: dayFile.MatchString, lay: lay}, nil
}

// unowned refuses event files without the index that lists their events: writing there would duplicate events.
func unowned(folder string) error {
	if _, err := os.Stat(filepath.Join(folder, indexName)); err == nil {
		return nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return onDisk(err, folder)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), dayPrefix) {
			return hint.With(fmt.Errorf("%s has events (%s) but no %s, which lists them", folder, e.Name(), indexName),
				"restore the index, or fill an empty directory with --backfill-from")
		}
	}
	return nil
}

const dayPrefix = "audit-"

// dayFile matches the names of daily files.
var dayFile = regexp.MustCompile(`^` + dayPrefix + `[0-9]{4}-[0-9]{2}-[0-9]{2}\.ndjson(\.gz|\.zst)?$`)

// layDays groups lines by the day of their events.
func layDays(events []audit.Event, format audit.Format, pack squeeze) (map[string][]byte, error) {
	days := map[string][]byte{}
	for _, e := range events {
		line, err := format.Encode(e)
		if err != nil {
			return nil, err
		}
		file := dayPrefix + e.At.UTC().Format("2006-01-02") + ".ndjson" + pack.suffix
		days[file] = append(append(days[file], line...), '\n')
	}
	for file, text := range days {
		packed, err := pack.pack(text)
		if err != nil {
			return nil, fmt.Errorf("compress %s: %w", file, err)
		}
		days[file] = packed
	}
	return days, nil
}
