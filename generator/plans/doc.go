// Package plans reads what engines say of a plan.
//
//	show -json        ──► Decode    ──► Plan: changes, drift, outputs
//	plan -json        ──► Stream    ──► diagnostics, objects read so far
//	messages as text  ──► ParseText ──► diagnostics
//
// The values of a plan become cty values of the loose types that JSON implies: a plan does not say which types its
// provider has. Values that are decided on apply are unknown, and sensitive values are listed by path.
//
// Not here: running an engine, judging a plan, and knowing any provider.
package plans
