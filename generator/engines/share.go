package engines

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
)

// Share makes a directory of some files, and opens a session of it that uses what this session was initialised with: its
// code must ask for the same providers. Both can plan at the same time. Close of this session removes the directory.
//
// The engine and the provider are Go programs. They collect garbage less often as long as they use little memory for the
// size of the code.
func (s *Session) Share(name string, files map[string][]byte, progress func(Progress)) (*Session, error) {
	private, dir := disk.Dir(s.own), s.own.path(name)
	if err := errors.Join(private.RemoveAll(name), private.Mkdir(name, 0o700)); err != nil {
		return nil, fmt.Errorf("make a directory for a part of the code: %w", err)
	}
	size := 0
	for file, src := range files {
		size += len(src)
		if err := disk.Dir(dir).Create(file, src, 0o600); err != nil {
			return nil, fmt.Errorf("write a part of the code: %w", err)
		}
	}
	if err := errors.Join(s.files.bringAlong(dir), chooseVersion(dir, s.job.Dir)); err != nil {
		return nil, err
	}
	job := s.job
	job.Dir, job.Progress, job.DataDir = dir, progress, s.own.dataDir()
	const least, perByte = 300 << 20, 40
	job.Environ = collect(job.Environ, "GOGC=400", fmt.Sprintf("GOMEMLIMIT=%d", least+perByte*size))
	return Open(job)
}

// bringAlong copies what a session has added to the directory, and the provider lock.
func (b *borrowed) bringAlong(dir string) error {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return fmt.Errorf("list the code: %w", err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name == lockFile || IsOverride(name) {
			src, err := disk.ReadFile(filepath.Join(b.dir, name), disk.MostCode)
			if err == nil {
				err = disk.Dir(dir).Write(name, src, 0o600)
			}
			if err != nil {
				return fmt.Errorf("share %s: %w", name, err)
			}
		}
	}
	return nil
}

// collect tells Go programs when to collect garbage, unless the user has done so.
func collect(environ []string, settings ...string) []string {
	env := environMap(environ)
	if env["GOGC"] != "" || env["GOMEMLIMIT"] != "" {
		return environ
	}
	return append(environList(env), settings...)
}

// Validate checks the code of the directory without reading any object. The directory is initialised already. The error
// is a [RefusedError] where the code is not valid.
func (s *Session) Validate(ctx context.Context) error {
	cmd, err := s.command(ctx, "validate", "-json", "-no-color")
	if err != nil {
		return err
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	runErr := cmd.Run()
	if ctx.Err() != nil {
		return s.job.complaints().cancelled(ctx, stepValidate)
	}
	found, err := plans.DecodeValidation(stdout.Bytes())
	switch {
	case err != nil && runErr != nil:
		return s.job.complaints().engineError(stepValidate, plans.ParseText(stderr.String()+"\n"+runErr.Error()))
	case err != nil:
		return err
	}
	if found = plans.ErrorsOf(found); len(found) > 0 {
		return s.job.complaints().engineError(stepValidate, found)
	}
	return nil
}
