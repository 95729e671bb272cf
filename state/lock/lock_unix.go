//go:build unix

package lock

import (
	"errors"
	"os"
	"syscall"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// openLocked opens the file and locks it for this open file only.
func openLocked(path string) (*os.File, error) {
	dir, name := disk.Of(path)
	f, err := dir.Open(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, err
	}
	return f, nil
}

// unlock ends the lock even if a process that is just being started still shares the open file. Closing the file would
// not.
func unlock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
