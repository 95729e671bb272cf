// Package importer turns a live organisation into proven code.
//
//	fetch ──► link ──► render ──► stage ──► prove ──► commit
//
// Each root module goes through these stages. What a stage finds out is a type of its own, in stages.go, whose methods
// see the stages before it and none after. Not here: flags, how the report is printed, or how an organisation is divided
// into several root modules; what one of them has to know of the others comes in as Neighbours.
package importer
