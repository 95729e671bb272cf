// Package overview makes a page about an organisation.
//
//	live organisation ──► lint ──► findings, shifts ──┐
//	                 └──► links ──► graph, settings ──┼──► page
//	directory ──► addresses, code, proof ─────────────┤
//	audit log ──► who changed what ───────────────────┘
//
// The page has the organisation, its code, its history and what is wrong with it. The package also turns the results of other commands into pages. Whatever goes onto a page passes a veil first, since pages are
// passed on: credentials stay out.
//
// Not here: how a page looks, and flags.
package overview
