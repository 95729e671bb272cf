package plans

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	placePattern = regexp.MustCompile(`^on (\S+) line (\d+)`)
	// Terraform's introduction to errors in the code.
	preamblePattern = regexp.MustCompile(`^(Terraform|OpenTofu) encountered problems during initiali`)
)

// ParseText reads an engine's output for people, as of init and show: paragraphs that begin with "Error: ", framed by
// box characters or not. A text without such a paragraph is one error.
func ParseText(text string) []Diagnostic {
	var found []Diagnostic
	for line := range strings.Lines(Plain(text)) {
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

	errors := slices.DeleteFunc(ErrorsOf(found), func(d Diagnostic) bool { return preamblePattern.MatchString(d.Summary) })
	if len(errors) == 0 {
		return []Diagnostic{{Severity: "error", Summary: oneLine(Plain(text))}}
	}
	return errors
}

// addLine adds a line of text: the place, the quoted line of code, or the explanation.
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

// ErrorsOf leaves out the warnings.
func ErrorsOf(diagnostics []Diagnostic) []Diagnostic {
	var found []Diagnostic
	for _, d := range diagnostics {
		if d.IsError() {
			found = append(found, d)
		}
	}
	return found
}

var colourPattern = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Plain is a text without the colours of engines.
func Plain(text string) string { return colourPattern.ReplaceAllString(text, "") }

// oneLine joins the wrapped paragraphs of an engine's message into one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
