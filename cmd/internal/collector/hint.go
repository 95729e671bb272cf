package collector

import "errors"

// A problem is an error with a hint.
type problem struct {
	error
	hint string
}

func (p *problem) Unwrap() error { return p.error }

// Hint says what to do about it.
func (p *problem) Hint() string { return p.hint }

func hinted(err error, hint string) error { return &problem{err, hint} }

// hintOf finds the hint of an error.
func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}
