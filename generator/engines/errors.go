package engines

import (
	"errors"
	"fmt"
	"os/exec"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

// UnavailableError says that nothing could be proven because no plan could be made on this machine: no engine, one that
// is too old, a provider that cannot be installed. The code may still be right; it is "not verified".
type UnavailableError struct {
	Reason string // what is in the way
	Next   string // what the user can do about it
	Err    error  // cause, may be nil
}

// Error gives the reason and its cause.
func (e *UnavailableError) Error() string {
	if e.Err == nil || errors.Is(e.Err, exec.ErrNotFound) {
		return e.Reason
	}
	return e.Reason + ": " + e.Err.Error()
}

// Hint says what to do next.
func (e *UnavailableError) Hint() string { return e.Next }

// Unwrap returns the cause.
func (e *UnavailableError) Unwrap() error { return e.Err }

// RefusedError is a refusal by the engine that concerns no single object: code it cannot read, a backend it cannot open,
// a crash.
type RefusedError struct {
	Engine      Engine
	Step        string             // init, plan or show
	Diagnostics []plans.Diagnostic // errors first; never empty
	Next        string             // what the user can do about it
}

// Error gives the first error that the engine reported, and how many more there are.
func (e *RefusedError) Error() string {
	message := fmt.Sprintf("%s %s: %s", e.Engine.Name, e.Step, e.Diagnostics[0])
	more := len(plans.ErrorsOf(e.Diagnostics)) - 1
	if more > 0 {
		message += fmt.Sprintf(" (and %d more)", more)
	}
	return message
}

// Hint says what to do next.
func (e *RefusedError) Hint() string { return e.Next }
