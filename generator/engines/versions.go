package engines

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// versionFiles are where programs that choose among versions of an engine look, such as tfenv, tenv, asdf and mise: in
// the directory in which the engine runs, and in those above it.
var versionFiles = []string{
	".terraform-version", ".opentofu-version", ".tool-versions", ".tfswitchrc", ".tfswitch.toml",
	"mise.toml", ".mise.toml", "mise.local.toml", ".mise.local.toml",
}

// chooseVersion makes a directory elsewhere choose the same version of an engine as another one, by links to its files.
func chooseVersion(elsewhere, dir string) error {
	for _, name := range versionFiles {
		path := nearest(existing(dir), name)
		if path == "" {
			continue
		}
		if err := disk.Dir(elsewhere).Link(path, name); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("choose the version of the engine: %w", err)
		}
	}
	return nil
}

// nearest finds a file in a directory or in those above it.
func nearest(dir, name string) string {
	for {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}
