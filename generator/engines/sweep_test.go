package engines

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSweepRemovesOnlyWhatWasAbandoned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	clock := time.Date(2031, time.May, 4, 0, 0, 0, 0, time.UTC) // of the file system
	for name, stays := range map[string]bool{"rootly-plan-1": false, "rootly-plan-2": true, "other": true} {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "plan"), []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := clock
		if !stays || name == "other" {
			at = clock.Add(-48 * time.Hour)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}

	sweep(filepath.Join(dir, "rootly-plan-2"))

	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 || filepath.Base(left[0]) != "other" || filepath.Base(left[1]) != "rootly-plan-2" {
		t.Errorf("left: %v", left)
	}
}
