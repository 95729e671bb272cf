package importer

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// hide turns credentials of the graph into variables, and counts them by type. What one of them was once stays masked.
func (l Linked) hide() map[string]int {
	o := l.Share.Live.Job.secretOptions()
	hidden := append(secret.Hide(l.Graph, o), secret.HideAlso(l.Graph, o, l.Share.secrets)...)
	for _, v := range l.Graph.Variables {
		l.Share.Root.veil.Remember(v.Value)
	}
	return secret.CountByType(hidden)
}

// variables is how many settings became variables.
func (l Linked) variables() int {
	n := 0
	for _, of := range l.hidden {
		n += of
	}
	return n
}

// leaking finds the resources that cannot be written without showing the value of a variable.
func (l Linked) leaking() map[graph.Address]rootly.Rejected {
	values := slices.Clone(l.Share.secrets)
	for _, v := range l.Graph.Variables {
		values = append(values, v.Value)
	}
	leaking := map[graph.Address]rootly.Rejected{}
	for _, leak := range secret.Leaking(l.Graph, values) {
		leaking[leak.Address] = rootly.Rejected{
			Reason: leak.Place + " has a value in it that is a secret elsewhere",
			Fix:    "rename it in Rootly, or move the value into a Rootly secret",
		}
	}
	return leaking
}

func (j *Job) secretOptions() secret.Options {
	return secret.Options{Mode: j.secrets, Secret: planning.SecretPathsOf, Suspect: planning.SuspectPathsOf, Withheld: withheldOf}
}

// withheldOf are the attributes of a type that nobody but people knows.
func withheldOf(resourceType string) []string {
	if t := catalogue.Lookup(resourceType); t != nil {
		return t.Withheld
	}
	return nil
}

// Guard is the second lock: no value that became a variable may stand in a file that others read.
// Values that people could write in an ordinary text are not looked for: some attributes hold
// secrets by declaration, and what stands there may be any word.
func Guard(variables []*graph.Variable, files []generator.File) error {
	made := slices.DeleteFunc(slices.Clone(variables), func(v *graph.Variable) bool { return !secret.IsMadeUp(v.Value) })
	if len(made) == 0 {
		return nil
	}
	watch := secret.WatchVariables(made)
	for _, f := range files {
		if f.Secret {
			continue
		}
		if leaks := watch.Leaks(f.Content); len(leaks) > 0 {
			return exit.WithHint(
				fmt.Errorf("the value of %s also occurs in %s in plain text", made[leaks[0]].Name, lineOf(watch, f)),
				"leave the object out with --excludes or --filter, or move the value into a Rootly secret, and report this",
			)
		}
	}
	return nil
}

// lineOf names the line of a file in which one of the values stands, and the resource around it.
func lineOf(watch *secret.Watch, f generator.File) string {
	resource, n := "", 0
	for line := range bytes.Lines(f.Content) {
		n++
		if found := resourceLine.FindSubmatch(line); found != nil {
			resource = fmt.Sprintf("%s.%s in ", found[1], found[2])
		}
		if len(watch.Leaks(line)) > 0 {
			return fmt.Sprintf("%s%s, line %d,", resource, f.Name, n)
		}
	}
	return f.Name
}

var resourceLine = regexp.MustCompile(`^resource "([^"]+)" "([^"]+)"`)
