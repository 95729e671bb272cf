package state

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A Refusal is an error that says why a directory was not touched, with a hint.
type Refusal struct {
	Path    string // the directory or file in question
	Problem string
	advice  string
	cause   error
}

// Error returns one line: the path and the problem.
func (r *Refusal) Error() string {
	s := r.Path + ": " + r.Problem
	if r.cause != nil {
		s += ": " + r.cause.Error()
	}
	return s
}

// Hint says what to do about it.
func (r *Refusal) Hint() string { return r.advice }

// Unwrap returns the cause, if there is one.
func (r *Refusal) Unwrap() error { return r.cause }

const (
	hintForce     = "--force overwrites it; or choose another directory with -o"
	hintElsewhere = "choose a directory that can be written to, with -o"
)

// diskError wraps an error of the file system once, with a hint.
func diskError(operation, path string, err error) error {
	if err == nil {
		return nil
	}
	var refusal *Refusal
	var stands *disk.Refusal
	switch {
	case errors.As(err, &refusal):
		return err
	case errors.As(err, &stands):
		return stands
	}
	advice := "nothing was changed; run it again when the file system allows it"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		advice = "free some disk space and run it again; no file was left half-written"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		advice = hintElsewhere
	case errors.Is(err, syscall.ENOTDIR):
		advice = "a part of the path is a file; choose another directory with -o"
	}
	return &Refusal{Path: path, Problem: operation, advice: advice, cause: rootCause(err)}
}

// rootCause strips the path that errors of package os repeat.
func rootCause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// listed joins names for an error: all if they are few, otherwise the first ones with a count.
func listed(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
