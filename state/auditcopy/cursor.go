package auditcopy

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/lock"
	"github.com/terraformer-rootly/terraformer-rootly/state/strict"
)

// A Cursor remembers, in a file, how far each sink has got. One process has it at a time.
type Cursor struct {
	path     string
	file     cursorV1
	lock     *lock.Lock
	repaired string
	aside    map[[sha256.Size]byte]bool // content of the file of [Cursor.Aside]; nil: not read yet
}

// cursorV1 is the file.
type cursorV1 struct {
	Version int              `json:"version"`
	Sinks   map[string]place `json:"sinks"`
}

// A place is how far one sink has got.
type place struct {
	Identity string    `json:"identity"`
	Start    time.Time `json:"start"` // nothing before it was ever requested
	At       time.Time `json:"at"`    // everything before it was there when it was read
}

const (
	cursorVersion  = 1
	previousSuffix = ".previous"
)

// OpenCursor opens or creates a cursor. A broken file is replaced by the one of the previous run. That is safe, since
// sinks know which events they have.
func OpenCursor(path string) (*Cursor, error) {
	held, err := lock.Acquire(path + ".lock")
	if errors.Is(err, lock.ErrLocked) {
		return nil, hint.With(fmt.Errorf("open cursor %s: another sync is using it", path), "wait until it ends, or give this one its own --cursor")
	}
	if err != nil {
		return nil, fmt.Errorf("open cursor: %w", onDisk(err, path))
	}
	c := &Cursor{path: path, lock: held}
	if err := c.load(); err != nil {
		_ = held.Release()
		return nil, err
	}
	return c, nil
}

func (c *Cursor) load() error {
	file, err := readCursor(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		c.file = cursorV1{Version: cursorVersion, Sinks: map[string]place{}}
		return nil
	}
	if errors.Is(err, errBroken) {
		previous, again := readCursor(c.path + previousSuffix)
		if again != nil {
			return hint.With(fmt.Errorf("open cursor %s: %w", c.path, err),
				"restore it from a backup, or delete it: a sink with events continues after its newest event, and gets no event twice")
		}
		c.repaired = fmt.Sprintf("cursor %s was broken (%v); continuing from the cursor of the previous run", c.path, err)
		c.file = previous
		c.rename()
		return nil
	}
	if err != nil {
		return fmt.Errorf("open cursor: %w", err)
	}
	c.file = file
	if c.rename() {
		if err := c.write(c.path); err != nil {
			return err
		}
	}
	return c.write(c.path + previousSuffix)
}

var errBroken = errors.New("not a cursor")

func readCursor(path string) (cursorV1, error) {
	dir, name := disk.Of(path)
	content, err := dir.Read(name, disk.MostNote)
	if err != nil {
		return cursorV1{}, err
	}
	file, err := strict.Decode[cursorV1](content)
	if err != nil {
		return file, fmt.Errorf("%w: %w", errBroken, err)
	}
	if file.Version > cursorVersion {
		return file, hint.With(fmt.Errorf("%s has version %d, but this program supports %d: %w", path, file.Version, cursorVersion, ErrSchema),
			"use the newer version of this program that wrote it")
	}
	if file.Version != cursorVersion || file.Sinks == nil {
		return file, fmt.Errorf("%w: no version or no sinks", errBroken)
	}
	return file, nil
}

// Repaired says what was wrong with the file; empty if nothing was.
func (c *Cursor) Repaired() string { return c.repaired }

// Close releases the cursor for other processes.
func (c *Cursor) Close() error { return c.lock.Release() }

// rename gives endpoints their present names. Earlier versions used the whole address, which may contain a credential.
func (c *Cursor) rename() (changed bool) {
	for _, from := range slices.Sorted(maps.Keys(c.file.Sinks)) {
		to := from
		if u, _ := parsed(from); u != nil {
			to = Name(from)
		}
		if from == to {
			continue
		}
		if _, there := c.file.Sinks[to]; !there {
			c.file.Sinks[to] = c.file.Sinks[from]
		}
		delete(c.file.Sinks, from)
		changed = true
	}
	return changed
}

// set records the place of a sink durably.
func (c *Cursor) set(name string, p place) error {
	if c.file.Sinks[name] == p {
		return nil
	}
	c.file.Sinks[name] = p
	return c.write(c.path)
}

// write replaces a file completely or not at all.
func (c *Cursor) write(path string) error {
	content, err := json.MarshalIndent(c.file, "", "  ")
	if err != nil {
		return err
	}
	dir, name := disk.Of(path)
	if err := dir.Replace(name, append(content, '\n'), private); err != nil {
		return fmt.Errorf("write cursor: %w", onDisk(err, path))
	}
	return nil
}

// Aside is the file with data that could not be read as events, one JSON text a line. It exists only if there is such
// data.
func (c *Cursor) Aside() string { return c.path + ".unreadable.ndjson" }

// setAside stores a JSON text durably, unless it is stored already.
func (c *Cursor) setAside(raw json.RawMessage) (fresh bool, err error) {
	var line bytes.Buffer
	if err := json.Compact(&line, raw); err != nil {
		return false, fmt.Errorf("keep data that is not JSON: %w", err)
	}
	if c.aside == nil {
		if err := c.readAside(); err != nil {
			return false, fmt.Errorf("keep data that is not an event: %w", onDisk(err, c.Aside()))
		}
	}
	sum := sha256.Sum256(line.Bytes())
	if c.aside[sum] {
		return false, nil
	}
	if err := (realMedium{}).extend(c.Aside(), append(line.Bytes(), '\n')); err != nil {
		return false, fmt.Errorf("keep data that is not an event: %w", onDisk(err, c.Aside()))
	}
	c.aside[sum] = true
	return true, nil
}

// readAside reads what was set aside. Half a line at the end, left by a crash, is cut off: its data is read again,
// since the cursor did not move.
func (c *Cursor) readAside() error {
	dir, name := disk.Of(c.Aside())
	content, err := dir.Read(name, disk.MostCode)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	whole := bytes.LastIndexByte(content, '\n') + 1
	if whole < len(content) {
		if err := (realMedium{}).cut(c.Aside(), int64(whole)); err != nil {
			return err
		}
	}
	c.aside = map[[sha256.Size]byte]bool{}
	for line := range bytes.Lines(content[:whole]) {
		c.aside[sha256.Sum256(bytes.TrimSuffix(line, []byte{'\n'}))] = true
	}
	return nil
}
