// Package acceptance holds the whole program to its promises, from outside.
//
//	sandbox ──► command line ──► files ──► engine ──► plan or apply ──► compared with the sandbox
//
// There is no code here, only tests: everything imports without a change and can be made again
// from the code alone; every change of a setting shows in the plan; requests, time and memory stay
// within bounds. What is large waits for ACCEPTANCE=1, what needs the official provider for
// PROVIDER_MIRROR.
//
// Not here: any part of the program. These tests read files, plans and reports with eyes of their
// own.
package acceptance
