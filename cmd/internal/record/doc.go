// Package record turns an applied plan into an event for Rootly.
//
//	plan ──► Load ──┐
//	environment ────┼──► Account ──► pulse or incident ──► package post
//	flags, --map ───┘
//
// Not here: flags, printing, HTTP.
package record
