// Package selection decides which objects a command takes.
//
//	words of the user ──► catalogue types, filters, .rootlyignore ──► objects kept
//
// Not here: reading objects, or what becomes of those that are left out.
package selection
