// Package pgtest starts a PostgreSQL server for a test.
//
// The server is the one that is installed on the machine. Its files are in a folder of the test's
// own and gone afterwards.
//
// Not here: anything that the program itself needs.
package pgtest
