package drifting

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// A Place is a root module on disk, under the settings of the environment.
type Place struct {
	Dir       string
	Data      string // the engine's files for the directory: .terraform
	workspace string
}

// rootAt finds the state and workspace of a directory as the engine does.
func rootAt(w world.World, dir string) Place {
	r := Place{Dir: dir, Data: cmp.Or(w.Getenv("TF_DATA_DIR"), ".terraform")}
	if !filepath.IsAbs(r.Data) {
		r.Data = filepath.Join(dir, r.Data)
	}
	chosen, _ := disk.ReadFile(filepath.Join(r.Data, "environment"), disk.MostNote) // absent: the default one
	r.workspace = cmp.Or(w.Getenv("TF_WORKSPACE"), strings.TrimSpace(string(chosen)), "default")
	return r
}

// backend reports whether only the engine finds the state: behind a backend, or in a workspace. It refuses a
// directory that manages nothing.
func (r Place) backend() (bool, error) {
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

// remote is the type of the backend, if its workspaces run elsewhere: remote or cloud.
func (r Place) remote() string {
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

// RunsRemotely adds to a failed plan that the workspace may have values that this machine lacks.
func (r Place) RunsRemotely(err error) error {
	kind := r.remote()
	if kind == "" {
		return err
	}
	return exit.WithHint(err, "the state is kept by a backend of type "+kind+", whose workspace may only run remotely: drift plans on this machine, "+
		"so give it the variables of the workspace (--var-file, TF_VAR_), or set the execution mode of the workspace to Local")
}
