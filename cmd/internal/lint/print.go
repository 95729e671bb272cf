package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

// Formats are the ways in which findings are written.
var Formats = []string{"text", "json", "markdown", "sarif", "gitlab"}

func (r *Result) write(w world.World, format string) error {
	switch format {
	case "text":
		return r.text(w.Out)
	case "json":
		return r.json(w.Out)
	case "markdown":
		return r.markdown(w.Out)
	case "sarif":
		return r.sarif(w.Out)
	case "gitlab":
		return r.gitlab(w.Out)
	}
	return exit.Usage(fmt.Errorf("%w %q", errFormat, format), "give one of "+strings.Join(Formats, ", "))
}

// subject names the object of a finding.
func (f Finding) subject() string {
	if f.Address != "" {
		return f.Address
	}
	return f.Type + " " + report.Name(f.Name)
}

func (r *Result) text(out io.Writer) error {
	var b strings.Builder
	severity, rule := Severity(-1), ""
	for _, f := range r.Findings {
		if f.Severity != severity {
			severity, rule = f.Severity, ""
			fmt.Fprintf(&b, "%s\n", strings.ToUpper(severity.String()))
		}
		if f.Rule != rule {
			rule = f.Rule
			row, _ := Lookup(rule)
			fmt.Fprintf(&b, "\n  %s  %s\n    fix: %s\n", rule, row.Title, row.Fix)
		}
		fmt.Fprintf(&b, "    %s: %s\n", f.subject(), report.Name(f.Message))
		if f.File != "" {
			fmt.Fprintf(&b, "      %s:%d\n", f.File, f.Line)
		}
	}
	if len(r.Findings) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(r.summary() + "\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// summary says in one paragraph what was looked at.
func (r *Result) summary() string {
	text := fmt.Sprintf("%s in %s, with %s.", r.counts(), report.Plural(r.Objects, "object"), report.Plural(int(r.Requests), "request"))
	if r.Known > 0 {
		text += fmt.Sprintf(" %s left out, which the baseline has.", report.Plural(r.Known, "finding"))
	}
	if r.Computed {
		text += " The key may not read shifts: who is on call was worked out from the rotations."
	}
	for _, n := range r.NotRead {
		text += "\nnot read: " + report.Name(n)
	}
	return text
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
	Findings []findingV1 `json:"findings"`
}

func (r *Result) json(out io.Writer) error {
	document := resultV1{1, r.Objects, r.Requests, r.Weeks, r.Computed, r.Known, append([]string{}, r.NotRead...), []findingV1{}}
	for _, f := range r.Findings {
		rule, _ := Lookup(f.Rule)
		document.Findings = append(document.Findings, findingV1{f.Rule, f.Severity.String(), f.Type, string(f.ID), f.Name, f.Message, f.Path, rule.Fix, f.Address, f.File, f.Line})
	}
	return indented(out, document)
}

func indented(out io.Writer, document any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

func (r *Result) markdown(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Rootly: %s\n\n", r.counts())
	if len(r.Findings) > 0 {
		b.WriteString("| | rule | object | finding |\n| --- | --- | --- | --- |\n")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.Severity, f.Rule, report.Markdown(f.subject()), report.Markdown(f.Message))
	}
	b.WriteString("\n" + report.Markdown(r.summary()) + "\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// sarif writes SARIF 2.1.0, whose findings code hosts show on the line of the code.
func (r *Result) sarif(out io.Writer) error {
	type message struct {
		Text string `json:"text"`
	}
	type location struct {
		Physical *struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				StartLine int `json:"startLine"`
			} `json:"region"`
		} `json:"physicalLocation,omitempty"`
		Logical []map[string]string `json:"logicalLocations"`
	}
	type result struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      message           `json:"message"`
		Locations    []location        `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	type ruleV1 struct {
		ID    string  `json:"id"`
		Short message `json:"shortDescription"`
		Full  message `json:"fullDescription"`
		Help  message `json:"help"`
	}
	rules, results := []ruleV1{}, []result{}
	for _, rule := range Rules() {
		rules = append(rules, ruleV1{rule.ID, message{rule.Title}, message{rule.Means + " " + rule.Why}, message{rule.Fix}})
	}
	for _, f := range r.Findings {
		l := location{Logical: []map[string]string{{"fullyQualifiedName": f.subject(), "kind": "resource"}}}
		if f.File != "" {
			l.Physical = new(struct {
				Artifact struct {
					URI string `json:"uri"`
				} `json:"artifactLocation"`
				Region struct {
					StartLine int `json:"startLine"`
				} `json:"region"`
			})
			l.Physical.Artifact.URI, l.Physical.Region.StartLine = f.File, f.Line
		}
		level := map[Severity]string{Info: "note", Warning: "warning", Error: "error"}[f.Severity]
		results = append(results, result{f.Rule, level, message{f.subject() + " " + f.Message}, []location{l}, map[string]string{"finding/v1": f.fingerprint()}})
	}
	driver := map[string]any{"name": world.Program, "version": world.Version(), "rules": rules}
	return indented(out, map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
		"runs": []any{map[string]any{"tool": map[string]any{"driver": driver}, "results": results}},
	})
}

// fingerprint is the same for the same finding in a later run.
func (f Finding) fingerprint() string {
	sum := sha256.Sum256([]byte(f.Key()))
	return hex.EncodeToString(sum[:16])
}

// gitlab writes GitLab's code quality format, which needs a place in a file.
func (r *Result) gitlab(out io.Writer) error {
	type entry struct {
		Description string `json:"description"`
		CheckName   string `json:"check_name"`
		Fingerprint string `json:"fingerprint"`
		Severity    string `json:"severity"`
		Location    struct {
			Path  string `json:"path"`
			Lines struct {
				Begin int `json:"begin"`
			} `json:"lines"`
		} `json:"location"`
	}
	list := []entry{}
	for _, f := range r.Findings {
		e := entry{Description: f.subject() + " " + f.Message, CheckName: f.Rule, Fingerprint: f.fingerprint()}
		e.Severity = map[Severity]string{Info: "info", Warning: "minor", Error: "major"}[f.Severity]
		e.Location.Path, e.Location.Lines.Begin = f.File, max(1, f.Line)
		if f.File == "" {
			e.Location.Path = f.Type
		}
		list = append(list, e)
	}
	return indented(out, list)
}
