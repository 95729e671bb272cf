// Package auditcopy keeps a complete copy of the audit record.
//
//	API ──► Sync ──► Sink ──► SQLite, PostgreSQL, NDJSON, CSV, a stream, an endpoint
//	          │        ▲
//	          ▼        └── events that a webhook brought
//	        Cursor
//
// # Exactly once
//
// Sync reads in the order of created_at and reads the last stretch again each time, since events
// can appear late. A sink accepts each id once, for as long as it exists. The cursor moves only
// after the sink has the events on the medium. So the next run continues a killed run, and reading
// something twice is harmless.
//
// The guarantee depends on the kind of sink:
//
//   - SQLite and PostgreSQL: the id is the primary key. Exactly once.
//   - NDJSON and CSV: an index of ids next to the files. What a killed run left half-written is cut
//     off before the next write. Exactly once.
//   - A stream or an endpoint: each event enters a durable queue exactly once and leaves it when
//     the receiver has acknowledged it. A run that is killed between the acknowledgement and the
//     note of it sends that one batch again, unchanged and under the same key. For stdout the
//     acknowledgement is that the pipe took the bytes; what its reader does with them is unknown.
//     An event that the receiver will never take is set aside in the queue's database.
//
// An event that appears later than the overlap, counted from the newest event known by then, is
// missed by the next run. A backfill over that time finds it.
//
// Not here: the API, HTTP, what an event means.
package auditcopy
