// Package planning plans a directory against a recording or the API.
//
//	directory + Target ──► Planner ──► engines.Result, secrets masked
//	objects ──► Recording ──► replay on the loopback interface
//
// Not here: judging a plan (generator/verify) or repairing code (generator/repair).
package planning
