package auditcopy

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A medium is every way in which files of events change, so that a test can stop each of them.
type medium interface {
	// extend appends to a file, creates it if it is missing, and flushes it to the medium.
	extend(path string, content []byte) error

	// cut makes a file shorter and flushes it to the medium.
	cut(path string, size int64) error
}

// realMedium is the file system of the machine.
type realMedium struct{}

var _ medium = realMedium{}

// private is the file mode: an audit log is not for everybody.
const private fs.FileMode = 0o600

func (realMedium) extend(path string, content []byte) error {
	dir, name := disk.Of(path)
	_, missing := dir.Lstat(name)
	f, err := dir.Open(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, private)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil || missing == nil {
		return err
	}
	return dir.Flush(".")
}

func (realMedium) cut(path string, size int64) error {
	dir, name := disk.Of(path)
	f, err := dir.Open(name, os.O_WRONLY, private)
	if err != nil {
		return err
	}
	if err := f.Truncate(size); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// sizeOf is the size of a regular file, and 0 if there is none.
func sizeOf(path string) (int64, error) {
	dir, name := disk.Of(path)
	stat, err := dir.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err = errors.Join(err, dir.Free(name)); err != nil {
		return 0, err
	}
	return stat.Size(), nil
}

// lastByte is the end of a file that is not empty.
func lastByte(path string) (byte, error) {
	dir, name := disk.Of(path)
	f, err := dir.Open(name, os.O_RDONLY, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, err := f.Seek(-1, io.SeekEnd); err != nil {
		return 0, err
	}
	var b [1]byte
	_, err = io.ReadFull(f, b[:])
	return b[0], err
}
