// Package importer turns a live organisation into proven code.
//
//	fetch ──► link ──► render ──► stage ──► prove ──► commit
//
// Each root module goes through these stages. Not here: flags, how the report is printed, or how an organisation is
// divided into several root modules; what one of them has to know of the others comes in as Neighbours.
package importer
