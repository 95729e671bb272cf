package importer

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"sort"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// hide turns credentials into variables.
func (r *linked) hide() error {
	mode, err := secret.ParseMode(r.o.Secrets)
	if err != nil {
		return exit.Usage(err, "choose plain, masked or blank")
	}
	o := secretOptions(mode)
	hidden := append(secret.Hide(r.Graph, o), secret.HideAlso(r.Graph, o, r.secrets)...)
	r.Report.Secrets, r.Report.SecretsMode = len(hidden), r.o.Secrets
	if len(hidden) > 0 {
		r.Report.SecretsFile = planning.SecretsName
		if mode == secret.Blank {
			r.Report.SecretsFile = "terraform.tfvars.example"
		}
	}
	for _, v := range r.Graph.Variables {
		r.veil.Remember(v.Value)
	}
	counts := secret.CountByType(hidden)
	for t, c := range r.decoded.Coverage {
		n := counts[t] - r.hidden[t] // the graph may have been linked before
		c.Secret += n
		c.Written -= n
	}
	r.hidden = counts
	return r.leaveOutLeaking()
}

// leaveOutLeaking leaves out the objects that cannot be written without showing the value of a variable.
func (r *linked) leaveOutLeaking() error {
	values := slices.Clone(r.secrets)
	for _, v := range r.Graph.Variables {
		values = append(values, v.Value)
	}
	leaks := map[graph.Address]string{}
	for _, l := range secret.Leaking(r.Graph, values) {
		leaks[l.Address] = l.Place
	}
	if len(leaks) == 0 {
		return nil
	}
	r.unlinked = slices.DeleteFunc(slices.Clone(r.unlinked), func(res *graph.Resource) bool {
		place := leaks[res.Address]
		if place != "" {
			r.skipped = append(r.skipped, rootly.Rejected{
				Type: res.Address.Type, ID: res.ID, Title: res.Title, Reason: place + " has a value in it that is a secret elsewhere",
				Fix: "rename it in Rootly, or move the value into a Rootly secret",
			})
		}
		return place != ""
	})
	return r.Relink()
}

// Know remembers the secrets of all root modules: what is one in any of them is hidden in each.
func (r *linked) Know(draft *graph.Graph) error {
	mode, err := secret.ParseMode(r.o.Secrets)
	if err != nil {
		return exit.Usage(err, "choose plain, masked or blank")
	}
	secret.Hide(draft, secretOptions(mode))
	for _, v := range draft.Variables {
		r.secrets = append(r.secrets, v.Value)
	}
	return nil
}

func secretOptions(mode secret.Mode) secret.Options {
	return secret.Options{Mode: mode, Secret: planning.SecretPathsOf, Suspect: planning.SuspectPathsOf, Withheld: withheldOf}
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
				fmt.Errorf("the value of %s also stands in %s in plain text", made[leaks[0]].Name, lineOf(watch, f)),
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

// mask takes credentials out of what the report quotes.
func mask(s *report.Summary, veil *secret.Veil) {
	for i := range s.NotImported {
		s.NotImported[i].Title = veil.Path(s.NotImported[i].Title)
		s.NotImported[i].Reason = veil.Path(s.NotImported[i].Reason)
	}
	for i := range s.Losses {
		s.Losses[i].Title = veil.Path(s.Losses[i].Title)
		s.Losses[i].Reason = veil.Path(s.Losses[i].Reason)
		s.Losses[i].Path = veil.Path(s.Losses[i].Path) // keys are part of it
	}
	for i := range s.Ignored {
		s.Ignored[i].Reason = veil.Path(s.Ignored[i].Reason)
	}
	sort.Slice(s.NotListed, func(i, j int) bool { return s.NotListed[i].Type < s.NotListed[j].Type })
}
