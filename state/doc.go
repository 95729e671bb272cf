// Package state keeps what outlives a run: the files of a directory and the memory of who
// wrote them.
//
//	Open ──► Reconcile ──► Stage ──► (proof, by others) ──► Commit
//	lock,    compare,      the future directory             by a journal that the
//	recover  carry over    beside the present one           next Open finishes
//
// A directory remembers, in .terraformer-rootly/manifest.json, which objects its code stands
// for and what each file looked like when it was written. From this follow the promises:
//
//   - what did not change is not written,
//   - what a person edited is not overwritten,
//   - code leaves only with an object that a complete listing no longer has,
//   - at any moment, also after a crash, the directory is the old one or the new one
//     by the time the next Open returns.
//
// Not here: what the code says, and whether it is right. Files come in as bytes.
package state
