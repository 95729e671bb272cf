// Package importer turns a live organisation into proven code.
//
//	fetch ──► link ──► render ──► stage ──► prove ──► commit
//
// A whole directory goes through these stages once; with --split-by, each part goes through the last four. Not here:
// flags, or how the report is printed.
package importer
