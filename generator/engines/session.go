package engines

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/state/disk"
	"github.com/terraformer-rootly/terraformer-rootly/state/private"
)

// Plan plans the directory of job and returns what the engine would do.
//
// A plan that fails for some resources is a [Result] with Errored set. The error is an [UnavailableError] where no plan
// could be made at all, an [EngineError] where the engine refused the code as a whole, a [CrashError] where the provider
// stopped, and matches the context's error where ctx ended. The engine is interrupted then, and no file of the plan stays behind.
func Plan(ctx context.Context, job Job) (result *Result, err error) {
	s, err := Open(job)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := s.Close(); closeErr != nil && err == nil {
			result, err = nil, closeErr
		}
	}()
	return s.Plan(ctx, job.StateFile, job.Targets)
}

// Session is one prepared directory: initialised once, planned as often as needed. It is for one goroutine.
type Session struct {
	job     Job
	private string // 0700: plan file, variables, provider links
	tf      *tfexec.Terraform
	env     map[string]string
	stream  *plans.Stream
	locked  bool   // the directory had a lock file
	ready   string // what init was run for; zero: it was not
	restore []func() error
}

// Open makes the private directory and hands the environment to the engine, which is not run yet. The caller must close
// the session; until then the directory may have a lock file and a file about its backend that were not there.
func Open(job Job) (s *Session, err error) {
	if job.Progress == nil {
		job.Progress = func(Progress) {}
	}
	if job.Now == nil {
		job.Now = func() time.Time { return time.Time{} }
	}
	if job.Dir, err = filepath.Abs(job.Dir); err != nil {
		return nil, fmt.Errorf("plan %s: %w", job.Dir, err)
	}
	own, err := private.Make(job.TempDir, "plan")
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}

	s = &Session{job: job, private: own.Path(), restore: []func() error{own.Close}}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Session) prepare() error {
	if err := s.keepFiles(); err != nil {
		return err
	}
	if s.job.DataDir == "" { // else Share has brought them along
		if err := s.overrides(); err != nil {
			return err
		}
	}
	if err := s.buildEnvironment(); err != nil {
		return err
	}
	if err := s.chooseWorkspace(); err != nil {
		return err
	}
	var err error
	s.tf, err = s.engineIn(s.job.Dir)
	return err
}

// overrides puts files into the directory that change what its code says for as long as the session lasts.
func (s *Session) overrides() error {
	if !s.job.Backend {
		if err := s.overrideBackend(); err != nil {
			return err
		}
	}
	if len(s.job.Configurations) > 0 {
		if err := s.overrideProviders(); err != nil {
			return err
		}
	}
	if len(s.job.Declared) == 0 {
		return nil
	}
	if err := s.override(declaredFile, statesHead+string(s.job.Declared)); err != nil {
		return fmt.Errorf("declare what the code lacks: %w", err)
	}
	return nil
}

func (s *Session) engineIn(dir string) (*tfexec.Terraform, error) {
	program, environ := s.job.Engine.Guard.Wrap(s.job.Engine.Path)
	tf, err := tfexec.NewTerraform(dir, program)
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", s.job.Dir, err)
	}
	maps.Copy(environ, s.env)
	if err := tf.SetEnv(environ); err != nil {
		return nil, fmt.Errorf("pass the environment to %s: %w", s.job.Engine.Name, err)
	}
	_ = tf.SetWaitDelay(grace) // refused on Windows only, where nothing can be interrupted
	return tf, nil
}

// Dir is the directory that is planned.
func (s *Session) Dir() string { return s.job.Dir }

// Close removes and puts back everything that the session changed, newest first.
func (s *Session) Close() error {
	var failed error
	for i := len(s.restore) - 1; i >= 0; i-- {
		failed = errors.Join(failed, s.restore[i]())
	}
	if failed != nil {
		return fmt.Errorf("clean up after the plan: %w", failed)
	}
	return nil
}

// Plan plans the directory as it is now, with a state and targets in the place of those of the job. It initialises it first
// where that was not done for the modules and providers that it asks for now. Result and errors are those of the function
// [Plan].
func (s *Session) Plan(ctx context.Context, stateFile string, targets []string) (*Result, error) {
	s.job.StateFile, s.job.Targets = stateFile, targets
	start := s.job.Now()
	if err := s.Init(ctx); err != nil {
		return nil, err
	}
	if err := s.replaceStates(); err != nil {
		return nil, err
	}
	result, err := s.plan(ctx)
	if err != nil {
		return nil, err
	}
	result.Duration = s.job.Now().Sub(start)
	return result, nil
}

// Init initialises the directory where that was not done for the modules and providers that it asks for now.
func (s *Session) Init(ctx context.Context) error {
	if s.job.DataDir != "" {
		return nil
	}
	needs, err := needs(s.job.Dir)
	if err != nil || s.ready == needs {
		return err
	}
	if err := s.init(ctx); err != nil {
		return err
	}
	s.ready = needs
	return nil
}

func (s *Session) init(ctx context.Context) error {
	s.job.Progress(Progress{Step: stepInit})
	options := []tfexec.InitOption{tfexec.Upgrade(false)}
	if s.job.Reattach != nil {
		options = append(options, tfexec.Reattach(s.job.Reattach))
	}
	tf, bringLock, err := s.initialiser()
	if err != nil {
		return err
	}
	err = tf.Init(ctx, options...)
	if err == nil {
		return bringLock()
	}
	if ctx.Err() != nil {
		return s.cancelled(ctx, stepInit)
	}
	return s.initError(err)
}

// plan makes the plan and reads it back. A plan that failed in part is read as far as the engine kept it.
func (s *Session) plan(ctx context.Context) (*Result, error) {
	s.job.Progress(Progress{Step: stepPlan})
	s.stream = plans.NewStream(func(objects int) { s.job.Progress(Progress{Step: stepPlan, Objects: objects}) })
	file, err := s.planFile()
	if err != nil {
		return nil, err
	}
	options, err := s.planOptions(file)
	if err != nil {
		return nil, err
	}
	_, planErr := s.tf.PlanJSON(ctx, s.stream, options...)
	if ctx.Err() != nil {
		return nil, s.cancelled(ctx, stepPlan)
	}

	result := &Result{Engine: s.job.Engine, Plan: plans.Plan{
		Targeted:    len(s.job.Targets) > 0,
		Errored:     planErr != nil,
		Diagnostics: s.stream.Settled(),
		Unread:      s.stream.Unread(),
	}}
	kept, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("find the plan: %w", err)
	}
	if planErr != nil && !concernsObjects(result) {
		refused := s.planError(planErr)
		if slices.ContainsFunc(refused.Diagnostics, plans.Diagnostic.IsCrash) {
			return nil, s.crashed(ctx, file, refused, planErr.Error())
		}
		return nil, refused
	}
	quiet, isQuiet := s.stream.Quiet()
	switch {
	case s.job.ByStream && planErr == nil && isQuiet:
		result.Changes = quiet
	case kept.Size() > 0:
		if err := s.show(ctx, file, result); err != nil {
			return nil, err
		}
	}
	result.Provider, err = s.provider()
	return result, err
}

// note writes a file to the private directory, which only this user can read, and returns its path.
func (s *Session) note(name string, content []byte) (string, error) {
	return filepath.Join(s.private, name), disk.Dir(s.private).Write(name, content, 0o600)
}

// planFile is created beforehand so that nobody else can read it: the engines would make it readable for all.
func (s *Session) planFile() (string, error) {
	path, err := s.note("plan", nil)
	if err != nil {
		return "", fmt.Errorf("make the plan file: %w", err)
	}
	return path, nil
}

func (s *Session) planOptions(file string) ([]tfexec.PlanOption, error) {
	options := []tfexec.PlanOption{tfexec.Lock(false), tfexec.Out(file)}
	if s.job.Reattach != nil {
		options = append(options, tfexec.Reattach(s.job.Reattach))
	}
	if s.job.StateFile != "" && !s.job.Backend {
		if err := s.copyState(); err != nil {
			return nil, err
		}
		//lint:ignore SA1019 without a backend there is no other way to name the state
		options = append(options, tfexec.State(s.statePath()))
	}
	if s.job.Stored {
		options = append(options, tfexec.Refresh(false))
	}
	if s.job.Parallelism > 0 {
		options = append(options, tfexec.Parallelism(s.job.Parallelism))
	}
	environment, err := s.environmentVariables()
	if err != nil {
		return nil, err
	}
	arguments, err := s.argumentFiles()
	if err != nil {
		return nil, err
	}
	for _, path := range slices.Concat(environment, arguments, s.job.VarFiles) { // in this order, so that the files of the job win
		options = append(options, tfexec.VarFile(path))
	}
	for _, address := range s.job.Targets {
		options = append(options, tfexec.Target(address))
	}
	return options, nil
}

// concernsObjects tells a plan that failed for some objects from one that failed as a whole. A provider that stopped is no
// fault of the objects that it was asked for.
func concernsObjects(result *Result) bool {
	failures := plans.ErrorsOf(result.Diagnostics)
	return !slices.ContainsFunc(failures, plans.Diagnostic.IsCrash) && len(failures) > 0 && (len(result.Unread) > 0 ||
		slices.ContainsFunc(failures, func(d plans.Diagnostic) bool { return d.Address != "" }))
}

func (s *Session) cancelled(ctx context.Context, step string) error {
	return fmt.Errorf("%s %s: %w", s.job.Engine.Name, step, ctx.Err())
}
