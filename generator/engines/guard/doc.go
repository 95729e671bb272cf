// Package guard ends the programs that this one started, whatever ends this one.
//
//	Guard ──► Join, Wrap ──► programs in one process group ──► Close, or the end of this process ──► all of them end
//
// An engine that is killed cannot stop its providers, which then wait for ever. So a second process of this program
// leads a process group that engines join before they run anything. It holds the end of a pipe to this process, and
// kills the group when the pipe closes. On Windows, a job object that this process is in does the same.
//
// Not here: interrupting a program so that it ends by itself. That is for whoever started it.
package guard

// variable marks a hidden run of this program: as the leader of the group, or on its way to become another program.
const variable = "TERRAFORMER_ROOTLY_GUARD"
