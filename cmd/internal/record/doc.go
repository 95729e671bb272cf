// Package record turns an applied plan into an event for Rootly.
//
//	plan ──► Load ──┐
//	environment ────┼──► Account ──► pulse or incident ──► package post
//	flags, --map ───┘
//
// Run does all of it for one plan, and says what became of the event. Not here: flags, HTTP.
package record
