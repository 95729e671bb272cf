package exit

import (
	"context"
	"errors"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// The exit codes. They are part of the interface: scripts are users too.
const (
	Done     = 0  // done
	Failed   = 1  // failed; nothing was written, unless the message says what was
	Differs  = 2  // the plan, a diff or a check found differences
	Partial  = 3  // done, but something that was requested could not be read
	BadUsage = 64 // usage error
)

// Text is the part of the help about exit codes.
const Text = `Exit status:
  0   done
  1   failed; nothing was written, unless the message says what was
  2   differences: the plan is not clean, or a check found differences
  3   partial: something that was requested could not be read
  64  usage error`

// A Fault is an error with an exit code and a hint.
type Fault struct {
	code  int
	hint  string
	err   error
	begun bool // something was written before it
}

// Error is the text of the error itself.
func (f *Fault) Error() string { return f.err.Error() }

// Unwrap returns the error itself.
func (f *Fault) Unwrap() error { return f.err }

// Hint is what the user can do next.
func (f *Fault) Hint() string { return f.hint }

// Usage is the error for a wrong command line.
func Usage(err error, hint string) error {
	return &Fault{code: BadUsage, hint: hint, err: err}
}

// WithHint adds a hint to an error that ends the command.
func WithHint(err error, hint string) error {
	return &Fault{code: Failed, hint: hint, err: err}
}

// Begun is the error of a command that wrote something before it failed. Its hint also stands after an interrupt.
func Begun(err error, hint string) error {
	return &Fault{code: Failed, hint: hint, err: err, begun: true}
}

// A Status ends a command that did its work with a code other than 0. It prints nothing, since the report was printed
// already.
type Status int

// Error says where to look; nobody prints it.
func (o Status) Error() string { return "see the report" }

// Code maps an error to its exit code.
func Code(err error) int {
	var o Status
	var f *Fault
	switch {
	case err == nil:
		return Done
	case errors.As(err, &o):
		return int(o)
	case errors.As(err, &f):
		return f.code
	}
	return Failed
}

// HintOf finds the hint of an error, or of one that it wraps.
func HintOf(err error) string {
	if f := (*Fault)(nil); errors.As(err, &f) && f.begun {
		return f.hint
	}
	if errors.Is(err, context.Canceled) {
		return "nothing was written; run the command again to start over"
	}
	return hint.Of(err)
}
