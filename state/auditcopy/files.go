package auditcopy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// files keeps events in files that only grow.
//
//	note the sizes ──► write and flush ──► note the ids, forget the sizes
//
// If it is stopped between the first step and the last, the next run finds the sizes and cuts off
// everything after them: half a line, or lines whose ids were not recorded.
type files struct {
	index  *index
	medium medium
	folder string
	lines  bool // files are text that ends with a newline

	// owns reports whether the sink writes a file of this name.
	owns func(file string) bool

	// lay says which text is appended to which file. fresh reports whether a file is empty.
	lay func(events []audit.Event, fresh func(file string) bool) (map[string][]byte, error)
}

var _ store = (*files)(nil)

func (f *files) identity() string { return f.index.self }

func (f *files) newest(ctx context.Context) (time.Time, error) { return f.index.newest(ctx) }

func (f *files) add(ctx context.Context, events []audit.Event) (added int, err error) {
	err = f.index.alone(ctx, func() error {
		if err := f.repair(ctx); err != nil {
			return err
		}
		fresh, err := f.index.news(ctx, events)
		if err != nil || len(fresh) == 0 {
			return err
		}
		added = len(fresh)
		return f.write(ctx, fresh)
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

func (f *files) write(ctx context.Context, events []audit.Event) error {
	var failed error
	texts, err := f.lay(events, func(file string) bool {
		size, err := sizeOf(filepath.Join(f.folder, file))
		failed = errors.Join(failed, err)
		return size == 0
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	sizes := map[string]int64{}
	for file := range texts {
		if sizes[file], err = f.sound(filepath.Join(f.folder, file)); err != nil {
			return err
		}
	}
	if err := f.index.intend(ctx, sizes); err != nil {
		return err
	}
	for _, file := range slices.Sorted(maps.Keys(texts)) {
		path := filepath.Join(f.folder, file)
		if err := f.medium.extend(path, texts[file]); err != nil {
			return onDisk(err, path)
		}
	}
	return f.index.confirm(ctx, events)
}

// sound returns the size of a file. A file that ends in half a line was changed by another program or lost data that
// was flushed; what is missing cannot be known.
func (f *files) sound(path string) (int64, error) {
	size, err := sizeOf(path)
	if err != nil || size == 0 || !f.lines {
		return size, onDisk(err, path)
	}
	end, err := lastByte(path)
	if err == nil && end != '\n' {
		return 0, hint.With(fmt.Errorf("%s ends in half a line, although it was written completely", path),
			"restore the files and "+f.index.path+" from a backup, or start again in an empty place with --backfill-from")
	}
	return size, onDisk(err, path)
}

// repair cuts off what an interrupted run has left.
func (f *files) repair(ctx context.Context) error {
	sizes, err := f.index.pending(ctx)
	if err != nil || len(sizes) == 0 {
		return err
	}
	for file, size := range sizes {
		if !f.owns(file) || size < 0 {
			return hint.With(fmt.Errorf("%s lists a file that no run writes: %q", f.index.path, file),
				"restore the files and "+f.index.path+" from a backup, or start again in an empty place with --backfill-from")
		}
		path := filepath.Join(f.folder, file)
		now, err := sizeOf(path)
		if err != nil {
			return onDisk(err, path)
		}
		if now < size {
			return hint.With(fmt.Errorf("%s has %d bytes but had %d: it was changed from outside", path, now, size),
				"restore the files and "+f.index.path+" from a backup, or start again in an empty place with --backfill-from")
		}
		if now == size {
			continue
		}
		if err := f.medium.cut(path, size); err != nil {
			return onDisk(err, path)
		}
	}
	return f.index.confirm(ctx, nil)
}

func (f *files) flush(context.Context) (Backlog, error) { return Backlog{}, nil }

func (f *files) close() error { return f.index.close() }
