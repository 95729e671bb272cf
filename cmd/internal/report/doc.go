// Package report tells what a run does: progress on its way, a summary at its end.
//
//	stages ──► Progress ──► standard error: a live line on a terminal, plain lines otherwise
//	run    ──► Summary  ──► text for people, or one JSON document on standard output
//
// It is the only code that prints, besides help. What comes from elsewhere, such as the names of
// objects, is made harmless on its way to a terminal. Not here: any work or decision.
package report
