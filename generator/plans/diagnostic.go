package plans

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Diagnostic is an error or a warning of the engine.
type Diagnostic struct {
	Severity string // error or warning
	Summary  string
	Detail   string
	Address  string // resource concerned; zero: none, or unknown
	File     string // relative to the planned directory; zero: unknown
	Line     int
}

// IsError tells errors from warnings.
func (d Diagnostic) IsError() bool { return d.Severity == "error" }

// String returns the diagnostic on one line, its place first.
func (d Diagnostic) String() string {
	text := d.Summary
	if d.Detail != "" {
		text += ": " + oneLine(d.Detail)
	}
	if d.Address != "" {
		text = d.Address + ": " + text
	}
	if d.File != "" {
		text = fmt.Sprintf("%s:%d: %s", d.File, d.Line, text)
	}
	return text
}

// wireDiagnostic is a diagnostic in the stream that plan -json writes.
type wireDiagnostic struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Address  string `json:"address"`
	Range    *struct {
		Filename string `json:"filename"`
		Start    struct {
			Line int `json:"line"`
		} `json:"start"`
	} `json:"range"`
	Snippet *struct {
		Context string `json:"context"`
	} `json:"snippet"`
}

// DecodeValidation reads what validate -json writes.
func DecodeValidation(src []byte) ([]Diagnostic, error) {
	var document struct {
		Valid       *bool            `json:"valid"`
		Diagnostics []wireDiagnostic `json:"diagnostics"`
	}
	if err := json.Unmarshal(src, &document); err != nil {
		return nil, fmt.Errorf("read what the engine says of the code: %w", err)
	}
	if document.Valid == nil {
		return nil, errors.New("the engine does not say whether the code is valid")
	}
	found := make([]Diagnostic, len(document.Diagnostics))
	for i, d := range document.Diagnostics {
		found[i] = d.diagnostic()
	}
	return found, nil
}

// What engines report when the provider does not answer. They report it for each object that was being read.
var crashSummaries = []string{"Plugin did not respond", "Plugin error", "Request cancelled"}

// IsCrash reports whether the provider did not answer.
func (d Diagnostic) IsCrash() bool { return slices.Contains(crashSummaries, d.Summary) }

var (
	// The block of an error, as the engine writes it: resource "rootly_team" "sre".
	contextPattern = regexp.MustCompile(`^resource "([^"]+)" "([^"]+)"`)
	// An address in quotes, as in the text of import errors.
	quotedAddress = regexp.MustCompile(`"((?:module\.[^"]+\.)?[a-z0-9]+_[a-z0-9_]+\.[A-Za-z_][^"\s]*)"`)
	// The target of an import block without a resource block.
	targetPattern = regexp.MustCompile(`given import (?:target )?(\S+) does not exist`)
	// A resource that the plan would destroy although it is protected, as Terraform and OpenTofu report it.
	protectedPattern = regexp.MustCompile(`^Resource (?:instance )?(\S+) has (?:lifecycle\.)?prevent_destroy`)
)

func (w wireDiagnostic) diagnostic() Diagnostic {
	d := Diagnostic{Severity: w.Severity, Summary: w.Summary, Detail: w.Detail, Address: w.Address}
	if w.Range != nil {
		d.File, d.Line = w.Range.Filename, w.Range.Start.Line
	}
	if d.Address == "" && w.Snippet != nil {
		d.Address = addressInContext(w.Snippet.Context)
	}
	if d.Address == "" {
		d.Address = addressInText(w.Detail)
	}
	return d
}

func addressInContext(context string) string {
	match := contextPattern.FindStringSubmatch(context)
	if match == nil {
		return ""
	}
	return match[1] + "." + match[2]
}

func addressInText(text string) string {
	for _, pattern := range []*regexp.Regexp{quotedAddress, targetPattern, protectedPattern} {
		if match := pattern.FindStringSubmatch(text); match != nil {
			return match[1]
		}
	}
	return ""
}
