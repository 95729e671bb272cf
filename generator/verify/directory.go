package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"
)

const (
	lockFile     = ".terraform.lock.hcl"
	overrideFile = "rootly_verify_override.tf"
)

// keepLock makes close put the directory's lock file back as it is now, and reports whether there is one.
func (s *session) keepLock() (bool, error) {
	path := filepath.Join(s.job.Dir, lockFile)
	before, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.restore = append(s.restore, func() error { return removeIfThere(path) })
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read the provider lock: %w", err)
	}

	s.restore = append(s.restore, func() error {
		after, err := os.ReadFile(path)
		if err == nil && bytes.Equal(before, after) {
			return nil
		}
		return os.WriteFile(path, before, 0o644)
	})
	return true, nil
}

// overrideBackend puts a local backend in the place of the one that the code names, for a plan that must not ask it.
func (s *session) overrideBackend() error {
	if s.job.Backend {
		return nil
	}
	bodies, err := parseFiles(s.job.Dir, backendMention)
	if err != nil || !namesBackend(bodies) {
		return err
	}
	path := filepath.Join(s.job.Dir, overrideFile)
	text := "terraform {\n  backend \"local\" {}\n}\n"
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("put the backend aside: %w", err)
	}
	s.restore = append(s.restore, func() error { return removeIfThere(path) })
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("put the backend aside: %w", err)
	}
	return nil
}

// copyState puts the state to plan against into the private directory: a plan should not write it, but OpenTofu does
// when it is interrupted.
func (s *session) copyState() error {
	if s.job.Backend {
		return nil
	}
	from, optional := s.job.StateFile, false
	if from == "" {
		from, optional = filepath.Join(s.job.Dir, "terraform.tfstate"), true
	}
	src, err := os.ReadFile(from)
	switch {
	case optional && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("read the state: %w", err)
	}
	if err := os.WriteFile(s.statePath(), src, 0o600); err != nil {
		return fmt.Errorf("copy the state: %w", err)
	}
	return nil
}

func (s *session) statePath() string { return filepath.Join(s.private, "terraform.tfstate") }

// refuseWorkspace stops where the user has chosen a workspace in a way that terraform-exec does not pass on.
func (s *session) refuseWorkspace() error {
	name := environMap(s.job.Environ)["TF_WORKSPACE"]
	if !s.job.Backend || name == "" || name == "default" {
		return nil
	}
	return &UnavailableError{
		Reason: "TF_WORKSPACE=" + name + " cannot be passed on to the engine",
		Next:   fmt.Sprintf("unset it and choose the workspace with: %s workspace select %s", s.job.Engine.Name, name),
	}
}

// provider tells what read the objects, by the lock file that init left.
func (s *session) provider() (Provider, error) {
	if s.job.StandIn != "" {
		return Provider{StandIn: s.job.StandIn}, nil
	}
	path := filepath.Join(s.job.Dir, lockFile)
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
