package engines

import (
	"errors"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
)

// What is in the way of a provider decides what helps.
func TestProviderThatCannotBeHad(t *testing.T) {
	t.Parallel()
	s := Job{Engine: Engine{Name: terraform}, Dir: "/tmp/.out.stage", Final: "/home/out"}
	for text, want := range map[string]string{
		"Error: Failed to query available provider packages\n\nCould not retrieve the list of available versions for provider\nrootlyhq/rootly: locked provider registry.terraform.io/rootlyhq/rootly 5.0.0\n" +
			"does not match configured version constraint ~> 5.20; must use terraform init\n-upgrade to allow selection of new versions\n": "terraform init -upgrade in /home/out",
		"Error: Failed to install provider\n\nError while installing rootlyhq/rootly v5.20.1: the local package for\nregistry.terraform.io/rootlyhq/rootly 5.20.1 doesn't match any of the\n" +
			"checksums previously recorded in the dependency lock file\n": "terraform providers lock in /home/out",
		"Error: Failed to query available provider packages\n\nCould not retrieve the list of available versions for provider\nrootlyhq/rootly: no available releases match the given constraints >= 9.0.0\n": "change it in required_providers",
		"Error: Failed to query available provider packages\n\nCould not retrieve the list of available versions for provider\nrootlyhq/rootly: could not connect to registry.terraform.io\n":                 "let this machine reach the registry",
	} {
		var unavailable *UnavailableError
		if err := s.complaints().initError(errors.New(text)); !errors.As(err, &unavailable) || !strings.Contains(unavailable.Hint(), want) {
			t.Errorf("after %q: %v, hint %v, want %q", text, err, unavailable, want)
		}
	}
}

// A hint leads to where the code is, or says how it gets there: a copy that was planned is removed.
func TestHintsNameNoDirectoryThatIsRemoved(t *testing.T) {
	t.Parallel()
	final := t.TempDir()
	writeUnder(t, final, "mine.tf", "")
	s := Job{Engine: Engine{Name: terraform}, Dir: "/tmp/.out.stage", Final: final}
	for file, want := range map[string]string{
		"":         "write the code without a plan (--no-verify), and run terraform plan by hand in " + final,
		"teams.tf": "write the code without a plan (--no-verify), and look at teams.tf in " + final,
		"mine.tf":  "look at mine.tf in " + final,
	} {
		err := s.complaints().engineError(stepPlan, []plans.Diagnostic{{Summary: "Unreadable module directory", Detail: "in /tmp/.out.stage/x", File: file}})
		if err.Hint() != want || strings.Contains(err.Error(), "stage") {
			t.Errorf("%q: %v, hint %q, want %q", file, err, err.Hint(), want)
		}
	}
}

// An engine that cannot read its settings file goes on without, and then finds no mirror: the
// hint is to fix the file.
func TestSettingsFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	const unreachable = "\nError: Failed to query available provider packages\n\nCould not retrieve the list of available versions\n"
	s := Job{Engine: Engine{Name: tofu}}
	for text, want := range map[string]string{
		"": "let this machine reach the registry",
		"There are some problems with the CLI configuration:\n\nError: Error parsing /rc: At 1:10: object expected closing RBRACE\n": "fix that settings file",
	} {
		var unavailable *UnavailableError
		if err := s.complaints().initError(errors.New(text + unreachable)); !errors.As(err, &unavailable) || !strings.HasPrefix(unavailable.Hint(), want) {
			t.Errorf("after %q: %v, hint %v, want %q", text, err, unavailable, want)
		}
	}
}
