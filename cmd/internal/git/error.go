package git

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// An Error is a git command that failed.
type Error struct {
	command, dir string
	said         string // in one line
	err          error
}

// Error is the command with git's message.
func (e *Error) Error() string { return fmt.Sprintf("git %s in %s: %s", e.command, e.dir, e.said) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.err }

// causes are messages of git, with hints.
var causes = []struct{ mark, next string }{
	{"not a git repository", "choose a directory in a git repository, or run git init"},
	{"dubious ownership", "the repository belongs to another user; if you trust it, add it to safe.directory as git says"},
	{"safe.bareRepository", "the directory is a bare repository, which could name programs to run; choose another one"},
	{"must be run in a work tree", "choose a directory in the work tree of a git repository"},
	{".lock': File exists", "wait until the other git command ends; if there is none, remove that file"},
	{"No space left", "make space on the disk"},
	{"Permission denied", "make the repository writable for this user"},
	{"ambiguous argument", revisionHint},
	{"Not a valid object name", revisionHint},
	{"not a tree object", revisionHint},
	{"unknown revision", revisionHint},
}

const revisionHint = "name a revision that this clone has; a clone with a fetch depth has only the newest: git fetch --unshallow"

// Hint is the hint for a known message.
func (e *Error) Hint() string {
	if errors.Is(e.err, exec.ErrNotFound) {
		return "install git, or add it to the PATH"
	}
	for _, c := range causes {
		if strings.Contains(e.said, c.mark) {
			return c.next
		}
	}
	return "run git " + e.command + " in " + e.dir + " to see more"
}
