package record

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/change"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/private"
)

// A Source is where a plan comes from.
type Source struct {
	Path      string // of a file; "-" for In
	In        io.Reader
	Directory string // directory for reading a binary plan: where it was made
	Engine    string // terraform, tofu or a path; empty for the first on the PATH
	Veil      *secret.Veil
	World     world.World // in which the engine is found and runs
}

// Load reads a plan: the document of show -json, or a plan file, which the engine converts.
func (s Source) Load(ctx context.Context) (*change.Plan, error) {
	if s.Path != "-" {
		file, err := os.Open(s.Path)
		if err != nil {
			return nil, fmt.Errorf("open the plan: %w", err)
		}
		defer file.Close()
		s.In = file
	}
	in := bufio.NewReader(s.In)
	head, err := in.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	if !binary(head) {
		return s.read(printed.JSON(in))
	}
	if s.Path != "-" {
		return s.show(ctx, s.Path)
	}
	path, remove, err := keep(in)
	if err != nil {
		return nil, err
	}
	defer remove()
	return s.show(ctx, path)
}

func (s Source) read(in printed.Text) (*change.Plan, error) {
	p, err := change.Read(in, s.Veil, change.Options{})
	switch {
	case err == nil:
		return p, nil
	case in.Wrapped:
		return nil, exit.WithHint(fmt.Errorf("%s: %w", s.name(), err), printed.WrapperHint)
	}
	return nil, fmt.Errorf("%s: %w", s.name(), err)
}

func (s Source) name() string {
	if s.Path == "-" {
		return "standard input"
	}
	return s.Path
}

// binary recognises the plan files of the engines: an archive, or a reference to a plan that HCP Terraform keeps.
func binary(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.Contains(head, []byte(`"remote_plan_format"`))
}

// keep writes a plan where only the engine can read it: it contains secrets.
func keep(in io.Reader) (path string, remove func(), err error) {
	own, err := private.Make("", "record")
	if err != nil {
		return "", nil, fmt.Errorf("keep the plan: %w", err)
	}
	remove = func() { _ = own.Close() }
	path = filepath.Join(own.Path(), "plan")
	file, err := disk.Dir(own.Path()).Open("plan", os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err == nil {
		_, err = io.Copy(file, in)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		remove()
		return "", nil, fmt.Errorf("keep the plan: %w", err)
	}
	return path, remove, nil
}

// show reads a plan file through the engine.
func (s Source) show(ctx context.Context, path string) (p *change.Plan, err error) {
	engine, err := planning.FindEngine(ctx, s.World, s.Engine, s.Directory)
	if err != nil {
		return nil, fmt.Errorf("read a plan file: %w", err)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read a plan file: %w", err)
	}
	job := engines.Job{Engine: engine, Dir: s.Directory, Environ: s.World.Environ()}
	err = engines.Show(ctx, job, path, func(document io.Reader) (err error) {
		p, err = s.read(printed.JSON(document))
		return err
	})
	var refused *engines.RefusedError
	if errors.As(err, &refused) {
		return nil, &ShowError{Engine: engine.String(), Path: s.name(), Said: refused.Diagnostics[0].Summary, err: err}
	}
	return p, err
}

// A ShowError is an engine that could not read a plan file.
type ShowError struct {
	Engine, Path string
	Said         string // in one line
	err          error
}

// Error is what the engine says.
func (e *ShowError) Error() string {
	return fmt.Sprintf("%s cannot read the plan file %s: %s", e.Engine, e.Path, e.Said)
}

// Unwrap returns how the engine ended.
func (e *ShowError) Unwrap() error { return e.err }

// Hint says where plan files can be read.
func (e *ShowError) Hint() string {
	return "a plan file can only be read where it was made, by the same version and after init: run the command there, give the directory with --dir, or give the output of show -json"
}
