package state

import (
	"errors"
	"os"
)

// errLocked says that another process holds the lock.
var errLocked = errors.New("locked")

// A lock is held on an open file, so that it ends with the process whatever ends that.
type lock struct {
	file *os.File
}

// acquire takes the lock at path or says errLocked at once.
func acquire(path string) (*lock, error) {
	const attempts = 10
	for range attempts {
		f, err := openLocked(path)
		if err != nil {
			return nil, err
		}

		// The holder before us may have removed the file after we opened it.
		ours, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, err
		}
		if there, err := os.Stat(path); err == nil && os.SameFile(ours, there) {
			return &lock{file: f}, nil
		}
		f.Close()
	}
	return nil, errLocked
}

func (l *lock) release() error {
	if l == nil || l.file == nil {
		return nil
	}
	unlock(l.file)
	err := l.file.Close()
	l.file = nil
	return err
}
