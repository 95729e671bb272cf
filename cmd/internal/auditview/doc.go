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
	Now    func() time.Time // nil: nothing is shown of how far a long reading is
}

// ErrPartial says that everything was printed but for events that could not be read, as reported.
var ErrPartial = errors.New("some events could not be read")
