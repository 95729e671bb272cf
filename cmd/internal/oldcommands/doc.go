// Package oldcommands translates the command lines of the earlier tool.
//
//	flags as they were given ──► Translate ──► Line: current arguments, removed flags, notes
//
// An old command line either runs with the meaning that it had, or ends in one error that names
// the new form. Not here: which flags there are and how they are bound, which is the command line.
package oldcommands
