package engines

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

// notInstallable matches what the engines say when a provider cannot be had.
var notInstallable = regexp.MustCompile(`(?i)failed to (query available provider|resolve provider|install provider)` +
	`|could not retrieve the list of available versions|no available releases match|could not connect to .*registry` +
	`|required plugins are not installed|incompatible provider version`)

// settingsBroken matches what the engines say of a settings file that they cannot read; they continue without it.
var settingsBroken = regexp.MustCompile(`(?i)^error (parsing|reading) `)

// complaints make errors with hints of what an engine says about a directory.
type complaints struct {
	engine Engine
	dir    string // that was planned
	final  string // where the user can look at the code
}

func (j *Job) complaints() complaints {
	return complaints{engine: j.Engine, dir: j.Dir, final: cmp.Or(j.Final, j.Dir)}
}

// initError sorts what init says into "cannot be had here" and "is wrong".
func (c complaints) initError(err error) error {
	diagnostics := plans.ParseText(err.Error())
	refused := c.engineError(stepInit, diagnostics)
	next := "let this machine reach the registry, or name a mirror in the file of TF_CLI_CONFIG_FILE (provider_installation)"
	for _, d := range refused.Diagnostics {
		text := strings.Join(strings.Fields(d.Summary+" "+d.Detail), " ")
		if settingsBroken.MatchString(d.Summary) {
			next = "fix that settings file, which " + c.engine.Name + " otherwise ignores"
		}
		for _, known := range c.installAdvice() {
			if known.said.MatchString(text) {
				next = known.next
			}
		}
		if notInstallable.MatchString(text) {
			return &UnavailableError{Reason: "the provider cannot be installed", Next: next, Err: refused}
		}
	}
	return refused
}

// An installAdvice is what to do about a provider that cannot be had for another reason than an unreachable registry.
type installAdvice struct {
	said *regexp.Regexp
	next string
}

var (
	lockedToOther = regexp.MustCompile(`must use \S+ init -upgrade|does not match configured version constraint`)
	lockedHashes  = regexp.MustCompile(`doesn.t match any of the checksums|has no checksums`)
	noSuchVersion = regexp.MustCompile(`no available releases match`)
)

func (c complaints) installAdvice() []installAdvice {
	name, where := c.engine.Name, c.final
	return []installAdvice{
		{lockedToOther, "the lock file has another version than the code requires: run " + name + " init -upgrade in " + where},
		{lockedHashes, "the lock file has no checksum for this platform or mirror: run " + name + " providers lock in " + where},
		{noSuchVersion, "neither the registry nor a mirror has a version that the code requires: change it in required_providers, or update the mirror"},
	}
}

// elsewhere replaces, in what the engine says, a directory that is removed after the plan.
func (c complaints) elsewhere(diagnostics []plans.Diagnostic) []plans.Diagnostic {
	list := slices.Clone(diagnostics)
	for i, d := range list {
		list[i].Summary = strings.ReplaceAll(d.Summary, c.dir, c.final)
		list[i].Detail = strings.ReplaceAll(d.Detail, c.dir, c.final)
	}
	return list
}

// look says where to see more of a refusal.
func (c complaints) look(step, file string) string {
	kept := true // the directory holds what was planned
	if c.final != c.dir {
		_, err := os.Stat(filepath.Join(c.final, file))
		kept = err == nil && file != ""
	}
	write := ""
	if !kept {
		write = "write the code without a plan (--no-verify), and "
	}
	if file != "" {
		return write + "look at " + file + " in " + c.final
	}
	return write + "run " + c.engine.Name + " " + step + " by hand in " + c.final
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// planError is for a plan that failed as a whole. What the engine printed outside of its stream counts if it reported nothing.
func (c complaints) planError(reported []plans.Diagnostic, err error) *RefusedError {
	diagnostics := plans.ErrorsOf(reported)
	if len(diagnostics) == 0 {
		diagnostics = plans.ParseText(err.Error())
	}
	slices.SortStableFunc(diagnostics, func(a, b plans.Diagnostic) int { // what explains the others comes first
		return boolOrder(b.IsCrash()) - boolOrder(a.IsCrash())
	})
	return c.engineError(stepPlan, diagnostics)
}

func (c complaints) engineError(step string, diagnostics []plans.Diagnostic) *RefusedError {
	refused := &RefusedError{Engine: c.engine, Step: step, Diagnostics: c.elsewhere(diagnostics)}
	switch {
	case slices.ContainsFunc(diagnostics, plans.Diagnostic.IsCrash):
		refused.Next = "run it again; if the provider stops again, find the object that stops it with --resources, and leave it out"
	case strings.Contains(diagnostics[0].Summary, "unable to parse version"):
		refused.Next = "fix what " + c.engine.Name + " version warns about, such as its settings file"
	case diagnostics[0].Summary == "No value for required variable":
		refused.Next = "set it in a file *.auto.tfvars, with --var-file, or in the environment variable " + VariablePrefix + "NAME"
	default:
		refused.Next = c.look(step, diagnostics[0].File)
	}
	return refused
}

// cancelled is the error of a step that was interrupted.
func (c complaints) cancelled(ctx context.Context, step string) error {
	return fmt.Errorf("%s %s: %w", c.engine.Name, step, ctx.Err())
}
