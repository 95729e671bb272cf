package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// Plan plans the directory of job and returns what the engine would do.
//
// A plan that fails for some resources is a [Result] with Errored set. The error is an [UnavailableError] where no plan
// could be made at all, an [EngineError] where the engine refused the code as a whole, and matches the context's error
// where ctx ended. The engine is interrupted then, and no file of the plan stays behind.
func Plan(ctx context.Context, job Job) (result *Result, err error) {
	start := time.Now()
	s, err := open(job)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := s.close(); closeErr != nil && err == nil {
			result, err = nil, closeErr
		}
	}()

	if err := s.init(ctx); err != nil {
		return nil, err
	}
	result, err = s.plan(ctx)
	if err != nil {
		return nil, err
	}
	result.Duration = time.Since(start)
	return result, nil
}

// session is one prepared directory: initialised once, planned as often as needed.
type session struct {
	job     Job
	private string // 0700: plan file, variables, provider links
	tf      *tfexec.Terraform
	env     map[string]string
	stream  *uiStream
	locked  bool // the directory had a lock file
	restore []func() error
}

// open makes the private directory and hands the environment to the engine. The caller must close the session.
func open(job Job) (s *session, err error) {
	if job.Progress == nil {
		job.Progress = func(Progress) {}
	}
	if job.Dir, err = filepath.Abs(job.Dir); err != nil {
		return nil, fmt.Errorf("plan %s: %w", job.Dir, err)
	}
	sweep(job.TempDir, time.Now().Add(-abandoned))
	private, err := os.MkdirTemp(job.TempDir, privateName) // 0700
	if err != nil {
		return nil, fmt.Errorf("make a private directory for the plan: %w", err)
	}

	s = &session{job: job, private: private, stream: newStream(job.Progress)}
	s.restore = append(s.restore, func() error { return os.RemoveAll(private) })
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *session) prepare() error {
	if err := s.refuseWorkspace(); err != nil {
		return err
	}
	if err := s.keepFiles(); err != nil {
		return err
	}
	if !s.job.Backend {
		if err := errors.Join(s.copyState(), s.overrideBackend()); err != nil {
			return err
		}
	}
	if err := s.passVariables(); err != nil {
		return err
	}

	if err := s.buildEnvironment(); err != nil {
		return err
	}
	var err error
	s.tf, err = tfexec.NewTerraform(s.job.Dir, s.job.Engine.Path)
	if err != nil {
		return fmt.Errorf("plan %s: %w", s.job.Dir, err)
	}
	if err := s.tf.SetEnv(s.env); err != nil {
		return fmt.Errorf("pass the environment to %s: %w", s.job.Engine.Name, err)
	}
	_ = s.tf.SetWaitDelay(grace) // refused on Windows only, where nothing can be interrupted
	return nil
}

// close removes and puts back everything that open changed, newest first.
func (s *session) close() error {
	var failed error
	for i := len(s.restore) - 1; i >= 0; i-- {
		failed = errors.Join(failed, s.restore[i]())
	}
	if failed != nil {
		return fmt.Errorf("clean up after the plan: %w", failed)
	}
	return nil
}

func (s *session) init(ctx context.Context) error {
	s.job.Progress(Progress{Step: stepInit})
	options := []tfexec.InitOption{tfexec.Upgrade(false)}
	if s.job.Reattach != nil {
		options = append(options, tfexec.Reattach(s.job.Reattach))
	}
	err := s.tf.Init(ctx, options...)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return s.cancelled(ctx, stepInit)
	}
	return s.initError(err)
}

// plan makes the plan and reads it back. A plan that failed in part is read as far as the engine kept it.
func (s *session) plan(ctx context.Context) (*Result, error) {
	s.job.Progress(Progress{Step: stepPlan})
	file, err := s.planFile()
	if err != nil {
		return nil, err
	}
	_, planErr := s.tf.PlanJSON(ctx, s.stream, s.planOptions(file)...)
	if ctx.Err() != nil {
		return nil, s.cancelled(ctx, stepPlan)
	}

	result := &Result{
		Engine:      s.job.Engine,
		Targeted:    len(s.job.Targets) > 0,
		Errored:     planErr != nil,
		Diagnostics: s.stream.settled(),
		Unread:      s.stream.unread(),
	}
	kept, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("find the plan: %w", err)
	}
	if planErr != nil && !concernsObjects(result) {
		return nil, s.planError(planErr)
	}
	if kept.Size() > 0 {
		if err := s.show(ctx, file, result); err != nil {
			return nil, err
		}
	}
	result.Provider, err = s.provider()
	return result, err
}

// planFile is created beforehand so that nobody else can read it: the engines would make it readable for all.
func (s *session) planFile() (string, error) {
	path := filepath.Join(s.private, "plan")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return "", fmt.Errorf("make the plan file: %w", err)
	}
	return path, nil
}

func (s *session) planOptions(file string) []tfexec.PlanOption {
	options := []tfexec.PlanOption{tfexec.Lock(false), tfexec.Out(file)}
	if s.job.Reattach != nil {
		options = append(options, tfexec.Reattach(s.job.Reattach))
	}
	if s.job.StateFile != "" && !s.job.Backend {
		//lint:ignore SA1019 without a backend there is no other way to name the state
		options = append(options, tfexec.State(s.statePath()))
	}
	if s.job.Parallelism > 0 {
		options = append(options, tfexec.Parallelism(s.job.Parallelism))
	}
	for _, path := range s.job.VarFiles {
		options = append(options, tfexec.VarFile(path))
	}
	for _, address := range s.job.Targets {
		options = append(options, tfexec.Target(address))
	}
	return options
}

// concernsObjects tells a plan that failed for some objects from one that failed as a whole.
func concernsObjects(result *Result) bool {
	failures := errorsOf(result.Diagnostics)
	return len(failures) > 0 && (len(result.Unread) > 0 ||
		slices.ContainsFunc(failures, func(d Diagnostic) bool { return d.Address != "" }))
}

func (s *session) cancelled(ctx context.Context, step string) error {
	return fmt.Errorf("%s %s: %w", s.job.Engine.Name, step, ctx.Err())
}
