package lint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

// Settings are the flags of lint.
type Settings struct {
	connect.Connection
	selection.Selection

	Weeks    int    // of shifts that are looked at
	FailOn   string // a severity, or never
	Format   string // one of Formats
	Baseline string // file with the findings to leave out; empty: none
	Update   bool   // write the baseline instead of reading it
	Config   string // file with severities and exceptions; empty: FileName where there is one
	Dir      string // of the code and its state; empty: there is none
	Engine   string // that reads the state; empty: the first that is found

	Also func(*Result) error // gets what is printed as well; nil: nobody does
}

// Run reads an organisation, prints what is wrong with it, and ends with [exit.Differs] where something at or above
// Settings.FailOn is.
func Run(ctx context.Context, w world.World, o *Settings) error {
	worst, fails := ParseSeverity(o.FailOn)
	if !fails && o.FailOn != "never" {
		return exit.Usage(fmt.Errorf("--fail-on %s is not a severity", o.FailOn), "give error, warning, info or never")
	}
	const mostWeeks = 8 // the API answers two months at most
	if o.Weeks < 1 || o.Weeks > mostWeeks {
		return exit.Usage(fmt.Errorf("--weeks %d is not possible", o.Weeks), fmt.Sprintf("give a number from 1 to %d", mostWeeks))
	}
	config, err := readConfig(o.Config)
	if err != nil {
		return err
	}
	types, _, err := o.Types()
	if err != nil {
		return err
	}
	client, _, disconnect, err := o.Open(w, nil)
	if err != nil {
		return err
	}
	defer disconnect()
	from := w.Now().UTC().Truncate(time.Hour)
	org, err := Read(ctx, client, types, oncall.Span{From: from, To: from.AddDate(0, 0, 7*o.Weeks)})
	if err != nil {
		return err
	}
	code, err := readCode(ctx, w, o.Engine, o.Dir)
	if err != nil {
		return err
	}
	r := &Result{Objects: len(org.Live.Objects), Computed: org.Computed, Weeks: o.Weeks, Requests: client.Stats().Requests}
	r.Findings = Check(org)
	code.locate(r.Findings)
	r.Findings = config.apply(code.place(r.Findings))
	r.Findings = append(append(r.Findings, code.idle()...), config.idle()...)
	Sort(r.Findings)
	if o.Baseline != "" {
		if err := o.baseline(r); err != nil {
			return err
		}
	}
	for _, s := range org.Live.Skipped {
		if !s.Absent() {
			r.NotRead = append(r.NotRead, selection.Short(s.Type)+": "+s.Err.Error())
		}
	}
	if o.Also != nil {
		if err := o.Also(r); err != nil {
			return err
		}
	}
	if err := r.write(w, o.Format); err != nil {
		return err
	}
	if fails && slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity >= worst }) {
		return exit.Status(exit.Differs)
	}
	if len(r.NotRead) > 0 {
		return exit.Status(exit.Partial)
	}
	return nil
}

// baseline leaves out what the file knows, or writes the file.
func (o *Settings) baseline(r *Result) error {
	if o.Update {
		return writeBaseline(o.Baseline, r.Findings)
	}
	known, err := readBaseline(o.Baseline)
	if err != nil {
		return err
	}
	before := len(r.Findings)
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return known[f.Key()] })
	r.Known = before - len(r.Findings)
	return nil
}

// Explain prints what a rule is about.
func Explain(w world.World, id string) error {
	rule, known := Lookup(id)
	if !known {
		var all []string
		for _, r := range Rules() {
			all = append(all, r.ID)
		}
		return exit.Usage(fmt.Errorf("no rule is called %q", id), "rules: "+strings.Join(all, ", "))
	}
	_, err := fmt.Fprintf(w.Out, "%s (%s, %s)\n\n%s\n\n%s\n%s\n\nFix: %s\n", rule.ID, rule.Severity, cmp.Or(rule.Family, "-"), rule.Title, rule.Means, rule.Why, rule.Fix)
	return err
}

// A Result is what a run found.
type Result struct {
	Findings []Finding
	Known    int // findings that the baseline has
	Objects  int
	Requests int64
	Weeks    int
	Computed bool     // shifts were worked out from rotations
	NotRead  []string // what could not be read, and why
}

// counts says how many findings of each severity there are, the worst first.
func (r *Result) counts() string {
	if len(r.Findings) == 0 {
		return "No findings"
	}
	n := make([]int, len(severityNames))
	for _, f := range r.Findings {
		n[f.Severity]++
	}
	var parts []string
	for s := Error; s >= Info; s-- {
		if n[s] > 0 {
			word := s.String()
			if s == Info {
				word = "remark"
			}
			parts = append(parts, report.Plural(n[s], word))
		}
	}
	return strings.Join(parts, ", ")
}

var errFormat = errors.New("unknown format")
