package stored

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
)

// A scanned is a store without an index: it is read from start to end.
type scanned interface {
	// days returns groups of events, the newest group first; events are sorted within a group. Only lines that contain
	// the hint need to be read.
	days(ctx context.Context, f audit.Filter, hint string) iter.Seq2[[]audit.Event, error]
	close() error
}

// A scan makes a [Store] of it.
type scan struct{ scanned }

// Events returns the events that match the filter, the newest first.
func (s scan) Events(ctx context.Context, f audit.Filter) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for events, err := range s.days(ctx, f, "") {
			if err != nil {
				yield(audit.Event{}, err)
				return
			}
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// Find returns the event with an id.
func (s scan) Find(ctx context.Context, id string) (audit.Event, bool, error) {
	for events, err := range s.days(ctx, audit.Filter{}, id) {
		if err != nil {
			return audit.Event{}, false, err
		}
		for _, e := range events {
			if e.ID == id {
				return e, true, nil
			}
		}
	}
	return audit.Event{}, false, nil
}

// Users returns everybody who made a change.
func (s scan) Users(ctx context.Context) ([]audit.User, error) {
	known := map[audit.User]bool{}
	var all []audit.User
	for events, err := range s.days(ctx, audit.Filter{}, "") {
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if u := (audit.User{ID: e.UserID, Name: e.UserName, Email: e.UserEmail}); !known[u] {
				known[u] = true
				all = append(all, u)
			}
		}
	}
	return all, nil
}

// Close closes the files.
func (s scan) Close() error { return s.close() }

// A directory has a file for each day, compressed or not.
type directory struct{ path string }

func (d directory) close() error { return nil }

// dayFile matches the names of daily files; the day is the first group.
var dayFile = regexp.MustCompile(`^audit-([0-9]{4}-[0-9]{2}-[0-9]{2})\.ndjson(?:\.gz|\.zst)?$`)

func (d directory) days(ctx context.Context, f audit.Filter, hint string) iter.Seq2[[]audit.Event, error] {
	return func(yield func([]audit.Event, error) bool) {
		files, err := d.files(f)
		for _, day := range files {
			var events []audit.Event
			for _, name := range day {
				if err = ctx.Err(); err != nil {
					break
				}
				var some []audit.Event
				if some, err = readLines(filepath.Join(d.path, name), f, hint); err != nil {
					break
				}
				events = append(events, some...)
			}
			if err != nil || !yield(newestFirst(events), nil) {
				break
			}
		}
		if err != nil {
			yield(nil, fmt.Errorf("read %s: %w", d.path, err))
		}
	}
}

// files lists the files of each day that the filter covers, the newest day first.
func (d directory) files(f audit.Filter) ([][]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, err
	}
	byDay := map[string][]string{}
	var days []string
	for _, e := range entries {
		match := dayFile.FindStringSubmatch(e.Name())
		if match == nil || !f.Since.IsZero() && match[1] < f.Since.UTC().Format(time.DateOnly) ||
			!f.Until.IsZero() && match[1] > f.Until.UTC().Format(time.DateOnly) {
			continue
		}
		if byDay[match[1]] == nil {
			days = append(days, match[1])
		}
		byDay[match[1]] = append(byDay[match[1]], e.Name())
	}
	slices.Sort(days)
	slices.Reverse(days)
	files := make([][]string, len(days))
	for i, day := range days {
		files[i] = byDay[day]
	}
	return files, nil
}

// readLines reads the events of a file that match the filter. Half a line at the end was left by a killed run, or is
// being written.
func readLines(path string, f audit.Filter, hint string) (events []audit.Event, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := unpacked(file, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	lines := bufio.NewReaderSize(plain, 256<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return events, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		if hint != "" && !bytes.Contains(line, []byte(hint)) {
			continue
		}
		e, err := audit.ParseStored(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		if f.Match(e) {
			events = append(events, e)
		}
	}
}

// unpacked decompresses what a file contains.
func unpacked(file *os.File, path string) (io.Reader, error) {
	switch {
	case strings.HasSuffix(path, ".gz"):
		return gzip.NewReader(bufio.NewReader(file))
	case strings.HasSuffix(path, ".zst"):
		return zstd.NewReader(file, zstd.WithDecoderConcurrency(1))
	}
	return file, nil
}
