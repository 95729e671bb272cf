package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// A question describes what to ask the engine.
type question struct {
	engine  string
	mirror  string // zero: ask the registry
	version string // zero: the newest
	stderr  io.Writer
}

var locked = regexp.MustCompile(`(?m)^\s*version\s*=\s*"([^"]+)"`)

// ask initialises the provider in a directory of its own and returns its schema and version.
func ask(ctx context.Context, q question) (raw []byte, version string, err error) {
	dir, err := os.MkdirTemp("", "rootly-schema-")
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	environ, err := q.prepare(dir)
	if err != nil {
		return nil, "", err
	}
	if _, err := q.call(ctx, dir, environ, "init", "-backend=false", "-input=false"); err != nil {
		return nil, "", err
	}
	if raw, err = q.call(ctx, dir, environ, "providers", "schema", "-json"); err != nil {
		return nil, "", err
	}
	lock, err := os.ReadFile(filepath.Join(dir, ".terraform.lock.hcl"))
	if err != nil {
		return nil, "", fmt.Errorf("read which version was initialised: %w", err)
	}
	found := locked.FindSubmatch(lock)
	if found == nil {
		return nil, "", errors.New("read which version was initialised: the lock file names none")
	}
	return raw, string(found[1]), nil
}

// prepare writes what the engine needs to find the provider, and returns its environment.
func (q question) prepare(dir string) ([]string, error) {
	constraint := ""
	if q.version != "" {
		constraint = fmt.Sprintf("\n      version = %q", q.version)
	}
	code := fmt.Sprintf("terraform {\n  required_providers {\n    rootly = {\n      source = %q%s\n    }\n  }\n}\n", schema.Source, constraint)
	if err := os.WriteFile(filepath.Join(dir, "versions.tf"), []byte(code), 0o600); err != nil {
		return nil, err
	}
	if q.mirror == "" {
		return os.Environ(), nil
	}
	mirror, err := filepath.Abs(q.mirror)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror))
	return append(os.Environ(), "TF_CLI_CONFIG_FILE="+config), os.WriteFile(config, []byte(text), 0o600)
}

// call runs the engine and returns its standard output.
func (q question) call(ctx context.Context, dir string, environ []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, q.engine, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, environ, q.stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", q.engine, strings.Join(args, " "), err)
	}
	return out, nil
}
