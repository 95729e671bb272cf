package engines

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

const dataDirVariable = "TF_DATA_DIR"

// KeepsStateElsewhere reports whether a directory's state is anywhere but in its terraform.tfstate: behind a backend, or
// in a workspace.
func KeepsStateElsewhere(dir string) (bool, error) {
	bodies, err := roots.Parse(dir, roots.CodeNames, backendMention)
	if err != nil {
		return false, err
	}
	workspace, err := disk.ReadFile(filepath.Join(dir, ".terraform", "environment"), disk.MostCode)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("read the workspace: %w", err)
	}
	chosen := string(bytes.TrimSpace(workspace))
	return namesBackend(bodies) || chosen != "" && chosen != "default", nil
}

// PullState asks the engine for the state of a directory, wherever its backend keeps it, and returns nothing if there is
// none yet. If the directory was never initialised, its backend is opened from a private directory, so that it stays
// unchanged. It uses only Engine, Dir, Environ and TempDir of the job.
func PullState(ctx context.Context, job Job) (content []byte, err error) {
	job.Backend = true
	s, err := Open(job)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := s.Close(); closeErr != nil && err == nil {
			content, err = nil, closeErr
		}
	}()
	var refused error
	if _, err := os.Stat(filepath.Join(s.job.Dir, ".terraform")); errors.Is(err, fs.ErrNotExist) && !s.env.choseDataDir() {
		s.env.vars[dataDirVariable] = s.own.dataDir()
		// The backend is ready before modules and providers are: without those a state can be read all the same.
		if out, initErr := s.run(ctx, "init", "-input=false", "-no-color"); initErr != nil {
			refused = s.job.complaints().pullError(ctx, out, initErr)
		}
	}
	out, err := s.run(ctx, "state", "pull")
	switch {
	case err != nil && refused != nil:
		return nil, refused
	case err != nil:
		return nil, s.job.complaints().pullError(ctx, out, err)
	}
	// OpenTofu prints warnings where the state comes.
	if !bytes.ContainsRune(out, '{') {
		return nil, nil
	}
	return printed.One(out), nil
}

// run runs the engine and returns what it printed, which is its complaint where it failed.
func (s *Session) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := s.job.Engine.Command(ctx, args...)
	cmd.Dir = s.job.Dir
	cmd.Env = append(environList(s.env.vars), "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stderr.Bytes(), err
	}
	return stdout.Bytes(), nil
}

func (c complaints) pullError(ctx context.Context, complaint []byte, err error) error {
	if ctx.Err() != nil {
		return c.cancelled(ctx, "state pull")
	}
	return c.engineError("state pull", plans.ParseText(string(complaint)+"\n"+err.Error()))
}
