// Package verify proves generated code with a real plan.
//
// The flow is:
//
//	FindEngine ──► Plan ──► Judge
//	terraform      init,    every object imported or managed without change,
//	or tofu        plan,    nothing else in the plan
//	               show
//
// Plan runs the engine in the directory of a [Job] and reads its plan as JSON. The engine validates the code as the first
// step of planning, so there is no step of its own for that. Plan files hold secrets: they live in a private directory
// that is removed before Plan returns, whatever happened.
//
// Judge is pure. It compares what the plan says with what the import listed, and nothing is taken on trust: an object
// counts only when the plan names it with its own id and no action.
//
// Not here: changing code that does not plan clean, reading the API, printing, and applying anything.
package verify
