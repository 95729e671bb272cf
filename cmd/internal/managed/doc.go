// Package managed finds out which objects a root module manages, now or once it is applied.
//
//	state, code by hand, import blocks ──► (a plan by the engine, where only that knows) ──► objects with addresses
//
// Not here: what follows from that for an import or for a report.
package managed
