// Package change describes what a plan of any provider changes.
//
//	terraform show -json PLAN ──► document.Read ──► Read ──► Plan: counts, modules, changes as text
//	                                                 │
//	                                      marks, names, forms: what must not be shown
//
// A value is hidden when the plan marks it as sensitive, when a
// name above it says that it is a credential, when it has the form of one, or when it repeats a
// value that is hidden elsewhere. Values that are decided on apply are shown as such, and long
// values are shortened around the difference.
//
// Not here: any I/O but the reader that is given, and whether a change was expected.
package change
