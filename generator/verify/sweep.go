package verify

import (
	"os"
	"path/filepath"
	"time"
)

const (
	privateName = "rootly-plan-*"
	abandoned   = 24 * time.Hour // longer than any plan takes
)

// sweep removes private directories from before a time, which runs left that were killed: their plans hold secrets.
// Those of other users stay, and nothing is said about what cannot be removed.
func sweep(dir string, before time.Time) {
	if dir == "" {
		dir = os.TempDir()
	}
	found, _ := filepath.Glob(filepath.Join(dir, privateName))
	for _, path := range found {
		info, err := os.Lstat(path)
		if err == nil && info.IsDir() && info.ModTime().Before(before) {
			_ = os.RemoveAll(path)
		}
	}
}
