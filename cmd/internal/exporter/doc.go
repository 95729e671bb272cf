// Package exporter writes exports for version control. It compares them too.
//
//	importer ──► code + snapshot ──► commit
//	snapshot, revision or live ──► Compare ──► changes with their authors
//
// Not here: plans. An export is not proven.
package exporter
