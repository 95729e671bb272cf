package lock

import (
	"errors"
	"os"
	"syscall"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// errorSharingViolation is what Windows answers when a file is open elsewhere without sharing.
const errorSharingViolation = syscall.Errno(32)

// openLocked opens the file without sharing it, which is a lock that ends with the process.
func openLocked(path string) (*os.File, error) {
	dir, file := disk.Of(path)
	if err := dir.Free(file); err != nil {
		return nil, err
	}
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const access, unshared = syscall.GENERIC_READ | syscall.GENERIC_WRITE, 0
	h, err := syscall.CreateFile(name, access, unshared, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errorSharingViolation) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}

// unlock does nothing: the lock ends when the file is closed.
func unlock(*os.File) {}
