package engines

import (
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

// notInstallable matches what the engines say when a provider cannot be had.
var notInstallable = regexp.MustCompile(`(?i)failed to (query available provider|resolve provider|install provider)` +
	`|could not retrieve the list of available versions|no available releases match|could not connect to .*registry` +
	`|required plugins are not installed|incompatible provider version`)

// settingsBroken matches what the engines say of a settings file that they cannot read; they go on without it.
var settingsBroken = regexp.MustCompile(`(?i)^error (parsing|reading) `)

// initError sorts what init says into "cannot be had here" and "is wrong".
func (s *Session) initError(err error) error {
	diagnostics := plans.ParseText(err.Error())
	refused := s.engineError(stepInit, diagnostics)
	next := "let this machine reach the registry, or name a mirror in the file of TF_CLI_CONFIG_FILE (provider_installation)"
	for _, d := range diagnostics {
		if settingsBroken.MatchString(d.Summary) {
			next = "fix that settings file, which " + s.job.Engine.Name + " otherwise ignores"
		}
		if notInstallable.MatchString(d.Summary + " " + d.Detail) {
			return &UnavailableError{Reason: "the provider cannot be installed", Next: next, Err: refused}
		}
	}
	return refused
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// planError is a plan that failed as a whole. What the engine printed beside its stream counts when the stream is silent.
func (s *Session) planError(err error) *RefusedError {
	diagnostics := plans.ErrorsOf(s.stream.Reported())
	if len(diagnostics) == 0 {
		diagnostics = plans.ParseText(err.Error())
	}
	slices.SortStableFunc(diagnostics, func(a, b plans.Diagnostic) int { // what explains the others comes first
		return boolOrder(b.IsCrash()) - boolOrder(a.IsCrash())
	})
	return s.engineError(stepPlan, diagnostics)
}

func (s *Session) engineError(step string, diagnostics []plans.Diagnostic) *RefusedError {
	refused := &RefusedError{Engine: s.job.Engine, Step: step, Diagnostics: diagnostics}
	switch {
	case slices.ContainsFunc(diagnostics, plans.Diagnostic.IsCrash):
		refused.Next = "run it again; if the provider stops again, find the object that stops it with --resources, and leave it out"
	case strings.Contains(diagnostics[0].Summary, "unable to parse version"):
		refused.Next = "fix what " + s.job.Engine.Name + " version warns about, such as its settings file"
	case diagnostics[0].Summary == "No value for required variable":
		refused.Next = "set it in a file *.auto.tfvars or in the environment variable " + variablePrefix + "NAME"
	case diagnostics[0].File != "":
		refused.Next = "look at " + diagnostics[0].File + " in " + s.job.Dir
	default:
		refused.Next = "run " + s.job.Engine.Name + " " + step + " by hand in " + s.job.Dir
	}
	return refused
}
