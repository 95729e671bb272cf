// Package plans reads what engines say of a plan.
//
//	show -json        ──► Decode    ──► Plan: changes, drift, outputs
//	plan -json        ──► Stream    ──► diagnostics, objects read so far
//	messages as text  ──► ParseText ──► diagnostics
//
// The values of a plan become cty values of the loose types that JSON implies: a plan does not say which types its
// provider has. What is not known before the apply is unknown, and what must not be shown is listed by its path.
//
// Not here: running an engine, judging a plan, and knowing any provider.
package plans
