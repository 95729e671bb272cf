package engines

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
)

// argumentVariables hold more arguments for every plan that people make by hand.
var argumentVariables = []string{"TF_CLI_ARGS", "TF_CLI_ARGS_plan"}

// idle are arguments that have no say in what is planned; idleWithValue are those whose value may be a word of its own.
var (
	idle          = []string{"no-color", "compact-warnings", "input", "lock", "concise", "detailed-exitcode"}
	idleWithValue = []string{"lock-timeout", "parallelism"}
)

// argumentFiles carries the values for variables over that TF_CLI_ARGS and TF_CLI_ARGS_plan hold, which terraform-exec
// does not pass on. The error is an [UnavailableError] where they ask for another plan than one of everything.
func (e *environment) argumentFiles() ([]string, error) {
	var files []string
	environ := environMap(e.job.Environ)
	if !e.job.Arguments || environ[argumentVariables[0]]+environ[argumentVariables[1]] == "" {
		return nil, nil
	}
	code, err := roots.Parse(e.job.Dir, roots.CodeNames, variableMention)
	if err != nil {
		return nil, err
	}
	for _, variable := range argumentVariables {
		words := shellWords(environ[variable])
		for len(words) > 0 {
			name, value, given := strings.Cut(strings.TrimLeft(words[0], "-"), "=")
			words = words[1:]
			if slices.Contains(idle, name) {
				continue
			}
			if !given && len(words) > 0 {
				value, words = words[0], words[1:]
			}
			switch {
			case slices.Contains(idleWithValue, name):
			case name == "var-file":
				files = append(files, value)
			case name == "var":
				path, err := e.argumentFile(code, len(files), value)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", variable, err)
				}
				files = append(files, path)
			default:
				return nil, &UnavailableError{
					Reason: variable + " contains -" + name + ", so the plan would not cover everything",
					Next:   "remove it from " + variable + "; -var and -var-file are passed on",
				}
			}
		}
	}
	return files, nil
}

// argumentFile writes the value of one variable to a file that only this user can read.
func (e *environment) argumentFile(code []hcl.Body, n int, given string) (string, error) {
	name, value, _ := strings.Cut(given, "=")
	src, err := variableFile(declaredVariables(code), map[string]string{strings.TrimSpace(name): value})
	if err != nil {
		return "", err
	}
	path, err := e.own.note(fmt.Sprintf("argument-%d.tfvars", n), src)
	if err != nil {
		return "", fmt.Errorf("pass variables to the engine: %w", err)
	}
	return path, nil
}

// shellWords splits a text as the engines do: at blanks, except in quotes or behind a backslash.
func shellWords(text string) []string {
	var words []string
	var word strings.Builder
	quote, escaped, inside := rune(0), false, false
	for _, r := range text {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, inside = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, inside = r, true
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if inside {
		words = append(words, word.String())
	}
	return words
}
