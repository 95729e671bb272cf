// Package disk changes files below one directory.
//
//	a name ──► every directory on the way to it is one, and no link ──► os.Root
//
// A directory may be a clone of somebody else's repository, with links, pipes, files of any size, and
// files that name other places. So nothing outside of it is changed: a name never leads out of the
// directory, and nothing is written, renamed or removed through a symbolic link. Only the path of the
// directory itself may contain links, since a person chose it.
//
// Files that people wrote may be links. [ReadFile] reads them; nothing writes to them.
//
// Not here: what the files say.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// The most bytes that are read of one file.
const (
	MostNote = 16 << 20  // for what this program stores for itself
	MostCode = 256 << 20 // for everything else
)

// What can be wrong with a file.
var (
	ErrLink  = errors.New("is a symbolic link")
	ErrKind  = errors.New("is not a regular file")
	ErrLarge = errors.New("is too large to be read")
	ErrName  = errors.New("leads out of its directory")
)

// A Refusal is an error about a file that cannot be used, with a hint.
type Refusal struct {
	Path    string
	Problem error // such as ErrLink
}

// Error returns one line: the path and the problem.
func (r *Refusal) Error() string { return fmt.Sprintf("%s %v", shown(r.Path), r.Problem) }

// Unwrap returns the problem.
func (r *Refusal) Unwrap() error { return r.Problem }

// Hint says what to do about it.
func (r *Refusal) Hint() string {
	switch {
	case errors.Is(r.Problem, ErrLink):
		return "nothing is written through links: remove the link, or replace it by the file that it leads to"
	case errors.Is(r.Problem, ErrName):
		return "nothing was changed; remove the file that contains this name"
	}
	return "nothing was changed; move it away and run the command again"
}

// shown is a path for a message, quoted if it could mislead a terminal.
func shown(path string) string {
	for _, c := range path {
		if c < ' ' || c == 0x7f {
			return fmt.Sprintf("%q", path)
		}
	}
	return path
}

// refused is the error about a name in a directory.
func refused(d Dir, name string, problem error) error {
	return &Refusal{Path: filepath.Join(string(d), filepath.FromSlash(name)), Problem: problem}
}

// isLink reports whether a mode is that of a symbolic link, or of its equivalents on Windows.
func isLink(mode fs.FileMode) bool { return mode&(fs.ModeSymlink|fs.ModeIrregular) != 0 }
