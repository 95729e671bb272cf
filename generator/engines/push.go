package engines

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

const stepPush = "state push"

// PushState replaces the state of a directory, wherever its backend keeps it. The engine locks the present state, and
// refuses unless it has the same lineage and a lower serial, so that nobody's work is lost. It uses only Engine, Dir, Environ
// and TempDir of the job.
//
// The error is a [RefusedError] with a hint if the engine refused.
func PushState(ctx context.Context, job Job, content []byte) (err error) {
	job.Backend = true
	s, err := Open(job)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	elsewhere, err := KeepsStateElsewhere(s.job.Dir)
	if err != nil {
		return err
	}
	_, missing := os.Stat(filepath.Join(s.job.Dir, ".terraform"))
	if elsewhere && errors.Is(missing, fs.ErrNotExist) && s.env.vars[dataDirVariable] == "" {
		s.env.vars[dataDirVariable] = s.own.dataDir()
		// The backend is ready before modules and providers are, which a push does without.
		_, _ = s.run(ctx, "init", "-input=false", "-no-color", "-get=false")
	}

	// Whatever ends this process, a push goes on to its end, so that the lock of the state is released.
	cmd := exec.CommandContext(ctx, s.job.Engine.Path, "state", "push", "-")
	cmd.Dir, cmd.Env = s.job.Dir, append(environList(s.env.vars), "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	interruptOnCancel(cmd)
	after, err := s.env.keepPrivate()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, after()) }()
	var complaint bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(content), &complaint
	if failed := cmd.Run(); failed != nil {
		if ctx.Err() != nil {
			return s.job.complaints().cancelled(ctx, stepPush)
		}
		return s.job.complaints().pushError(complaint.String() + "\n" + failed.Error())
	}
	return nil
}

// pushError says what to do about the refusals that people meet.
func (c complaints) pushError(text string) *RefusedError {
	refused := c.engineError(stepPush, plans.ParseText(text))
	name, whole := c.engine.Name, strings.ToLower(refused.Diagnostics[0].String())
	for _, known := range []struct{ mark, next string }{
		{"state lock", "wait for the run that holds the lock; if there is none: " + name + " force-unlock ID"},
		{"initialization required", "run " + name + " init in " + c.final},
		{"lineage", "the state was replaced in the meantime; run the command again"},
		{"serial", "the state changed in the meantime; run the command again"},
	} {
		if strings.Contains(whole, known.mark) {
			refused.Next = known.next
			break
		}
	}
	return refused
}
