//go:build !unix

package pgtest

import "testing"

// Start skips the test: the server needs another user than the one who runs it.
func Start(t testing.TB) (address string) {
	t.Helper()
	t.Skip("SKIPPED: no PostgreSQL server can be started here")
	return ""
}
