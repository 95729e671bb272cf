// Package private makes directories for one user, which do not outlive their owner for long.
//
//	Make ──► files ──► Close, or the end of the process and the next Make of that name
//
// Not here: what the files say.
package private

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/lock"
)

// ownerName is the file that the owner of a directory locks.
const ownerName = ".owner"

// A Dir is a private directory. The zero value is none.
type Dir struct {
	path  string
	owner *lock.Lock
}

// prefix begins the names of all private directories.
const prefix = "terraformer-rootly-"

// named matches those names.
var named = regexp.MustCompile("^" + prefix + "[a-z]+-[0-9]+$")

// Make makes a directory in parent, or in the system's place for temporary files if parent is empty. It sweeps there
// first. The kind is part of its name.
func Make(parent, kind string) (*Dir, error) {
	parent = cmp.Or(parent, os.TempDir())
	Sweep(parent)
	const attempts = 10
	var err error
	for range attempts {
		var path string
		if path, err = disk.MkdirTemp(parent, prefix+kind+"-*"); err != nil { // 0700
			return nil, err // the error says everything
		}
		d := &Dir{path: path}
		d.owner, err = lock.Acquire(filepath.Join(path, ownerName))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, lock.ErrLocked) {
			continue // another process took it for one without an owner
		}
		return d, nil // without a lock where the file system has none: other runs do not remove it then
	}
	return nil, fmt.Errorf("make a private directory: %w", err)
}

// Path is where the directory is.
func (d *Dir) Path() string { return d.path }

// Write writes a file that only this user can read, and returns its path.
func (d *Dir) Write(name string, content []byte) (string, error) {
	return filepath.Join(d.path, name), disk.Dir(d.path).Write(name, content, 0o600)
}

// Close removes the directory, if there is one.
func (d *Dir) Close() error {
	if d == nil {
		return nil
	}
	return remove(d.path, d.owner)
}

// remove releases the lock last, so that a half-removed directory can still be recognised.
func remove(path string, owner *lock.Lock) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return owner.Release()
	}
	for _, entry := range entries {
		if entry.Name() != ownerName {
			err = errors.Join(err, disk.Dir(path).RemoveAll(entry.Name()))
		}
	}
	parent, name := disk.Of(path)
	if err == nil {
		err = owner.Release()
	}
	if err == nil {
		err = parent.RemoveAll(name)
	}
	return err
}

// Sweep removes the directories in parent whose owner has ended: a killed run left them, and they may contain secrets.
// What it cannot remove stays, without a message: it may belong to another user.
func Sweep(parent string) {
	parent = cmp.Or(parent, os.TempDir())
	entries, _ := os.ReadDir(parent)
	for _, entry := range entries {
		if !entry.IsDir() || !named.MatchString(entry.Name()) {
			continue
		}
		path := filepath.Join(parent, entry.Name())
		if disk.Dir(parent).Remove(entry.Name()) == nil {
			continue // its owner was killed before it wrote anything, or another one is being made
		}
		if _, err := disk.Dir(path).Lstat(ownerName); err != nil {
			continue
		}
		if owner, err := lock.Acquire(filepath.Join(path, ownerName)); err == nil {
			_ = remove(path, owner)
		}
	}
}
