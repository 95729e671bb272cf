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
// could be made at all, a [RefusedError] where the engine refused the code as a whole, a [CrashError] where the provider
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
	return s.Plan(ctx, job.Scope.StateFile, job.Scope.Targets)
}

// Session is one prepared directory: initialised once, planned as often as needed. It is for one goroutine.
type Session struct {
	job    Job
	own    ownDir
	files  borrowed
	env    environment
	tf     *tfexec.Terraform
	stream *plans.Stream
	single bool   // whether the engine does one thing at a time
	ready  string // what init was run for; zero: it was not
	remove func() error
}

// ownDir is the private directory of a session, which only this user can read: plan file, variables, provider links.
type ownDir string

func (d ownDir) path(name string) string { return filepath.Join(string(d), name) }

// note writes a file and returns its path.
func (d ownDir) note(name string, content []byte) (string, error) {
	return d.path(name), disk.Dir(d).Write(name, content, 0o600)
}

// dataDir is where the engine keeps what it knows of the directory, unless that is the directory's own.
func (d ownDir) dataDir() string { return d.path("data") }

// Open makes the private directory and prepares the environment; it does not run the engine yet. The caller must close the
// session. Until then the directory may have a lock file and an override of its backend that were not there before.
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

	s = &Session{job: job, own: ownDir(own.Path()), files: borrowed{dir: job.Dir}, remove: own.Close}
	s.env = environment{job: &s.job, own: s.own}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Session) prepare() error {
	locked, err := s.files.keepFiles(s.job.Backend)
	if err != nil {
		return err
	}
	if s.job.DataDir == "" { // else Share has brought them along
		if err := s.files.overrides(&s.job); err != nil {
			return err
		}
	}
	if err := s.env.build(locked); err != nil {
		return err
	}
	if err := s.env.chooseWorkspace(); err != nil {
		return err
	}
	s.tf, err = s.engineIn(s.job.Dir)
	return err
}

// overrides adds files to the directory that change what its code says for as long as the session lasts.
func (b *borrowed) overrides(job *Job) error {
	if !job.Backend {
		if err := b.overrideBackend(); err != nil {
			return err
		}
	}
	if len(job.API.Configurations)+len(job.API.Named) > 0 {
		if err := b.overrideProviders(job.API, job.Scope.Stored); err != nil {
			return err
		}
	}
	if len(job.Scope.Declared) == 0 {
		return nil
	}
	if err := b.override(declaredFile, statesHead+string(job.Scope.Declared)); err != nil {
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
	maps.Copy(environ, s.env.vars)
	if err := tf.SetEnv(environ); err != nil {
		return nil, fmt.Errorf("pass the environment to %s: %w", s.job.Engine.Name, err)
	}
	_ = tf.SetWaitDelay(grace) // refused on Windows only, where nothing can be interrupted
	return tf, nil
}

// Dir is the directory that is planned.
func (s *Session) Dir() string { return s.job.Dir }

// Close undoes every change of the session, newest first.
func (s *Session) Close() error {
	if failed := errors.Join(s.files.putBack(), s.remove()); failed != nil {
		return fmt.Errorf("clean up after the plan: %w", failed)
	}
	return nil
}

// Plan plans the directory as it is now, with a state and targets instead of those of the job. It first initialises the
// directory unless that was done for the same modules and providers. Result and errors are those of the function [Plan].
func (s *Session) Plan(ctx context.Context, stateFile string, targets []string) (*Result, error) {
	s.job.Scope.StateFile, s.job.Scope.Targets = stateFile, targets
	start := s.job.Now()
	if err := s.Init(ctx); err != nil {
		return nil, err
	}
	if err := s.files.replaceStates(s.job.Scope.States, s.own); err != nil {
		return nil, err
	}
	result, err := s.plan(ctx)
	if err != nil {
		return nil, err
	}
	result.Duration = s.job.Now().Sub(start)
	return result, nil
}

// Init initialises the directory unless that was done for the modules and providers that it requires now.
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
	if s.job.Attached.Reattach != nil {
		options = append(options, tfexec.Reattach(s.job.Attached.Reattach))
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
		return s.job.complaints().cancelled(ctx, stepInit)
	}
	return s.job.complaints().initError(err)
}

// plan makes the plan and reads it back. A plan that failed in part is read as far as the engine kept it.
func (s *Session) plan(ctx context.Context) (*Result, error) {
	s.job.Progress(Progress{Step: stepPlan})
	s.stream = plans.NewStream(func(objects int) { s.job.Progress(Progress{Step: stepPlan, Objects: objects}) })
	file, err := s.own.note("plan", nil) // beforehand, since the engines would make it readable for all
	if err != nil {
		return nil, fmt.Errorf("make the plan file: %w", err)
	}
	options, err := s.planOptions(file)
	if err != nil {
		return nil, err
	}
	_, planErr := s.tf.PlanJSON(ctx, s.stream, options...)
	if ctx.Err() != nil {
		return nil, s.job.complaints().cancelled(ctx, stepPlan)
	}

	result := &Result{Engine: s.job.Engine, Plan: plans.Plan{
		Targeted:    len(s.job.Scope.Targets) > 0,
		Errored:     planErr != nil,
		Diagnostics: s.stream.Settled(),
		Unread:      s.stream.Unread(),
	}}
	kept, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("find the plan: %w", err)
	}
	if planErr != nil && !concernsObjects(result) {
		refused := s.job.complaints().planError(s.stream.Reported(), planErr)
		if slices.ContainsFunc(refused.Diagnostics, plans.Diagnostic.IsCrash) {
			return nil, s.crashed(ctx, file, refused, planErr.Error())
		}
		return nil, refused
	}
	quiet, isQuiet := s.stream.Quiet()
	switch {
	case s.job.Scope.ByStream && planErr == nil && isQuiet:
		result.Changes = quiet
	case kept.Size() > 0:
		if err := s.show(ctx, file, result); err != nil {
			return nil, err
		}
	}
	if result.Provider.StandIn = s.job.Attached.StandIn; result.Provider.StandIn == "" {
		result.Provider, err = locked(s.job.Dir)
	}
	return result, err
}

func (s *Session) planOptions(file string) ([]tfexec.PlanOption, error) {
	options := []tfexec.PlanOption{tfexec.Lock(false), tfexec.Out(file)}
	if s.job.Attached.Reattach != nil {
		options = append(options, tfexec.Reattach(s.job.Attached.Reattach))
	}
	if s.job.Scope.StateFile != "" && !s.job.Backend {
		src, err := disk.ReadFile(s.job.Scope.StateFile, disk.MostCode)
		if err != nil {
			return nil, fmt.Errorf("read the state: %w", err)
		}
		own, err := s.own.note(stateFile, src) // which the engine may lock or write
		if err != nil {
			return nil, fmt.Errorf("copy the state: %w", err)
		}
		//lint:ignore SA1019 without a backend there is no other way to name the state
		options = append(options, tfexec.State(own))
	}
	if s.job.Scope.Stored {
		options = append(options, tfexec.Refresh(false))
	}
	if s.single {
		options = append(options, tfexec.Parallelism(1))
	}
	environment, err := s.env.environmentVariables()
	if err != nil {
		return nil, err
	}
	arguments, err := s.env.argumentFiles()
	if err != nil {
		return nil, err
	}
	for _, path := range slices.Concat(environment, arguments, s.job.VarFiles) { // in this order, so that the files of the job win
		options = append(options, tfexec.VarFile(path))
	}
	for _, address := range s.job.Scope.Targets {
		options = append(options, tfexec.Target(address))
	}
	return options, nil
}

// concernsObjects reports whether a plan failed for some objects and not as a whole. A crash of the provider is not an
// error of the objects that it was asked for.
func concernsObjects(result *Result) bool {
	failures := plans.ErrorsOf(result.Diagnostics)
	return !slices.ContainsFunc(failures, plans.Diagnostic.IsCrash) && len(failures) > 0 && (len(result.Unread) > 0 ||
		slices.ContainsFunc(failures, func(d plans.Diagnostic) bool { return d.Address != "" }))
}
