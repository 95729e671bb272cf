package state

import (
	"io/fs"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A medium contains every way in which this package changes the file system, so that a test can let each of them fail
// or stop.
type medium interface {
	mkdir(path string, mode fs.FileMode) error
	create(path string, content []byte, mode fs.FileMode) error // a new file; not yet flushed
	link(target, path string) error                             // a symbolic link
	rename(from, to string) error
	remove(path string) error
	removeAll(path string) error
	flush(path string) error // a file or a directory, to the medium
}

// realMedium is the file system of the machine: the directory and its parent. No link is followed below the parent.
type realMedium struct{ target string }

var _ medium = realMedium{}

// at returns the directory that contains the paths, and their names in it: the target, its parent (which contains the
// staged directories), or the parent of the first path.
func (m realMedium) at(paths ...string) (disk.Dir, []string) {
	for _, dir := range []string{m.target, filepath.Dir(m.target), filepath.Dir(paths[0])} {
		var names []string
		for _, path := range paths {
			if name, err := filepath.Rel(dir, path); err == nil && name != "." && filepath.IsLocal(name) {
				names = append(names, name)
			}
		}
		if len(names) == len(paths) {
			return disk.Dir(dir), names
		}
	}
	return disk.Dir(m.target), paths // which leads out of it, and is refused
}

func (m realMedium) mkdir(path string, mode fs.FileMode) error {
	dir, names := m.at(path)
	return dir.Mkdir(names[0], mode)
}

func (m realMedium) create(path string, content []byte, mode fs.FileMode) error {
	dir, names := m.at(path)
	return dir.Create(names[0], content, mode)
}

func (m realMedium) link(target, path string) error {
	dir, names := m.at(path)
	return dir.Link(target, names[0])
}

func (m realMedium) rename(from, to string) error {
	dir, names := m.at(from, to)
	return dir.Rename(names[0], names[1])
}

func (m realMedium) remove(path string) error {
	dir, names := m.at(path)
	return dir.Remove(names[0])
}

func (m realMedium) removeAll(path string) error {
	dir, names := m.at(path)
	return dir.RemoveAll(names[0])
}

func (m realMedium) flush(path string) error {
	if rel, err := filepath.Rel(path, m.target); err == nil && filepath.IsLocal(rel) {
		return disk.Dir(path).Flush(".") // the target or a directory above, however it is reached
	}
	dir, names := m.at(path)
	return dir.Flush(names[0])
}

// nextSuffix ends the name of a file that is about to replace another.
const nextSuffix = ".next"

// replace replaces a small file completely or not at all.
func replace(m medium, path string, content []byte, mode fs.FileMode) error {
	next := path + nextSuffix
	if err := m.removeAll(next); err != nil {
		return err
	}
	if err := m.create(next, content, mode); err != nil {
		return err
	}
	if err := m.flush(next); err != nil {
		return err
	}
	return m.rename(next, path)
}
