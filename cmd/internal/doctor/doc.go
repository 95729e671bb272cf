// Package doctor checks what an import depends on.
//
//	Settings ──► checks of this machine and the key ──► findings ──► [report.Result]
//	         └─► assumptions about the API, one by one ──► report without names and values
//
// Every check asks the API by GET requests only. The report of the assumptions is made to be shown to others: it has paths,
// types, names of fields and counts, and nothing that an organisation chose itself.
//
// Not here: fixing anything, and flags.
package doctor
