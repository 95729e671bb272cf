package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A root is a root module on disk, as the environment points at it.
type root struct {
	dir       string
	data      string // what the engine knows of the directory: .terraform
	workspace string
}

// rootAt looks at a directory with the eyes of the engine.
func rootAt(w World, dir string) root {
	r := root{dir: dir, data: cmp.Or(w.Getenv("TF_DATA_DIR"), ".terraform")}
	if !filepath.IsAbs(r.data) {
		r.data = filepath.Join(dir, r.data)
	}
	chosen, _ := disk.ReadFile(filepath.Join(r.data, "environment"), disk.MostNote) // absent: the default one
	r.workspace = cmp.Or(w.Getenv("TF_WORKSPACE"), strings.TrimSpace(string(chosen)), "default")
	return r
}

// backend reports whether only the engine finds the state: behind a backend, or in a workspace. It refuses a
// directory that manages nothing.
func (r root) backend() (bool, error) {
	info, err := os.Stat(r.dir)
	if err != nil {
		return false, usage(fmt.Errorf("%s: %w", r.dir, errors.Unwrap(err)), "give the directory of a root module")
	}
	if !info.IsDir() {
		return false, usage(fmt.Errorf("%s is no directory", r.dir), "give the directory of a root module")
	}
	if exists(filepath.Join(r.data, "terraform.tfstate")) {
		return true, nil
	}
	if r.workspace != "default" {
		if exists(filepath.Join(r.dir, "terraform.tfstate.d", r.workspace, "terraform.tfstate")) {
			return true, nil
		}
		return false, advised(
			fmt.Errorf("%s has no state in the workspace %s", r.dir, r.workspace),
			"choose another by TF_WORKSPACE or workspace select, or apply there first; drift compares what is managed with what is live",
		)
	}
	if exists(filepath.Join(r.dir, "terraform.tfstate")) {
		return false, nil
	}
	return false, advised(
		fmt.Errorf("%s has neither a state nor an initialised backend", r.dir),
		"run terraform init and apply there first; drift compares what is managed with what is live",
	)
}

// remote is the type of the backend, if it is one whose workspaces run somewhere else: remote or cloud.
func (r root) remote() string {
	raw, err := disk.ReadFile(filepath.Join(r.data, "terraform.tfstate"), disk.MostCode)
	if err != nil {
		return ""
	}
	var doc struct {
		Backend struct {
			Type string `json:"type"`
		} `json:"backend"`
	}
	if json.Unmarshal(raw, &doc) != nil || doc.Backend.Type != "remote" && doc.Backend.Type != "cloud" {
		return ""
	}
	return doc.Backend.Type
}

// keepHere plans on this machine what would run somewhere else, and says so: drift starts no runs.
func (d *drifting) keepHere(r root) {
	kind := r.remote()
	if kind == "" {
		return
	}
	d.plans.environ = append(d.plans.environ, "TF_FORCE_LOCAL_BACKEND=1") // known to both engines
	d.note("the state is kept by a backend of type " + kind + ", whose workspace may run remotely: this plan was made on this machine, with the values that are known here")
}

// runsRemotely adds to a failed plan that the workspace may have what this machine has not.
func (r root) runsRemotely(err error) error {
	kind := r.remote()
	if kind == "" {
		return err
	}
	return advised(err, "the state is kept by a backend of type "+kind+", whose workspace may run remotely only: drift plans on this machine, "+
		"so give it the workspace's values (--var-file, TF_VAR_) or set the workspace's execution mode to Local")
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// valueFiles finds the files of --var-file: seen from here or, as the engine would, from the directory.
func (o *driftOptions) valueFiles() ([]string, error) {
	var files []string
	for _, name := range o.varFiles {
		here, err := filepath.Abs(name)
		if err != nil {
			return nil, fmt.Errorf("--var-file: %w", err)
		}
		switch there := filepath.Join(o.dir, name); {
		case exists(here):
			files = append(files, here)
		case !filepath.IsAbs(name) && exists(there):
			files = append(files, name)
		default:
			return nil, usage(fmt.Errorf("--var-file: there is no file %s", name), "a path from here, or from "+o.dir)
		}
	}
	return files, nil
}

// window is the time in which to look for authors, and where it comes from.
func (o *driftOptions) window(ctx context.Context, now time.Time) (time.Time, error) {
	if o.since != "" {
		t, err := audit.ParseTime(o.since, now, false)
		if err != nil {
			return t, usage(fmt.Errorf("--since: %w", err), "such as 2026-01-31, 2026-01-31T12:00:00Z or 7d")
		}
		return t, nil
	}
	for _, name := range []string{proofName, snapshotName} {
		if at, known := writtenAt(ctx, o.dir, name); known {
			return at, nil
		}
	}
	return now.Add(-defaultWindow), nil
}
