// Package snapshot reads the snapshot of an exported directory.
//
//	snapshot.json ──► drift.Snapshot
//
// Not here: comparing snapshots, which is state/drift.
package snapshot
