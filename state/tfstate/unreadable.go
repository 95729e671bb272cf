package tfstate

import "errors"

// ErrEncrypted says that a state can only be read by the engine that encrypted it.
var ErrEncrypted = errors.New("the state is encrypted")

// An Unreadable is an error about a file that is no state, or none that this program can read.
type Unreadable struct {
	Reason string
	Next   string // what to do about it
	Err    error  // cause, may be nil
}

// Error gives the reason and its cause.
func (u *Unreadable) Error() string {
	if u.Err == nil {
		return "read state: " + u.Reason
	}
	return "read state: " + u.Reason + ": " + u.Err.Error()
}

// Hint says what to do next.
func (u *Unreadable) Hint() string { return u.Next }

// Unwrap returns the cause.
func (u *Unreadable) Unwrap() error { return u.Err }
