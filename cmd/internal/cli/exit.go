package cli

import (
	"context"
	"errors"
)

// The exit codes. They are part of the interface: scripts are users too.
const (
	exitDone    = 0  // done
	exitFailed  = 1  // failed; nothing was written
	exitDiffers = 2  // the plan, a diff or a check found differences
	exitPartial = 3  // done, but something that was asked for could not be read
	exitUsage   = 64 // the command line makes no sense
)

// exitText is the part of the help that explains them.
const exitText = `Exit status:
  0   done
  1   failed; nothing was written
  2   differences: the plan is not clean, or a check found some
  3   partial: something that was asked for could not be read
  64  usage`

// A fault is an error with an exit code and advice.
type fault struct {
	code int
	hint string
	err  error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }
func (f *fault) Hint() string  { return f.hint }

// usage makes the error for a command line that makes no sense.
func usage(err error, hint string) error {
	return &fault{code: exitUsage, hint: hint, err: err}
}

// advised adds advice to an error.
func advised(err error, hint string) error {
	return &fault{code: exitFailed, hint: hint, err: err}
}

// An outcome ends a command that did its work with a code other than 0. It prints nothing, since
// the report has told already.
type outcome int

func (o outcome) Error() string { return "see the report" }

// codeOf maps an error to its exit code.
func codeOf(err error) int {
	var o outcome
	var f *fault
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &o):
		return int(o)
	case errors.As(err, &f):
		return f.code
	}
	return exitFailed
}

// hintOf finds the advice that an error or one that it wraps carries.
func hintOf(err error) string {
	if errors.Is(err, context.Canceled) {
		return "nothing was written; run the command again to start over"
	}
	if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
		return h.Hint()
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return hintOf(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			if hint := hintOf(part); hint != "" {
				return hint
			}
		}
	}
	return ""
}
