// Package intaketest imitates the intakes of log systems, for tests.
//
//	POST ──► authentication ──► envelope, sizes ──► events by id ──► the vendor's answer
//
// It enforces what the vendors document, and shares no code with what it tests: an imitation that
// did would agree with it in its mistakes. Faults lose requests, and answers to requests that were
// taken.
//
// Not here: what the vendors do with events later.
package intaketest
