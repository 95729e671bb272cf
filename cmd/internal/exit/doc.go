// Package exit maps errors to exit codes with a hint for the user.
//
//	error ──► Usage, WithHint ──► Code, HintOf ──► the process
//
// Not here: printing. The command line prints an error once, with its hint.
package exit
