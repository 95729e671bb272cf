// Package auditview reports events of the audit log.
//
//	source ──► [List] ──► filtered, without credentials ──► [report.Handler]
//	       └─► [Show] ──► one event in full
//
// Not here: where events come from, how they are printed, flags.
package auditview

import "errors"

// ErrPartial says that everything was printed except events that could not be read, which were reported.
var ErrPartial = errors.New("some events could not be read")
