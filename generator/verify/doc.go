// Package verify judges a plan of generated code.
//
//	plans.Plan ──► Judge ──► Verdict: clean, or what differs, is missing or was not asked for
//	Expect     ──►           every object imported or managed without change,
//	                         nothing else in the plan
//
// Judge is pure. It compares what the plan says with what the import listed, and nothing is taken on trust: an object
// counts only when the plan names it with its own id and no action.
//
// Not here: running engines, reading plans, changing code that does not plan clean, and printing.
package verify
