// Package importer turns a live organisation into proven code.
//
//	Fetch       API     ──► Live       objects of the organisation
//	Link        Share   ──► Linked     what one root module has of them, as a graph with references
//	Render      Linked  ──► files      in memory
//	Stage       files   ──► Staged     a private copy next to the directory
//	Prove       Staged  ──► Proof      what its plan says, and the repairs
//	Commit      Proof   ──► directory  and the state
//
// Each stage takes the value of the one before it and returns one, which is not changed afterwards. A Root is the locked
// directory that they are about. Summarize makes the report of the last value. Not here: flags, how the report is printed, or
// how an organisation is divided into several root modules; each of these goes through the same stages with its own Share.
package importer
