package engines

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// everyoneElse are the permissions of all but the owner.
const everyoneElse fs.FileMode = 0o077

// keepPrivate makes sure that nobody else can read the state that an engine is about to write to disk, and its backup:
// engines make both readable for all. It returns what is left to do after the engine has written.
func (e *environment) keepPrivate() (after func() error, err error) {
	path, err := e.localState()
	if err != nil || path == "" {
		return func() error { return nil }, err
	}
	var made []string
	for _, name := range []string{path, path + ".backup"} {
		switch _, err := os.Lstat(name); {
		case err == nil:
			if err := tighten(name); err != nil {
				return nil, err
			}
		case errors.Is(err, fs.ErrNotExist):
			dir, base := disk.Of(name)
			err := dir.Create(base, nil, 0o600) // an engine takes an empty file for no state
			if errors.Is(err, fs.ErrNotExist) {
				continue // the engine makes the directory first
			}
			if err != nil {
				return nil, fmt.Errorf("make the state private: %w", err)
			}
			made = append(made, name)
		}
	}
	return func() error {
		for _, name := range made {
			if info, err := os.Lstat(name); err == nil && info.Size() == 0 {
				dir, base := disk.Of(name)
				if err := dir.Remove(base); err != nil {
					return fmt.Errorf("remove the empty state: %w", err)
				}
			}
		}
		return errors.Join(tighten(path), tighten(path+".backup"))
	}, nil
}

// tighten takes a file's permissions from everyone but its owner. What the owner has taken away stays so.
func tighten(path string) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&everyoneElse == 0 {
		return nil // what is not there is private
	}
	dir, base := disk.Of(path)
	if err := dir.Chmod(base, info.Mode().Perm()&^everyoneElse); err != nil {
		return fmt.Errorf("make the state private: %w", err)
	}
	return nil
}

// localState is the file that the engine keeps the state in; empty for a backend that keeps it elsewhere.
func (e *environment) localState() (string, error) {
	path, workspaces := "terraform.tfstate", "terraform.tfstate.d"
	data := e.vars[dataDirVariable]
	if data == "" {
		data = ".terraform"
	}
	raw, err := os.ReadFile(e.inDir(filepath.Join(data, stateFile)))
	if err == nil {
		var chosen struct {
			Backend *struct {
				Type   string `json:"type"`
				Config struct {
					Path       string `json:"path"`
					Workspaces string `json:"workspace_dir"`
				} `json:"config"`
			} `json:"backend"`
		}
		if json.Unmarshal(raw, &chosen) == nil && chosen.Backend != nil {
			if chosen.Backend.Type != "local" {
				return "", nil
			}
			path, workspaces = cmp.Or(chosen.Backend.Config.Path, path), cmp.Or(chosen.Backend.Config.Workspaces, workspaces)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the backend: %w", err)
	}
	name, err := os.ReadFile(e.inDir(filepath.Join(data, "environment")))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the workspace: %w", err)
	}
	if workspace := strings.TrimSpace(string(name)); workspace != "" && workspace != "default" {
		path = filepath.Join(workspaces, workspace, stateFile)
	}
	return e.inDir(path), nil
}

func (e *environment) inDir(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(e.job.Dir, path)
}
