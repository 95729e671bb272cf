package importer

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// hide turns credentials into variables.
func (r *linked) hide() error {
	mode, err := secret.ParseMode(r.o.Secrets)
	if err != nil {
		return exit.Usage(err, "choose plain, masked or blank")
	}
	hidden := secret.Hide(r.Graph, secret.Options{Mode: mode, Secret: planning.SecretPathsOf, Suspect: planning.SuspectPathsOf})
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
	return nil
}

// Guard is the second lock: no value that became a variable may stand in a file that others read.
// Values that people could write in an ordinary text are not looked for: some attributes hold
// secrets by declaration, and what stands there may be any word.
func Guard(variables []*graph.Variable, files []generator.File) error {
	made := slices.DeleteFunc(slices.Clone(variables), func(v *graph.Variable) bool { return !madeUp(v.Value) })
	if len(made) == 0 {
		return nil
	}
	watch := secret.WatchVariables(made)
	for _, f := range files {
		if f.Secret {
			continue
		}
		if leaks := watch.Leaks(f.Content); len(leaks) > 0 {
			v := made[leaks[0]]
			return exit.WithHint(
				fmt.Errorf("the value of %s also stands in %s in plain text", v.Name, f.Name),
				"leave the object out with --excludes or --filter, or move the value into a Rootly secret, and report this",
			)
		}
	}
	return nil
}

// madeUp reports whether no one would write a text by hand: long, of one piece, letters and digits.
func madeUp(s string) bool {
	const long = 12
	return len(s) >= long && !strings.ContainsAny(s, " \t\r\n{}<>") &&
		strings.ContainsAny(s, "0123456789") && strings.IndexFunc(s, unicode.IsLetter) >= 0
}

// mask takes credentials out of what the report quotes.
func mask(s *report.Summary) {
	for i := range s.NotImported {
		s.NotImported[i].Title = secret.Mask(s.NotImported[i].Title)
		s.NotImported[i].Reason = secret.Mask(s.NotImported[i].Reason)
	}
	for i := range s.Losses {
		s.Losses[i].Title = secret.Mask(s.Losses[i].Title)
		s.Losses[i].Reason = secret.Mask(s.Losses[i].Reason)
		s.Losses[i].Path = secret.Mask(s.Losses[i].Path) // keys are part of it
	}
	for i := range s.Ignored {
		s.Ignored[i].Reason = secret.Mask(s.Ignored[i].Reason)
	}
	sort.Slice(s.NotListed, func(i, j int) bool { return s.NotListed[i].Type < s.NotListed[j].Type })
}
