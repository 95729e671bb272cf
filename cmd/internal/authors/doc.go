// Package authors finds out who made a change.
//
//	changes ──► questions ──► audit log, one window ──► events ──► answers
//
// Not here: what changed. The caller knows the objects and the fields.
package authors
