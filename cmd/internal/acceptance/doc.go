// Package acceptance tests the whole program from outside.
//
//	sandbox ──► command line ──► files ──► engine ──► plan or apply ──► compared with the sandbox
//
// There is no code here, only tests: everything imports without a change and can be created again
// from the code alone; every change of a setting shows in the plan; requests, time and memory stay
// within limits. Large tests need ACCEPTANCE=1, and tests with the official provider need
// PROVIDER_MIRROR.
//
// Not here: any part of the program. These tests have their own readers of files, plans and reports.
package acceptance
