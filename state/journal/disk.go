package journal

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// A disk is every way in which files of events change, so that a test can stop each of them.
type disk interface {
	// extend adds to the end of a file, made when missing, and flushes it to the medium.
	extend(path string, content []byte) error

	// cut makes a file shorter and flushes it to the medium.
	cut(path string, size int64) error
}

// realDisk is the file system of the machine.
type realDisk struct{}

var _ disk = realDisk{}

// private is the mode of what is made: the record of who did what is not for everybody.
const private fs.FileMode = 0o600

func (realDisk) extend(path string, content []byte) error {
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, private)
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
	return syncFolder(filepath.Dir(path))
}

func (realDisk) cut(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, private)
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

// sizeOf is the size of a file, and 0 when there is none.
func sizeOf(path string) (int64, error) {
	stat, err := os.Stat(path)
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return stat.Size(), nil
}

// lastByte is the end of a file that is not empty.
func lastByte(path string) (byte, error) {
	f, err := os.Open(path)
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

// syncFolder makes the names in a folder durable, where the system can.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// replace puts a small file in place of another, whole or not at all.
func replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
