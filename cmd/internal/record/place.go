package record

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/pipeline"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// Directory is the path of a directory in its repository, with slashes: the same on each machine with a checkout.
// Outside of a repository it is the name alone.
func Directory(dir string) string {
	start, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for at := start; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			inside, err := filepath.Rel(at, start)
			if err != nil {
				return ""
			}
			return filepath.ToSlash(inside)
		}
		if at == filepath.Dir(at) {
			return filepath.Base(start)
		}
	}
}

// Workspace is the workspace that is selected in a directory, or nothing.
func Workspace(dir string) string {
	text, err := disk.ReadFile(filepath.Join(dir, ".terraform", "environment"), disk.MostNote)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// Name is the default name of what was planned: its workspace, its directory or its repository.
func Name(r pipeline.Run) string {
	if r.Workspace != "" && r.Workspace != "default" {
		return r.Workspace
	}
	for _, path := range []string{r.Directory, r.Repository} {
		if base := path[strings.LastIndex(path, "/")+1:]; base != "" && base != "." {
			return base
		}
	}
	return "terraform"
}
