package engines

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

// show reads the plan file into result. It does not go through terraform-exec, which would keep the whole document in
// memory, twice, before the first value can be dropped.
func (s *Session) show(ctx context.Context, file string, result *Result) error {
	s.job.Progress(Progress{Step: stepShow})
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

	plan, readErr := plans.Decode(stdout)
	_, _ = io.Copy(io.Discard, stdout) // the engine must not block on a reader that gave up
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return s.cancelled(ctx, stepShow)
	case waitErr != nil:
		return s.engineError(stepShow, plans.ParseText(stderr.String()+"\n"+waitErr.Error()))
	case readErr != nil:
		return readErr
	}

	result.Changes, result.Drift = plan.Changes, plan.Drift
	result.Outputs, result.Deferred, result.Invoked = plan.Outputs, plan.Deferred, plan.Invoked
	result.Errored = result.Errored || plan.Errored
	return nil
}

// command is the engine with arguments that terraform-exec does not know, or whose output it would keep as a whole.
func (s *Session) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	cmd := s.job.Engine.Command(ctx, args...)
	cmd.Dir = s.job.Dir
	cmd.Env = append(environList(s.env), "TF_IN_AUTOMATION=1")
	if s.job.Reattach == nil {
		return cmd, nil
	}
	reattach, err := reattachVariable(s.job.Reattach)
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
