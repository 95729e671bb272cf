package verify

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSweepRemovesOnlyWhatWasAbandoned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := time.Now().Add(-48 * time.Hour)
	for name, stays := range map[string]bool{"rootly-plan-1": false, "rootly-plan-2": true, "other": true} {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "plan"), []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
		if stays && name != "other" {
			continue
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}

	sweep(dir, time.Now().Add(-abandoned))

	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 || filepath.Base(left[0]) != "other" || filepath.Base(left[1]) != "rootly-plan-2" {
		t.Errorf("left: %v", left)
	}
}
