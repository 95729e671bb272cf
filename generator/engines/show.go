package engines

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
)

// Show runs show -json on a plan file and passes the document on, as the engine prints it. Of the job only Engine, Dir
// and Environ count. The error is a [RefusedError] where the engine cannot read the file, else that of the reader.
func Show(ctx context.Context, job Job, file string, read func(io.Reader) error) error {
	s := &Session{job: job, env: environment{vars: map[string]string{}}}
	for _, entry := range append(withoutEngineSettings(job.Environ), "CHECKPOINT_DISABLE=1") {
		name, value, _ := strings.Cut(entry, "=")
		s.env.vars[name] = value
	}
	return s.printPlan(ctx, file, read)
}

// show reads the plan file into result. It does not go through terraform-exec, which would keep the whole document in
// memory, twice, before the first value can be dropped.
func (s *Session) show(ctx context.Context, file string, result *Result) error {
	s.job.Progress(Progress{Step: stepShow})
	var plan plans.Plan
	err := s.printPlan(ctx, file, func(document io.Reader) (err error) {
		plan, err = plans.Decode(printed.JSON(document))
		return err
	})
	if err != nil {
		return err
	}
	result.Changes, result.Drift = plan.Changes, plan.Drift
	result.Outputs, result.Deferred, result.Invoked = plan.Outputs, plan.Deferred, plan.Invoked
	result.Checks, result.Incomplete = plan.Checks, plan.Incomplete
	result.Errored = result.Errored || plan.Errored
	return nil
}

// printPlan lets the engine print a plan file.
func (s *Session) printPlan(ctx context.Context, file string, read func(io.Reader) error) error {
	cmd, err := s.command(ctx, "show", "-json", "-no-color", file)
	if err != nil {
		return err
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("show the plan: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("show the plan: %w", err)
	}

	readErr := read(stdout)
	_, _ = io.Copy(io.Discard, stdout) // the engine must not block on a reader that gave up
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return s.job.complaints().cancelled(ctx, stepShow)
	case waitErr != nil:
		return s.job.complaints().engineError(stepShow, plans.ParseText(stderr.String()+"\n"+waitErr.Error()))
	}
	return readErr
}

// command is the engine with arguments that terraform-exec does not know, or whose output it would keep as a whole. It
// gets variables by the environment: those of the code may be needed to decrypt a plan.
func (s *Session) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	cmd := s.job.Engine.Command(ctx, args...)
	cmd.Dir = s.job.Dir
	cmd.Env = append(environList(s.env.vars), "TF_IN_AUTOMATION=1")
	for name, value := range environMap(s.job.Environ) {
		if strings.HasPrefix(name, VariablePrefix) {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	if s.job.Attached.Reattach == nil {
		return cmd, nil
	}
	reattach, err := reattachVariable(s.job.Attached.Reattach)
	cmd.Env = append(cmd.Env, reattach)
	return cmd, err
}

func reattachVariable(info tfexec.ReattachInfo) (string, error) {
	encoded, err := json.Marshal(info)
	if err != nil {
		return "", fmt.Errorf("encode the providers to attach to: %w", err)
	}
	return "TF_REATTACH_PROVIDERS=" + string(encoded), nil
}
