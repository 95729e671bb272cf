// Package overview puts an organisation, its code, its history and what is wrong with it on one page.
//
//	live organisation ──► lint ──► findings, shifts ──┐
//	                 └──► links ──► graph, settings ──┼──► page
//	directory ──► addresses, code, proof ─────────────┤
//	audit log ──► who changed what ───────────────────┘
//
// It also turns the results of other commands into pages. Whatever goes onto a page passes a veil first, since pages are
// passed on: credentials stay out.
//
// Not here: how a page looks, and flags.
package overview
