package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/verify/roots"
)

const (
	stateFile    = "terraform.tfstate"
	lockFile     = ".terraform.lock.hcl"
	overrideFile = "zz_rootly_verify_override.tf"
	overrideText = "# Left behind by an interrupted terraformer-rootly verify. Remove this file.\nterraform {\n  backend \"local\" {}\n}\n"
)

// keepFiles makes close put back what engines write into the directory without being asked: init completes the lock
// file, and OpenTofu writes the state when a plan is interrupted.
func (s *Session) keepFiles() error {
	names := []string{lockFile}
	if !s.job.Backend {
		names = append(names, stateFile, stateFile+".backup")
	}
	for _, name := range names {
		existed, err := s.keep(filepath.Join(s.job.Dir, name))
		if err != nil {
			return fmt.Errorf("remember %s: %w", name, err)
		}
		s.locked = s.locked || (existed && name == lockFile)
	}
	return nil
}

func (s *Session) keep(path string) (existed bool, err error) {
	before, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		s.restore = append(s.restore, func() error { return removeIfThere(path) })
		return false, nil
	}
	if err != nil {
		return false, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	s.restore = append(s.restore, func() error {
		after, err := os.ReadFile(path)
		if err == nil && bytes.Equal(before, after) {
			return nil
		}
		return maybe.WriteFile(path, before, info.Mode().Perm())
	})
	return true, nil
}

// overrideBackend puts the local backend in the place of one that the code names, by a file that close removes. It says
// nothing but "local": with a path of its own the engine would move the directory's state there.
func (s *Session) overrideBackend() error {
	bodies, err := roots.Parse(s.job.Dir, roots.CodeNames, backendMention)
	if err != nil || !namesBackend(bodies) {
		return err
	}
	path := filepath.Join(s.job.Dir, overrideFile)
	s.restore = append(s.restore, func() error { return removeIfThere(path) })
	if err := os.WriteFile(path, []byte(overrideText), 0o600); err != nil {
		return fmt.Errorf("put the backend aside: %w", err)
	}
	return nil
}

// copyState gives the engine a state of its own to open, which it may lock or write.
func (s *Session) copyState() error {
	src, err := os.ReadFile(s.job.StateFile)
	if err != nil {
		return fmt.Errorf("read the state: %w", err)
	}
	if err := os.WriteFile(s.statePath(), src, 0o600); err != nil {
		return fmt.Errorf("copy the state: %w", err)
	}
	return nil
}

func (s *Session) statePath() string { return filepath.Join(s.private, stateFile) }

// provider tells what read the objects, by the lock file that init left.
func (s *Session) provider() (Provider, error) {
	if s.job.StandIn != "" {
		return Provider{StandIn: s.job.StandIn}, nil
	}
	return locked(s.job.Dir)
}

// locked reads the lock file of a directory, if there is one.
func locked(dir string) (Provider, error) {
	path := filepath.Join(dir, lockFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Provider{}, nil
	}
	file, diags := hclparse.NewParser().ParseHCLFile(path)
	if diags.HasErrors() {
		return Provider{}, fmt.Errorf("read the provider lock: %w", diags)
	}
	return lockedProvider(file.Body), nil
}

// lockedProvider finds the Rootly provider among the locked ones.
func lockedProvider(body hcl.Body) Provider {
	content, _, _ := body.PartialContent(&hcl.BodySchema{
		Blocks: []hcl.BlockHeaderSchema{{Type: "provider", LabelNames: []string{"source"}}},
	})
	for _, block := range content.Blocks {
		source := block.Labels[0]
		if filepath.Base(source) != "rootly" {
			continue
		}
		attributes, _ := block.Body.JustAttributes()
		version := cty.StringVal("")
		if attribute, ok := attributes["version"]; ok {
			version, _ = attribute.Expr.Value(nil)
		}
		return Provider{Source: source, Version: version.AsString()}
	}
	return Provider{}
}

func removeIfThere(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
