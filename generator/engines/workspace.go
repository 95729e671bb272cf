package engines

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

const workspaceVariable = "TF_WORKSPACE"

// chooseWorkspace lets the engine work in the workspace that TF_WORKSPACE names, which terraform-exec does not pass on: by a
// data directory of our own that names it, and is the directory's own otherwise. The directory's choice stays as it is.
func (e *environment) chooseWorkspace() error {
	name := environMap(e.job.Environ)[workspaceVariable]
	if !e.job.Backend || name == "" {
		return nil
	}
	theirs := e.vars[dataDirVariable]
	if theirs == "" {
		theirs = ".terraform"
	}
	if !filepath.IsAbs(theirs) {
		theirs = filepath.Join(e.job.Dir, theirs)
	}
	ours := e.own.dataDir()
	private := disk.Dir(e.own)
	if err := private.Mkdir(filepath.Base(ours), 0o700); err != nil {
		return fmt.Errorf("make a data directory for the workspace: %w", err)
	}
	backend, err := disk.ReadFile(filepath.Join(theirs, stateFile), disk.MostCode)
	if err == nil {
		err = disk.Dir(ours).Write(stateFile, backend, 0o600)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy the settings of the backend: %w", err)
	}
	for _, shared := range []string{"modules", "providers"} {
		there := filepath.Join(theirs, shared)
		if _, err := os.Stat(there); err != nil {
			continue // init gets them
		}
		if err := disk.Dir(ours).Link(there, shared); err != nil {
			return fmt.Errorf("share %s with the workspace: %w", shared, err)
		}
	}
	if err := disk.Dir(ours).Write("environment", []byte(name), 0o600); err != nil {
		return fmt.Errorf("choose the workspace %s: %w", name, err)
	}
	e.vars[dataDirVariable] = ours
	return nil
}

// choseDataDir reports whether the user chose a data directory.
func (e *environment) choseDataDir() bool {
	return e.vars[dataDirVariable] != "" && e.vars[dataDirVariable] != e.own.dataDir()
}
