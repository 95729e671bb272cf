// Package structure tests that the program has the shape that CONTRIBUTING describes.
//
//	source files ──► parsed once ──► one test per promise ──► file:line, what is wrong, what to do
//
// There is no code here, only tests: who may import whom, how large things may grow, what has to
// be documented, what no package may do. Each limit and each exception stands in a table with its
// reason, so that changing the shape is a decision somebody reads.
//
// Not here: what the program does, which is tested next to the code that does it.
package structure
