package lint

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
)

// Settings are the flags of lint.
type Settings struct {
	connect.Connection
	selection.Selection

	Weeks     int    // of shifts that are looked at
	FailOn    string // a severity, or never
	Baseline  string // file with the findings to leave out; empty: none
	Update    bool   // write the baseline instead of reading it
	Config    string // file with severities and exceptions; empty: FileName where there is one
	Dir       string // of the code and its state; empty: there is none
	Offline   bool   // read the export in Dir instead of the live organisation
	Engine    string // that reads the state; empty: the first that is found
	NoAuthors bool   // do not read the audit log
	Since     string // from when on authors are searched
	AuditCopy string // file in which they are searched instead of asking the API

	Also func(*Result) error // gets what is printed as well; nil: nobody does
}

// Run reads an organisation, prints what is wrong with it, and ends with [exit.Differs] where something at or above
// Settings.FailOn is.
func Run(ctx context.Context, w world.World, o *Settings) error {
	worst, err := o.check()
	if err != nil {
		return err
	}
	config, err := readConfig(o.Config)
	if err != nil {
		return err
	}
	client, disconnect, err := o.connect(w)
	if err != nil {
		return err
	}
	defer disconnect()
	org, err := o.read(ctx, w, client)
	if err != nil {
		return err
	}
	if org.Live.Partial != "" {
		w.Report().Note(org.Live.Partial)
	}
	code, err := readCode(ctx, w, o, org)
	if err != nil {
		return err
	}
	r := &Result{Objects: len(org.Live.Objects), Computed: org.Computed, overrides: org.Overrides, Weeks: o.Weeks, NotRead: org.notRead(), Unchecked: unchecked(org), elsewhere: code.firstFile()}
	found := Check(org)
	code.locate(found)
	r.Findings = config.apply(code.place(found))
	r.Findings = append(append(r.Findings, code.idle(config)...), config.idle()...)
	Sort(r.Findings)
	if o.Baseline != "" {
		if err := o.baseline(r); err != nil {
			return err
		}
	}
	code.amend(org, r.Findings)
	if err := o.name(ctx, w, client, r.Findings); err != nil {
		return err
	}
	if client != nil {
		r.Requests = client.Stats().Requests
	}
	if o.Also != nil {
		r.Of = org
		if err := o.Also(r); err != nil {
			return err
		}
	}
	if err := w.Report().Result(r.message()); err != nil {
		return err
	}
	if !o.Update && slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity >= worst }) {
		return exit.Status(exit.Differs)
	}
	if len(r.NotRead) > 0 {
		return exit.Status(exit.Partial)
	}
	return nil
}

// check returns the severity from which on findings fail, one above the worst for never.
func (o *Settings) check() (worst Severity, err error) {
	worst, known := ParseSeverity(o.FailOn)
	if o.FailOn == "never" {
		worst, known = Error+1, true
	}
	const mostWeeks = 8 // the API answers two months at most
	switch {
	case !known:
		return 0, exit.Usage(fmt.Errorf("--fail-on %s is not a severity", o.FailOn), "give error, warning, info or never")
	case o.Weeks < 1 || o.Weeks > mostWeeks:
		return 0, exit.Usage(fmt.Errorf("--weeks %d is not possible", o.Weeks), fmt.Sprintf("give a number from 1 to %d", mostWeeks))
	case o.Update && o.Baseline == "":
		return 0, exit.Usage(errors.New("--update-baseline needs a file"), "name it with --baseline FILE")
	case o.Offline && o.Dir == "":
		return 0, exit.Usage(errors.New("--offline needs a directory"), "name the directory of an export, or of code with its state: lint --offline DIRECTORY")
	}
	return worst, nil
}

// connect opens the organisation; nothing where it is not asked.
func (o *Settings) connect(w world.World) (client *api.Client, disconnect func(), err error) {
	if o.Offline {
		o.NoAuthors = o.NoAuthors || o.AuditCopy == ""
		return nil, func() {}, nil
	}
	client, _, disconnect, err = o.Open(w, nil)
	if err != nil && o.Dir != "" && o.Token == "" && o.TokenFile == "" && w.Getenv("ROOTLY_API_TOKEN") == "" {
		err = exit.WithHint(err, "set ROOTLY_API_TOKEN, or lint what the directory has: lint --offline "+o.Dir)
	}
	return client, disconnect, err
}

// read reads the organisation, or an export of it.
func (o *Settings) read(ctx context.Context, w world.World, client *api.Client) (*Organisation, error) {
	from := w.Now().UTC().Truncate(time.Hour)
	window := oncall.Span{From: from, To: from.AddDate(0, 0, 7*o.Weeks)}
	if o.Offline {
		return o.readOffline(ctx, w, window)
	}
	types, _, err := o.Types()
	if err != nil {
		return nil, err
	}
	return Read(ctx, client, types, window)
}

// notRead says what is missing, and why. Features that the organisation does not have are not.
func (o *Organisation) notRead() []string {
	var missing []string
	if skipped := o.Live.Skipped; len(skipped) > 0 && !slices.Contains(slices.Collect(maps.Values(o.Live.Complete)), true) {
		return []string{"any type, such as " + selection.Short(skipped[0].Type) + ": " + skipped[0].Err.Error()}
	}
	for _, s := range o.Live.Skipped {
		if !s.Absent() {
			missing = append(missing, selection.Short(s.Type)+": "+s.Err.Error())
		}
	}
	return missing
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

// Explain prints what a rule is about, or all of them.
func Explain(w world.World, id string) error {
	rules := Rules()
	if rule, known := Lookup(id); known {
		rules = []Rule{rule}
	} else if id != "all" {
		var all []string
		for _, r := range rules {
			all = append(all, r.ID)
		}
		return exit.Usage(fmt.Errorf("no rule is called %q", id), "rules: "+strings.Join(all, ", "))
	}
	var parts []string
	for _, r := range rules {
		parts = append(parts, fmt.Sprintf("%s (%s, %s)\n\n%s\n\n%s\n%s\n\nFix: %s\n", r.ID, r.Severity, r.Family, r.Title, r.Means, r.Why, r.Fix))
	}
	return w.Report().Result(report.Result{Lines: strings.Split(strings.TrimSuffix(strings.Join(parts, "\n"), "\n"), "\n")})
}

// A Result is what a run found.
type Result struct {
	Of *Organisation // what was looked at; set where Settings.Also is

	Findings []Finding
	Known    int // findings that the baseline has
	Objects  int
	Requests int64
	Weeks    int
	Computed bool     // shifts were worked out from rotations
	NotRead  []string // what could not be read, and why

	Unchecked []Unchecked

	overrides bool   // those by hand are in them
	elsewhere string // a file of the code, for what has no place in it
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
