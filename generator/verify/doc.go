// Package verify judges a plan of generated code.
//
//	plans.Plan ──► Judge ──► Verdict: clean, or what differs, is missing or was not asked for
//	Expect     ──►           every object imported or managed without change,
//	                         nothing else in the plan
//
// Judge has no side effects. It compares the plan with what the import listed: an object counts only if the plan names it
// with its own id and no action.
//
// Not here: running engines, reading plans, changing code that does not plan clean, and printing.
package verify
