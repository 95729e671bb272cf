// Package hint gives an error the next action.
//
//	error ──► With ──► the same error, with a hint ──► Of ──► the line below the error
//
// Not here: printing, exit codes. An error of another package has a hint too if it has the method Hint.
package hint

// hinted is an error with a hint.
type hinted struct {
	error
	hint string
}

// Unwrap returns the error itself.
func (h *hinted) Unwrap() error { return h.error }

// Hint is what the user can do next.
func (h *hinted) Hint() string { return h.hint }

// With adds a hint to an error.
func With(err error, text string) error { return &hinted{err, text} }

// Of finds the hint that an error or one that it wraps has: the outermost that says something.
func Of(err error) string {
	if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
		return h.Hint()
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return Of(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			if text := Of(part); text != "" {
				return text
			}
		}
	}
	return ""
}
