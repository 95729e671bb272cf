package disk

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// A Dir is the path of a directory in which files are changed. Names are relative to it, with slashes or the system's
// separators.
type Dir string

// Of returns the directory that contains a path, and its name there.
func Of(path string) (Dir, string) {
	path = filepath.Clean(path)
	return Dir(filepath.Dir(path)), filepath.Base(path)
}

// in calls a function with the opened directory and the checked name.
func (d Dir) in(name string, do func(root *os.Root, name string) error) error {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return err
	}
	defer root.Close()
	name, err = d.plain(root, name)
	if err != nil {
		return err
	}
	return do(root, name)
}

// plain refuses a name that leads out of the directory or through a link, and returns it cleaned. The last element of
// the name is not checked.
func (d Dir) plain(root *os.Root, name string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", refused(d, name, ErrName)
	}
	name = path.Clean(filepath.ToSlash(name))
	for i, c := range name {
		if c != '/' {
			continue
		}
		stat, err := root.Lstat(name[:i])
		if err != nil {
			return "", err
		}
		if isLink(stat.Mode()) {
			return "", refused(d, name[:i], ErrLink)
		}
	}
	return name, nil
}

// file refuses something that exists and is not a regular file.
func (d Dir) file(root *os.Root, name string) (fs.FileInfo, error) {
	stat, err := root.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case isLink(stat.Mode()):
		return nil, refused(d, name, ErrLink)
	case !stat.Mode().IsRegular():
		return nil, refused(d, name, ErrKind)
	}
	return stat, nil
}

// Lstat describes what is at a name, without following a link.
func (d Dir) Lstat(name string) (stat fs.FileInfo, err error) {
	err = d.in(name, func(root *os.Root, name string) error {
		stat, err = root.Lstat(name)
		return err
	})
	return stat, err
}

// Free returns an error if something at a name is not a regular file.
func (d Dir) Free(name string) error {
	err := d.in(name, func(root *os.Root, name string) error {
		_, err := d.file(root, name)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Real returns an error if something at a name is not a directory.
func (d Dir) Real(name string) error {
	stat, err := d.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case isLink(stat.Mode()):
		return refused(d, name, ErrLink)
	case !stat.IsDir():
		return refused(d, name, errors.New("is not a directory"))
	}
	return nil
}

// Mkdir makes a directory.
func (d Dir) Mkdir(name string, mode fs.FileMode) error {
	return d.in(name, func(root *os.Root, name string) error { return root.Mkdir(name, mode) })
}

// Create writes a file that must not be there yet, with the mode that the umask leaves.
func (d Dir) Create(name string, content []byte, mode fs.FileMode) error {
	return d.in(name, func(root *os.Root, name string) error {
		f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return err
		}
		_, err = f.Write(content)
		return errors.Join(err, f.Close())
	})
}

// Link makes a symbolic link.
func (d Dir) Link(target, name string) error {
	return d.in(name, func(root *os.Root, name string) error { return root.Symlink(target, name) })
}

// Rename renames a file. The new name may belong to another file or link, which is replaced.
func (d Dir) Rename(from, to string) error {
	return d.in(from, func(root *os.Root, from string) error {
		to, err := d.plain(root, to)
		if err != nil {
			return err
		}
		return root.Rename(from, to)
	})
}

// Remove removes a file, a link, or an empty directory.
func (d Dir) Remove(name string) error {
	return d.in(name, func(root *os.Root, name string) error { return root.Remove(name) })
}

// RemoveAll removes what is at a name with everything in it, if it exists.
func (d Dir) RemoveAll(name string) error {
	err := d.in(name, func(root *os.Root, name string) error { return root.RemoveAll(name) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Open opens a regular file, or creates it if the flag says so.
func (d Dir) Open(name string, flag int, mode fs.FileMode) (f *os.File, err error) {
	err = d.in(name, func(root *os.Root, name string) error {
		if _, err := d.file(root, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		f, err = root.OpenFile(name, flag, mode)
		return err
	})
	return f, err
}

// Flush flushes a file or directory to the medium. The name "." is the directory itself.
func (d Dir) Flush(name string) error {
	return d.in(name, func(root *os.Root, name string) error {
		f, err := root.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := f.Sync(); err != nil && runtime.GOOS != "windows" {
			return err
		}
		return nil // Windows cannot flush what was opened for reading, nor directories at all
	})
}

// Chmod changes the mode of a file.
func (d Dir) Chmod(name string, mode fs.FileMode) error {
	return d.in(name, func(root *os.Root, name string) error {
		if _, err := d.file(root, name); err != nil {
			return err
		}
		return root.Chmod(name, mode)
	})
}

// Replace replaces the content of a file completely or not at all. The file may be new; it must not be a link.
func (d Dir) Replace(name string, content []byte, mode fs.FileMode) error {
	if err := d.Free(name); err != nil {
		return err
	}
	folder, base := path.Split(filepath.ToSlash(name))
	next := folder + "." + strings.TrimPrefix(base, ".") + "." + rand.Text()
	err := d.Create(next, content, mode)
	if before, gone := d.Lstat(name); err == nil && gone == nil && before.Mode().Perm() == mode {
		err = d.Chmod(next, mode) // as it was, whatever the umask
	}
	if err == nil {
		err = d.Flush(next)
	}
	if err == nil {
		err = d.Rename(next, name)
	}
	if err != nil {
		return errors.Join(err, d.RemoveAll(next))
	}
	return d.Flush(path.Join(".", folder))
}

// Write writes a file anew, in a directory that this program made for itself. It is not flushed.
func (d Dir) Write(name string, content []byte, mode fs.FileMode) error {
	if err := d.Free(name); err != nil {
		return err
	}
	if err := d.RemoveAll(name); err != nil {
		return err
	}
	return d.Create(name, content, mode)
}
