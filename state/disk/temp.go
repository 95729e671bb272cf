package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

// A TempError says that no temporary directory can be created.
type TempError struct {
	Dir string // in which
	Err error
}

// Error gives the directory and the cause.
func (e *TempError) Error() string {
	return fmt.Sprintf("temporary files cannot be created in %s: %v", shown(e.Dir), e.Err)
}

// Hint says what to do about it.
func (e *TempError) Hint() string {
	variable := "TMPDIR"
	if runtime.GOOS == "windows" {
		variable = "TMP"
	}
	return "set " + variable + " to a directory that exists and that you can write to"
}

// Unwrap returns the cause.
func (e *TempError) Unwrap() error { return e.Err }

// MkdirTemp makes a directory that only this user can read, like [os.MkdirTemp]. Its error is a [TempError].
func MkdirTemp(parent, pattern string) (string, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	dir, err := os.MkdirTemp(parent, pattern)
	if err != nil {
		return "", &TempError{Dir: parent, Err: bare(err)}
	}
	return dir, nil
}

// bare is an error without the path, which is reported already and is partly random.
func bare(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}
