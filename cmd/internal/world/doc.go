// Package world is what a command may touch outside of its arguments.
//
//	System ──► World: streams, environment, clock ──► commands
//
// Not here: files or connections. A command opens those that its settings name.
package world
