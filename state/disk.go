package state

import (
	"io/fs"
	"os"
	"runtime"
)

// A disk is every way in which this package changes the file system, so that a test can
// fail or stop each of them.
type disk interface {
	mkdir(path string, mode fs.FileMode) error
	create(path string, content []byte, mode fs.FileMode) error // a new file; not yet flushed
	link(target, path string) error                             // a symbolic link
	rename(from, to string) error
	remove(path string) error
	removeAll(path string) error
	flush(path string) error // a file or a directory, to the medium
}

// realDisk is the file system of the machine.
type realDisk struct{}

var _ disk = realDisk{}

func (realDisk) mkdir(path string, mode fs.FileMode) error { return os.Mkdir(path, mode) }
func (realDisk) link(target, path string) error            { return os.Symlink(target, path) }
func (realDisk) rename(from, to string) error              { return os.Rename(from, to) }
func (realDisk) remove(path string) error                  { return os.Remove(path) }
func (realDisk) removeAll(path string) error               { return os.RemoveAll(path) }

func (realDisk) create(path string, content []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	// The umask may have taken bits away, and never shall leave a secret readable.
	if err := f.Chmod(mode); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func (realDisk) flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		// Windows cannot flush what was opened for reading, nor directories at all.
		if runtime.GOOS == "windows" {
			return nil
		}
		return err
	}
	return nil
}

// nextSuffix ends the name of a file that is about to replace another.
const nextSuffix = ".next"

// replace puts a small file in place of another, whole or not at all.
func replace(d disk, path string, content []byte, mode fs.FileMode) error {
	next := path + nextSuffix
	if err := d.removeAll(next); err != nil {
		return err
	}
	if err := d.create(next, content, mode); err != nil {
		return err
	}
	if err := d.flush(next); err != nil {
		return err
	}
	return d.rename(next, path)
}
