// Package upgrade turns states of the earlier tool into one current state.
//
//	old states ──► merged ──► state, moved blocks, report
//
// Not here: reading old formats, which is state/legacy.
package upgrade
