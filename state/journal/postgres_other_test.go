//go:build !unix

package journal

import "testing"

// startPostgres needs another user than the one who runs the test.
func startPostgres(t testing.TB) string {
	t.Skip("SKIPPED: no PostgreSQL server can be started here")
	return ""
}
