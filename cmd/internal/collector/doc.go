// Package collector keeps copies of the audit log.
//
//	API ──► [Sync]: rounds of reading what is new ───────────┐
//	                                                         ├──► sinks (state/auditcopy)
//	webhook ──► [Serve]: door ──► signature ──► queue ───────┘
//
// Sync runs once, or follows the log and serves metrics. Serve verifies each delivery before it keeps
// anything of it, answers when every sink has the event, and stays open to those who have the secret
// while others attack it.
//
// Not here: how a sink keeps each event once (state/auditcopy), how a page becomes events
// (providers/rootly/auditlog), flags.
package collector
