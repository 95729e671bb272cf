package planning

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

const (
	// MaxCrashing bounds the objects that are taken out of a run. Each takes three plans or more.
	MaxCrashing = 20

	// MendCrash is the hint for an object at which the provider crashes.
	CrashHint = "change the unusual setting in Rootly, or use a version of the provider that can read it; please report the crash to the provider's authors"
)

// blame names the object at which the provider stopped, as far as it can be found.
func (p *Planner) blame(ctx context.Context, stateFile string, crash *engines.CrashError) error {
	address, alone, err := p.Session.Culprit(ctx, stateFile, crash, nil)
	switch {
	case err != nil:
		return err
	case address == "":
		return crash
	}
	return Crashes(address, WhyCrashed(alone, nil))
}

// ofTypes matches panics of the language itself, which contain types and never values.
var ofTypes = regexp.MustCompile(`^(interface conversion|runtime error|assignment to entry in nil map|reflect)\b`)

// quoted matches what a message quotes: it may come from the object.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)

// WhyCrashed describes a crash without any of the secrets. If they are not known, it names only types.
func WhyCrashed(crash *engines.CrashError, secrets []string) string {
	const why = "the provider crashes on it"
	if crash.Panic == "" || secrets == nil && !ofTypes.MatchString(crash.Panic) {
		return why
	}
	said := crash.Panic
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, value := range secrets {
		if value != "" {
			said = strings.ReplaceAll(said, value, "[secret]")
		}
	}
	said = secret.Mask(quoted.ReplaceAllString(said, `"..."`))
	const long = 200
	if runes := []rune(said); len(runes) > long {
		said = string(runes[:long]) + "..."
	}
	return why + ": " + said
}

// Crashes is the error for an object that keeps everything from being planned.
func Crashes(address, why string) error {
	return exit.WithHint(fmt.Errorf("%s: %s", address, why), CrashHint+"; an entry in .rootlyignore leaves it out of imports")
}
