// Package tidy removes import blocks whose objects are in the state.
//
//	state + import blocks ──► blocks without effect ──► files without them
//
// Not here: removed or moved blocks, and requests to Rootly.
package tidy
