// Package rootly reads a live Rootly organisation into resources.
//
//	catalogue ──► Fetch ──► Live ──► Decode ──► resources with literal ids ──► package graph
//	               api                 schema
//
// Fetch walks the catalogue's collections, parents before children, and keeps every object as the
// API answered it. Decode decides for each attribute whether the code needs it, so that the provider
// finds nothing to change: it emulates how the provider reads an object, then writes what Terraform
// could not infer. No type is named here: what is special about one is a field of its row.
//
// Not here: linking objects, naming them and writing files. Nothing here writes to the API.
package rootly
