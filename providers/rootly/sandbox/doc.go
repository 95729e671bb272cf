// Package sandbox is a Rootly in memory, for tests, demonstrations and proofs without a network.
//
//	objects ──► Server ──► pages, single objects, includes, filters
//	writes  ──► Server ──► objects, audit events
//
// It speaks JSON:API as Rootly's OpenAPI document describes it. It does not simulate what Rootly
// does with its configuration: no alert is routed, no workflow runs and nobody is paged.
package sandbox
