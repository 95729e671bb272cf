package lint

import (
	"fmt"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

// Formats are the ways in which findings are written.
var Formats = []string{"text", "json", "markdown", "sarif", "gitlab"}

// message is the result in every format.
func (r *Result) message() report.Result {
	return report.Result{Value: r.json(), Others: map[string]any{"sarif": r.sarif(), "gitlab": r.gitlab()}, Lines: r.text(), Markdown: r.markdown()}
}

// subject names the object of a finding.
func (f Finding) subject() string {
	if f.Address != "" {
		return f.Address
	}
	return strings.TrimSpace(f.Type + " " + report.Name(f.Name))
}

// text groups findings by severity and rule.
func (r *Result) text() []string {
	var lines []string
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	severity, rule := Severity(-1), ""
	for _, f := range r.Findings {
		if f.Severity != severity {
			if rule != "" {
				line("")
			}
			severity, rule = f.Severity, ""
			line("%s", strings.ToUpper(severity.String()))
		}
		if f.Rule != rule {
			rule = f.Rule
			row, _ := Lookup(rule)
			line("")
			line("  %s  %s", rule, row.Title)
			line("    fix: %s", row.Fix)
		}
		line("    %s: %s%s", f.subject(), f.Message, f.Where())
		for _, detail := range f.details() {
			line("      %s", detail)
		}
		for _, text := range f.shortDiff() {
			line("      %s", text)
		}
	}
	if len(r.Findings) > 0 {
		line("")
	}
	return append(lines, r.summary()...)
}

// Where names the attribute that a finding is about. Some are about people and turns, which the message names.
func (f Finding) Where() string {
	if f.Path == "" || strings.Contains(f.Path, " ") {
		return ""
	}
	return " (" + f.Path + ")"
}

// details are where the object of a finding is, and who changed it last.
func (f Finding) details() []string {
	var list []string
	if f.File != "" {
		list = append(list, fmt.Sprintf("%s:%d", f.File, f.Line))
	}
	if f.Link != "" {
		list = append(list, f.Link)
	}
	if by := f.Last.String(); by != "" {
		list = append(list, "last changed by "+by)
	}
	return list
}

// summary says what was looked at, and what it cost.
func (r *Result) summary() []string {
	text := fmt.Sprintf("%s in %s", r.counts(), report.Plural(r.Objects, "object"))
	if r.Requests > 0 {
		text += fmt.Sprintf(", with %s", report.Plural(int(r.Requests), "request"))
	}
	lines := []string{text + "."}
	if r.Known > 0 {
		lines[0] += fmt.Sprintf(" %s left out, which are in the baseline.", report.Plural(r.Known, "finding"))
	}
	switch {
	case r.Computed && r.overrides:
		lines = append(lines, "Who is on call was computed from the rotations and overrides; shadows are unknown.")
	case r.Computed:
		lines = append(lines, "Who is on call was computed from the rotations; overrides are unknown.")
	}
	for _, n := range r.NotRead {
		lines = append(lines, "not read: "+n)
	}
	for _, u := range r.Unchecked {
		lines = append(lines, "not checked: "+strings.Join(u.Rules, ", ")+": "+u.Reason)
	}
	return lines
}

// findingV1 is a finding in JSON. Fields are added, never renamed.
type findingV1 struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Type     string `json:"type"`
	ID       string `json:"id"`
	Name     string `json:"name"`
	Message  string `json:"message"`
	Path     string `json:"path,omitempty"`
	Fix      string `json:"fix"`
	Address  string `json:"address,omitempty"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Link     string `json:"link,omitempty"`
	Diff     string `json:"diff,omitempty"`

	Changed *changedV1 `json:"last_change,omitempty"`
}

// changedV1 is who changed an object last.
type changedV1 struct {
	At         string `json:"at"`
	Name       string `json:"user_name,omitempty"`
	Email      string `json:"user_email,omitempty"`
	UserID     string `json:"user_id,omitempty"`
	Confidence string `json:"confidence"`
}

// shortDiff are the lines of the diff that fit on a screen.
func (f Finding) shortDiff() []string {
	const most = 30
	var lines []string
	for text := range strings.Lines(f.diff()) {
		if len(lines) == most {
			return append(lines, "... all of it with --format json")
		}
		lines = append(lines, strings.TrimRight(text, "\r\n"))
	}
	return lines
}

// ShownDiff is the diff without characters that nobody sees.
func (f Finding) ShownDiff() string {
	return visible.Lines(f.diff())
}

// diff is how the code changes, over all files; empty where people have to decide.
func (f Finding) diff() string {
	var b strings.Builder
	for _, p := range f.Patches {
		b.WriteString(p.Diff)
	}
	return b.String()
}

func (f Finding) v1() findingV1 {
	rule, _ := Lookup(f.Rule)
	v := findingV1{
		Rule: f.Rule, Severity: f.Severity.String(), Type: f.Type, ID: string(f.ID), Name: f.Name, Message: f.Message, Path: f.Path,
		Fix: rule.Fix, Address: f.Address, File: f.File, Line: f.Line, Link: f.Link, Diff: f.diff(),
	}
	if d := f.Last; !d.At.IsZero() {
		v.Changed = &changedV1{d.At.Format(time.RFC3339), d.Name, d.Email, d.UserID, d.Confidence}
	}
	return v
}

// skippedV1 is a rule that could not be checked in full.
type skippedV1 struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// resultV1 is a result in JSON.
type resultV1 struct {
	Version  int         `json:"version"`
	Objects  int         `json:"objects"`
	Requests int64       `json:"requests"`
	Weeks    int         `json:"weeks"`
	Computed bool        `json:"shifts_computed"`
	Known    int         `json:"in_baseline"`
	NotRead  []string    `json:"not_read"`
	Skipped  []skippedV1 `json:"not_checked"`
	Findings []findingV1 `json:"findings"`
}

func (r *Result) json() resultV1 {
	document := resultV1{1, r.Objects, r.Requests, r.Weeks, r.Computed, r.Known, append([]string{}, r.NotRead...), []skippedV1{}, []findingV1{}}
	for _, u := range r.Unchecked {
		for _, id := range u.Rules {
			document.Skipped = append(document.Skipped, skippedV1{id, u.Reason})
		}
	}
	for _, f := range r.Findings {
		document.Findings = append(document.Findings, f.v1())
	}
	return document
}

func (r *Result) markdown() *report.Section {
	s := &report.Section{Title: "Rootly: " + r.counts(), Head: []string{"", "rule", "object", "finding"}, Linked: 2, Lines: r.summary()}
	for _, f := range r.Findings {
		message := f.Message + f.Where()
		for _, detail := range f.details() {
			if detail != f.Link {
				message += "\n" + detail
			}
		}
		s.Rows, s.Links = append(s.Rows, []string{f.Severity.String(), f.Rule, f.subject(), message}), append(s.Links, f.Link)
	}
	for _, f := range r.Findings {
		if len(f.Patches) > 0 {
			s.Diffs = append(s.Diffs, [2]string{"Fix " + f.Rule + " of " + f.subject(), f.diff()})
		}
	}
	return s
}
