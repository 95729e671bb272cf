// Package auditview prints events of the audit log.
//
//	source ──► [List] ──► filtered, without credentials ──► table, JSON lines, one JSON list or CSV
//	       └─► [Show] ──► one event in full
//
// Not here: where events come from, flags.
package auditview

import (
	"errors"
	"io"
	"time"
)

// A World is what a view has from its caller.
type World struct {
	Out    io.Writer
	Err    io.Writer // for notes
	Zone   *time.Location
	Getenv func(string) string
}

// ErrPartial says that everything was printed but for events that could not be read, as reported.
var ErrPartial = errors.New("some events could not be read")

// A problem is an error with a hint.
type problem struct {
	error
	hint string
}

func (p *problem) Unwrap() error { return p.error }

// Hint says what to do about it.
func (p *problem) Hint() string { return p.hint }

func hinted(err error, hint string) error { return &problem{err, hint} }
