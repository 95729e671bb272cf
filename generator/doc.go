// Package generator renders a graph as Terraform code.
//
//	graph ──► units ──► blocks ──► text, in parallel ──► files ──► []File
//	          (a top-level object    (HCL or JSON)       (by the layout and by
//	          with its children)                         where things stood before)
//
// A block is built once, as values with expressions laid over them, and printed by one of two
// printers. The HCL printer writes what `terraform fmt` would leave, so that no formatting pass
// is needed: that pass costs more than everything else a run does.
//
// Not here: any I/O, and any decision about what belongs into the code. What a resource's
// Config holds is written, no more and no less.
package generator
