package engines

import (
	"os"
	"path/filepath"
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

// sweep removes the private directories that are abandoned next to a new one: runs that were killed left them, and their
// plans hold secrets. Those of other users stay, and nothing is said about what cannot be removed. The age is by the clock
// of the file system, which made the new one, so it does not matter whether that clock and ours agree.
func sweep(private string) {
	latest, err := os.Lstat(private)
	if err != nil {
		return
	}
	dir := filepath.Dir(private)
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if !entry.IsDir() || !privateDir.MatchString(entry.Name()) {
			continue
		}
		info, err := entry.Info()
		closed := runtime.GOOS == "windows" || err == nil && info.Mode().Perm() == 0o700 // as it was made
		if err == nil && closed && latest.ModTime().Sub(info.ModTime()) > abandoned {
			_ = disk.Dir(dir).RemoveAll(entry.Name())
		}
	}
}
