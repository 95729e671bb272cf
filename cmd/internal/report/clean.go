package report

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/terraformer-rootly/terraformer-rootly/providers/visible"
)

// clean makes text from elsewhere harmless: it drops control characters, which could command the
// terminal, and the marks that turn the direction of the text around them. Line ends and tabs
// become blanks, so the result is one line.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, visible.Lines(strings.ToValidUTF8(s, "\ufffd")))
}

// Name makes the display name of a person fit to stand before an address, where it can be anything that the person
// wrote: one line, not too long, without what begins or ends an address. Of a name that has no letter and no digit
// nothing is left.
func Name(s string) string {
	const most = 100
	seen := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' { // those join letters of some scripts
			return -1
		}
		return r
	}, unbracketed(s))
	if !strings.ContainsFunc(seen, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	name := []rune(strings.Join(strings.Fields(seen), " "))
	return strings.TrimSpace(string(name[:min(most, len(name))]))
}

// unbracketed is clean text without what begins or ends an address behind a name.
func unbracketed(s string) string { return strings.NewReplacer("<", "", ">", "").Replace(clean(s)) }

// commandLike finds what the runner of GitHub Actions takes for a command: a line that begins with two colons, and the older
// form, wherever it stands in a line.
var commandLike = regexp.MustCompile(`(?m)^([ \t]*):(:[A-Za-z])|##\[`)

// defused keeps names from being commands where the output is the log of a job.
func defused(text string) string {
	return commandLike.ReplaceAllStringFunc(text, func(found string) string {
		if found == "##[" {
			return "## ["
		}
		at := strings.IndexByte(found, ':') + 1
		return found[:at] + " " + found[at:]
	})
}

// escape makes JSON harmless without changing what it says: what [clean] would drop becomes an
// escape. In valid JSON such characters stand in strings only.
func escape(s string) string {
	return visible.JSON(strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "##[", `#\u0023[`)) // see defused
}

// oneLine folds a message of several lines, such as that of joined errors, into one.
func oneLine(s string) string {
	line := ""
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		part = strings.TrimSpace(clean(part))
		switch {
		case part == "":
		case line == "":
			line = part
		case strings.ContainsAny(line[len(line)-1:], ".:,;!?"):
			line += " " + part
		default:
			line += "; " + part
		}
	}
	return line
}
