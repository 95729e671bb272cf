// Package generator renders a graph as Terraform code.
//
//	graph ──► units ──► blocks ──► text, in parallel ──► files ──► []File
//	          (a top-level object    (HCL or JSON)       (by the layout and by
//	          with its children)                         where things stood before)
//
// A block is built once, as values overlaid with expressions, and printed by one of two printers.
// The HCL printer writes the layout of `terraform fmt`, so that no formatting pass is needed: that
// pass would cost more than everything else a run does.
//
// Not here: any I/O, and any decision about what belongs into the code. The Config of a resource
// is written exactly as it is.
package generator
