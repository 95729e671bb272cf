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
func (s *Session) chooseWorkspace() error {
	name := environMap(s.job.Environ)[workspaceVariable]
	if !s.job.Backend || name == "" {
		return nil
	}
	theirs := s.env[dataDirVariable]
	if theirs == "" {
		theirs = ".terraform"
	}
	if !filepath.IsAbs(theirs) {
		theirs = filepath.Join(s.job.Dir, theirs)
	}
	ours := s.dataDir()
	private := disk.Dir(s.private)
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
	s.env[dataDirVariable] = ours
	return nil
}

// dataDir is where the engine keeps what it knows of the directory, where that is not the directory's own.
func (s *Session) dataDir() string { return filepath.Join(s.private, "data") }

// choseDataDir tells whether the user did.
func (s *Session) choseDataDir() bool {
	return s.env[dataDirVariable] != "" && s.env[dataDirVariable] != s.dataDir()
}
