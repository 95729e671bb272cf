package verify

import (
	"os"
	"regexp"
	"runtime"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

const (
	privateName = "rootly-plan-*"
	abandoned   = 24 * time.Hour // longer than any plan takes
)

// privateDir matches the names that os.MkdirTemp makes of privateName.
var privateDir = regexp.MustCompile(`^rootly-plan-[0-9]+$`)

// sweep removes private directories from before a time, which runs left that were killed: their plans hold secrets.
// Those of other users stay, and nothing is said about what cannot be removed.
func sweep(dir string, before time.Time) {
	if dir == "" {
		dir = os.TempDir()
	}
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if !entry.IsDir() || !privateDir.MatchString(entry.Name()) {
			continue
		}
		info, err := entry.Info()
		closed := runtime.GOOS == "windows" || err == nil && info.Mode().Perm() == 0o700 // as it was made
		if err == nil && closed && info.ModTime().Before(before) {
			_ = disk.Dir(dir).RemoveAll(entry.Name())
		}
	}
}
