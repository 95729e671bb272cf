package drifting

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

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/git"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/importer"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/snapshot"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A Root is a root module on disk, as the environment points at it.
type Root struct {
	Dir       string
	Data      string // what the engine knows of the directory: .terraform
	workspace string
}

// rootAt looks at a directory with the eyes of the engine.
func rootAt(w world.World, dir string) Root {
	r := Root{Dir: dir, Data: cmp.Or(w.Getenv("TF_DATA_DIR"), ".terraform")}
	if !filepath.IsAbs(r.Data) {
		r.Data = filepath.Join(dir, r.Data)
	}
	chosen, _ := disk.ReadFile(filepath.Join(r.Data, "environment"), disk.MostNote) // absent: the default one
	r.workspace = cmp.Or(w.Getenv("TF_WORKSPACE"), strings.TrimSpace(string(chosen)), "default")
	return r
}

// backend reports whether only the engine finds the state: behind a backend, or in a workspace. It refuses a
// directory that manages nothing.
func (r Root) backend() (bool, error) {
	info, err := os.Stat(r.Dir)
	if err != nil {
		return false, exit.Usage(fmt.Errorf("%s: %w", r.Dir, errors.Unwrap(err)), "give the directory of a root module")
	}
	if !info.IsDir() {
		return false, exit.Usage(fmt.Errorf("%s is not a directory", r.Dir), "give the directory of a root module")
	}
	if world.Exists(filepath.Join(r.Data, "terraform.tfstate")) {
		return true, nil
	}
	if r.workspace != "default" {
		if world.Exists(filepath.Join(r.Dir, "terraform.tfstate.d", r.workspace, "terraform.tfstate")) {
			return true, nil
		}
		return false, exit.WithHint(
			fmt.Errorf("%s has no state in the workspace %s", r.Dir, r.workspace),
			"choose another workspace with TF_WORKSPACE or workspace select, or apply first; drift compares managed objects with live ones",
		)
	}
	if world.Exists(filepath.Join(r.Dir, "terraform.tfstate")) {
		return false, nil
	}
	return false, exit.WithHint(
		fmt.Errorf("%s has neither a state nor an initialised backend", r.Dir),
		"run terraform init and terraform apply there first; drift compares managed objects with live ones",
	)
}

// remote is the type of the backend, if it is one whose workspaces run somewhere else: remote or cloud.
func (r Root) remote() string {
	raw, err := disk.ReadFile(filepath.Join(r.Data, "terraform.tfstate"), disk.MostCode)
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
func (d *Drifting) keepHere(r Root) {
	kind := r.remote()
	if kind == "" {
		return
	}
	d.Plans.Environ = append(d.Plans.Environ, "TF_FORCE_LOCAL_BACKEND=1") // known to both engines
	d.note("the state is kept by a backend of type " + kind + ", whose workspace may run remotely: this plan was made on this machine, with the variables that are set here")
}

// RunsRemotely adds to a failed plan that the workspace may have what this machine has not.
func (r Root) RunsRemotely(err error) error {
	kind := r.remote()
	if kind == "" {
		return err
	}
	return exit.WithHint(err, "the state is kept by a backend of type "+kind+", whose workspace may only run remotely: drift plans on this machine, "+
		"so give it the variables of the workspace (--var-file, TF_VAR_), or set the execution mode of the workspace to Local")
}

// window is the time in which to look for authors, and where it comes from.
func (o *Settings) window(ctx context.Context, now time.Time) (time.Time, error) {
	if o.Since != "" {
		t, err := audit.ParseTime(o.Since, now, false)
		if err != nil {
			return t, exit.Usage(fmt.Errorf("--since: %w", err), "such as 2026-01-31, 2026-01-31T12:00:00Z or 7d")
		}
		return t, nil
	}
	for _, name := range []string{importer.ProofName, snapshot.SnapshotName} {
		if at, known := git.WrittenAt(ctx, o.Dir, name); known {
			return at, nil
		}
	}
	return now.Add(-authors.DefaultWindow), nil
}
