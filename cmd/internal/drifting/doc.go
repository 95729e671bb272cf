// Package drifting reports what was changed outside of code.
//
//	plan of the root module + live objects ──► items ──► authors ──► report, code, incident
//
// Not here: the judgement of a single plan (generator/verify) or edits of code (state/drift/rewrite).
package drifting
