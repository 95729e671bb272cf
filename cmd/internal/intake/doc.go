// Package intake knows what the HTTP intakes of log systems accept.
//
//	--to, --sinks ──► [Parse], [ReadFile] ──► [Target] ──► [Resolve] ──► [Sink] with a receiver
//	events ──► entry ──► batch ──► POST ──► answer ──► taken, rejected, or wait
//
// A vendor is a form: its envelope, its limits, and how its answers are read. Everything else is the
// same for all: retries, credentials, TLS. Credentials come from variables and files that a sink
// names, and go to that sink only.
//
// Not here: what waits and what was rejected (state/auditcopy), flags.
package intake
