// Package document reads the JSON document of a plan, of any provider.
//
//	show -json ──► Read ──► Parts: a call for each resource, output and variable, and Head
//
// The document is read as a stream, one resource at a time, since it holds every value four times and grows to hundreds
// of megabytes. Values stay JSON, which the caller interprets.
//
// Not here: the meaning of values and changes.
package document
