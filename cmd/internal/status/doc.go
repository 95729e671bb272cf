// Package status reports how much of the organisation is managed.
//
//	directories, states + live objects ──► managed, unmanaged, missing, ignored
//
// Not here: plans of what is managed, which package importer asks for where code needs to be evaluated.
package status
