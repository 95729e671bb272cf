// Package lock keeps a second process out for as long as the first one lives.
//
//	Acquire ──► work ──► Release, or the end of the process
//
// Not here: waiting. The second one gets an error at once.
package lock

import (
	"errors"
	"os"
)

// ErrLocked says that another process holds the lock.
var ErrLocked = errors.New("locked")

// A Lock holds an open file, so that it ends with the process in any case.
type Lock struct {
	file *os.File
}

// Acquire takes the lock at path or returns ErrLocked at once. The path must not be a link.
func Acquire(path string) (*Lock, error) {
	const attempts = 10
	for range attempts {
		f, err := openLocked(path)
		if err != nil {
			return nil, err
		}

		// The previous holder may have removed the file after we opened it.
		ours, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, err
		}
		if there, err := os.Lstat(path); err == nil && os.SameFile(ours, there) {
			return &Lock{file: f}, nil
		}
		f.Close()
	}
	return nil, ErrLocked
}

// Release ends the lock. A nil Lock has nothing to release.
func (l *Lock) Release() error {
	if l == nil || l.file == nil {
		return nil
	}
	unlock(l.file)
	err := l.file.Close()
	l.file = nil
	return err
}
