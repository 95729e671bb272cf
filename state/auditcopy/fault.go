package auditcopy

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// ErrSchema says that a store was made by another version of this program, or by another program.
var ErrSchema = errors.New("of another schema")

// ErrReplaced says that a sink is not the one that the cursor has followed.
var ErrReplaced = errors.New("not the sink in the cursor")

// onDisk adds a hint to errors of the disk.
func onDisk(err error, path string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return hint.With(err, "free some space for "+path+" and run the command again: it continues where it stopped")
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return hint.With(err, "make "+path+" writable for this user, or choose another place with --to")
	case errors.Is(err, fs.ErrNotExist):
		return hint.With(err, "the folder of "+path+" must exist; a volume may not be mounted")
	}
	return err
}

// keepErr wraps an error with the name of the sink.
func keepErr(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", op, name, err)
}
