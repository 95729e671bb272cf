// Package rootly reads a live Rootly organisation into resources.
//
//	catalogue ──► Fetch ──► Live ──► Decode ──► resources with literal ids ──► package graph
//	               api                 schema
//
// Fetch walks the catalogue's collections, parents before children, and keeps every object as the
// API gave it. Decode decides, attribute by attribute, what has to stand in the code so that the
// provider finds nothing to change: it emulates how the provider reads an object, then writes
// what Terraform could not infer.
//
// Not here: references between objects, names, files; and nothing here writes to the API.
package rootly
