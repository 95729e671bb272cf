package verify

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Diagnostic is an error or a warning of the engine.
type Diagnostic struct {
	Severity string // error or warning
	Summary  string
	Detail   string
	Address  string // resource concerned; zero: none, or not told
	File     string // relative to the directory planned; zero: not told
	Line     int
}

// IsError tells errors from warnings.
func (d Diagnostic) IsError() bool { return d.Severity == "error" }

// String gives the diagnostic in one line, its place first.
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

var (
	// The block that an error stands in, as the engine writes it: resource "rootly_team" "sre".
	contextPattern = regexp.MustCompile(`^resource "([^"]+)" "([^"]+)"`)
	// An address in quotes, as errors of imports have it in their text.
	quotedAddress = regexp.MustCompile(`"((?:module\.[^"]+\.)?[a-z0-9]+_[a-z0-9_]+\.[A-Za-z_][^"\s]*)"`)
	// The target of an import block without a resource block.
	targetPattern = regexp.MustCompile(`given import (?:target )?(\S+) does not exist`)
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
	for _, pattern := range []*regexp.Regexp{quotedAddress, targetPattern} {
		if match := pattern.FindStringSubmatch(text); match != nil {
			return match[1]
		}
	}
	return ""
}

// stateFlagNotice is a warning about an argument of ours, which has no substitute that leaves the directory alone.
const stateFlagNotice = "Deprecated flag: -state"

// uiStream takes what plan -json writes, line by line: diagnostics are kept, finished objects counted.
type uiStream struct {
	diagnostics []Diagnostic
	refreshed   int
	progress    func(Progress)
	rest        []byte
}

// Write takes the next piece of the stream. Lines that are no JSON, such as warnings about the CLI's own
// configuration, are passed over.
func (s *uiStream) Write(piece []byte) (int, error) {
	s.rest = append(s.rest, piece...)
	for {
		line, rest, found := strings.Cut(string(s.rest), "\n")
		if !found {
			return len(piece), nil
		}
		s.rest = []byte(rest)
		s.line(line)
	}
}

func (s *uiStream) line(line string) {
	var message struct {
		Type       string         `json:"type"`
		Diagnostic wireDiagnostic `json:"diagnostic"`
	}
	if json.Unmarshal([]byte(line), &message) != nil {
		return
	}
	switch message.Type {
	case "diagnostic":
		if message.Diagnostic.Summary != stateFlagNotice {
			s.diagnostics = append(s.diagnostics, message.Diagnostic.diagnostic())
		}
	case "refresh_complete":
		s.refreshed++
		s.progress(Progress{Step: stepPlan, Objects: s.refreshed})
	}
}

var (
	placePattern = regexp.MustCompile(`^on (\S+) line (\d+)`)
	// What Terraform says before the errors in the code.
	preamblePattern = regexp.MustCompile(`^(Terraform|OpenTofu) encountered problems during initiali`)
)

// textDiagnostics reads what an engine wrote for people, as init and show do: paragraphs that begin with "Error: ",
// framed by box characters or not. Text without any such paragraph is one error by itself.
func textDiagnostics(text string) []Diagnostic {
	var found []Diagnostic
	for line := range strings.Lines(plain(text)) {
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "│╷╵"))
		summary, isError := strings.CutPrefix(line, "Error: ")
		warning, isWarning := strings.CutPrefix(line, "Warning: ")
		switch {
		case isError:
			found = append(found, Diagnostic{Severity: "error", Summary: summary})
		case isWarning:
			found = append(found, Diagnostic{Severity: "warning", Summary: warning})
		case len(found) > 0:
			found[len(found)-1].addLine(line)
		}
	}

	errors := slices.DeleteFunc(errorsOf(found), func(d Diagnostic) bool { return preamblePattern.MatchString(d.Summary) })
	if len(errors) == 0 {
		return []Diagnostic{{Severity: "error", Summary: oneLine(plain(text))}}
	}
	return errors
}

// addLine adds a line of text: the place, the line of code that is quoted with it, or the explanation.
func (d *Diagnostic) addLine(line string) {
	if match := placePattern.FindStringSubmatch(line); match != nil && d.File == "" {
		d.File = match[1]
		d.Line, _ = strconv.Atoi(match[2])
		return
	}
	if d.File != "" && strings.HasPrefix(line, strconv.Itoa(d.Line)+": ") {
		return
	}
	d.Detail = strings.TrimSpace(d.Detail + "\n" + line)
}

func errorsOf(diagnostics []Diagnostic) []Diagnostic {
	var found []Diagnostic
	for _, d := range diagnostics {
		if d.IsError() {
			found = append(found, d)
		}
	}
	return found
}

var colourPattern = regexp.MustCompile("\x1b\\[[0-9;]*m")

func plain(text string) string { return colourPattern.ReplaceAllString(text, "") }
