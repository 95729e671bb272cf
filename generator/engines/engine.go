package engines

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hashicorp/go-version"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/guard"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/printed"
	"github.com/terraformer-rootly/terraformer-rootly/state/private"
)

// Engine is a program that plans: Terraform or OpenTofu.
type Engine struct {
	Name    string // terraform or tofu, by what it says of itself
	Version string // such as 1.11.4
	Path    string
	Guard   *guard.Guard // of the processes that it runs in; zero: they may outlive this one
}

// Command is a run of the engine.
func (e Engine) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, e.Path, args...)
	e.Guard.Join(cmd)
	interruptOnCancel(cmd)
	return cmd
}

// String gives the name with its version.
func (e Engine) String() string { return e.Name + " " + e.Version }

// AtLeast reports whether an engine is of a version, such as 1.7.0, or newer. Pre-releases count as what they lead to,
// and a version that cannot be read as new.
func (e Engine) AtLeast(oldest string) bool {
	found, err := version.NewVersion(e.Version)
	return err != nil || !found.Core().LessThan(version.Must(version.NewVersion(oldest)))
}

// Options say which engine to look for.
type Options struct {
	Engine     string   // terraform, tofu or the path of one of them; zero: terraform, else tofu
	SearchPath string   // directories to search, in the form of PATH; zero: PATH
	Environ    []string // environment for asking its version; zero: os.Environ()
	Guard      *guard.Guard

	// Dir is where the engine will run, and may not exist yet: a program that chooses among versions looks there, and in
	// the directories above it. Zero: the current directory.
	Dir string
}

const (
	terraform = "terraform"
	tofu      = "tofu"

	installHint = "install Terraform 1.5 or OpenTofu 1.6 (or newer), or name one with --engine PATH"
)

var bannerPattern = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)`)

// FindEngine finds the engine that o asks for and makes sure that it knows import blocks. Without a wish it takes the
// first of terraform and tofu that is there and new enough. Its errors are [UnavailableError], or the context's.
func Find(ctx context.Context, o Options) (Engine, error) {
	names := []string{terraform, tofu}
	if o.Engine != "" {
		names = []string{o.Engine}
	}
	if err := tempUsable(); err != nil {
		return Engine{}, err
	}

	var firstErr error
	for _, name := range names {
		engine, err := findOne(ctx, name, o)
		if err == nil {
			return engine, nil
		}
		if ctx.Err() != nil {
			return Engine{}, ctx.Err()
		}
		if firstErr == nil || (errors.Is(firstErr, exec.ErrNotFound) && !errors.Is(err, exec.ErrNotFound)) {
			firstErr = err
		}
	}

	if o.Engine == "" && errors.Is(firstErr, exec.ErrNotFound) {
		return Engine{}, &UnavailableError{Reason: "neither terraform nor tofu is on the PATH", Next: installHint}
	}
	return Engine{}, firstErr
}

func findOne(ctx context.Context, name string, o Options) (Engine, error) {
	path, err := locate(name, o.SearchPath)
	if err != nil {
		return Engine{}, notRunnable(name, err)
	}
	dir := existing(o.Dir)
	banner, err := versionBanner(ctx, Engine{Path: path, Guard: o.Guard}, dir, o.Environ)
	if err != nil {
		return Engine{}, &UnavailableError{
			Reason: fmt.Sprintf("ask %s for its version", path),
			Next:   fmt.Sprintf("run %s version in %s by hand; %s", name, dir, installHint),
			Err:    err,
		}
	}
	engine, err := parseBanner(banner, path)
	if err != nil {
		return Engine{}, err
	}
	engine.Guard = o.Guard
	if wrapped := printed.JSON(strings.NewReader(banner)).Wrapped; wrapped && engine.Name == tofu {
		// Its version is asked for once more by terraform-exec, which then knows the banner of Terraform only.
		return Engine{}, &UnavailableError{Reason: path + " is wrapped by a program that prints lines of its own", Next: printed.WrapperHint}
	}
	return engine, checkAge(engine)
}

// locate resolves a name along the search path, or checks a path. What it returns is absolute: the engine runs in other
// directories, where a relative path would lead to another program.
func locate(name, searchPath string) (string, error) {
	if strings.ContainsAny(name, `/\`) {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", err
		}
		return filepath.Abs(path)
	}
	if searchPath == "" {
		searchPath = os.Getenv("PATH")
	}

	var denied error
	for _, dir := range filepath.SplitList(searchPath) {
		if !filepath.IsAbs(dir) {
			continue // a program of the current directory is never run by accident
		}
		path, err := exec.LookPath(filepath.Join(dir, name))
		if err == nil {
			return path, nil
		}
		if errors.Is(err, fs.ErrPermission) && denied == nil {
			denied = err
		}
	}
	if denied != nil {
		return "", denied
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}

func notRunnable(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return &UnavailableError{
			Reason: name + " is not executable",
			Next:   "make it executable (chmod +x), or name another engine with --engine",
			Err:    err,
		}
	case strings.ContainsAny(name, `/\`):
		return &UnavailableError{Reason: "no engine at " + name, Next: "give --engine terraform, tofu or the path of one of them", Err: err}
	case name != terraform && name != tofu:
		return &UnavailableError{Reason: "unknown engine " + name, Next: "give --engine terraform, tofu or the path of one of them", Err: err}
	default:
		return &UnavailableError{Reason: name + " is not on the PATH", Next: installHint, Err: err}
	}
}

// versionBanner asks an engine for its version. The error is what it printed, which may come from a program that was to
// choose a version.
func versionBanner(ctx context.Context, e Engine, dir string, environ []string) (string, error) {
	cmd := e.Command(ctx, "version")
	cmd.Env = append(withoutEngineSettings(environ), "CHECKPOINT_DISABLE=1")
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if said := complaint(stderr.String(), stdout.String()); err != nil && said != "" && ctx.Err() == nil {
		return "", fmt.Errorf("%s (%w)", said, err)
	}
	return stdout.String(), err
}

// complaint is the first of some texts that says something, in one line and not longer than needed.
func complaint(texts ...string) string {
	const long = 500
	for _, text := range texts {
		if line := []rune(strings.Join(strings.Fields(plans.Plain(text)), " ")); len(line) > 0 {
			return string(line[:min(len(line), long)])
		}
	}
	return ""
}

// existing is a directory or, while it does not exist, the nearest one above that does.
func existing(dir string) string {
	dir, err := filepath.Abs(dir)
	for ; err == nil; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || dir == filepath.Dir(dir) {
			return dir
		}
	}
	return "."
}

// tempUsable makes sure that temporary files can be made, which engines need as well.
func tempUsable() error {
	dir, err := private.Make("", "probe")
	if err != nil {
		return err
	}
	return dir.Close()
}

func parseBanner(banner, path string) (Engine, error) {
	match := bannerPattern.FindStringSubmatch(banner)
	if match == nil {
		return Engine{}, &UnavailableError{
			Reason: path + " is neither Terraform nor OpenTofu",
			Next:   "give --engine terraform, tofu or the path of one of them",
		}
	}
	name := terraform
	if match[1] == "OpenTofu" {
		name = tofu
	}
	return Engine{Name: name, Version: match[2], Path: path}, nil
}

// checkAge refuses engines from before import blocks.
func checkAge(e Engine) error {
	oldest := map[string]string{terraform: "1.5.0", tofu: "1.6.0"}[e.Name]
	if _, err := version.NewVersion(e.Version); err != nil {
		return &UnavailableError{Reason: "read the version of " + e.Path, Next: installHint, Err: err}
	}
	if !e.AtLeast(oldest) {
		return &UnavailableError{
			Reason: fmt.Sprintf("%s at %s is too old: import blocks need %s or newer", e, e.Path, oldest),
			Next:   installHint,
		}
	}
	return nil
}
