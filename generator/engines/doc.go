// Package engines runs an engine, Terraform or OpenTofu, in a directory.
//
//	Find ──► Open ──► Session.Plan ──► Close
//	terraform         init,            everything as it was found
//	or tofu           plan -json,
//	                  show -json
//
// A [Session] reads its plan by package plans, with one init for many plans. The engine validates the code as the first
// step of planning, so there is no step of its own for that. Plan files hold secrets: they live in a private directory
// that is removed by Close, whatever happened. [PullState] and [PushState] read and write the state of a directory,
// and [Session.Culprit] finds the object at which a provider crashes.
//
// Not here: judging a plan, reading the API, printing, and applying anything.
package engines
