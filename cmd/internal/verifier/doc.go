// Package verifier plans a directory that import wrote once more.
//
//	directory or its parts ──► plan against the API ──► verdict ──► report
//
// Not here: repairs. Nothing is written.
package verifier
