package report

import (
	"fmt"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

const maxDifferences = 20

// proof ends the summary, since it is what matters most.
func (p *page) proof(s *Summary) {
	p.differences(s.Proof.Differences)
	p.gap()
	head, c := verdict(&s.Proof, s.Rerun, s.Imported())
	lines := wrap(clean(head), lineWidth)
	for _, line := range lines {
		p.b.WriteString(p.colour.paint(c, line) + "\n")
	}
	p.paragraph(2, "", planned(&s.Proof))
	if s.Proof.StandIn && s.Proof.Plan != "" {
		p.paragraph(2, "", "The stand-in is built in: this proves nothing about the official provider.")
	}
	if s.Proof.State == ProofDiffers && (s.Command == "" || s.Command == "import") {
		p.paragraph(2, "", "Nothing was written to "+s.Directory+".")
	}
	p.paragraph(0, "hint: ", oneLine(s.Proof.Hint))
}

// verdict is the proof in one line.
func verdict(v *Proof, a Rerun, all int) (string, colour) {
	switch v.State {
	case ProofClean:
		head, c := "Clean", green
		if v.StandIn {
			head, c = "Clean with stand-in provider", yellow
		}
		if v.Subset > 0 {
			head, c = head+" in a sample of "+number(v.Subset)+" of "+Plural(all, "resource"), yellow
		}
		if but := butFor(a); but != "" {
			head, c = head+but, yellow
		}
		return head + once(v) + ": " + v.Plan, c
	case ProofDiffers:
		return strings.TrimSuffix("Not clean: "+v.Plan, ": "), red
	case ProofUnavailable, ProofSkipped:
		return strings.TrimSuffix("Not verified: "+oneLine(v.Reason), ": "), yellow
	}
	return "Not verified: the run did not reach its plan", yellow
}

// butFor names what people wrote and the plan changes all the same.
func butFor(a Rerun) string {
	switch edited, before := len(a.Differing), len(a.Before); {
	case edited > 0 && before > 0:
		return " except for " + Plural(edited, "resource") + " that people edited, and " + number(before) + " that the plan changed before"
	case edited > 0:
		return " except for " + Plural(edited, "resource") + " that people edited"
	case before > 0:
		return " except for " + Plural(before, "resource") + " that the plan changed before"
	}
	return ""
}

// once says what has to happen before the plan is the one that was made.
func once(v *Proof) string {
	switch v.ImportAs {
	case "script":
		return " once import.sh has run"
	case "pulumi":
		return " once all objects are in Terraform's state"
	case "none":
		return " once all objects are in the state"
	}
	return ""
}

// howAdded says how objects get into the state that are not there yet.
func howAdded(v *Proof) string {
	switch v.ImportAs {
	case "script":
		return "to import with import.sh"
	case "pulumi":
		return "to import by Pulumi"
	case "none":
		return "still to be imported"
	}
	return "added to the state"
}

// planned says what the plan was made with and what it covers.
func planned(v *Proof) string {
	if v.State != ProofClean && v.State != ProofDiffers {
		return ""
	}
	provider := v.Provider
	if v.StandIn {
		provider = "the stand-in provider"
	}
	text := "Planned"
	if v.Plans > 1 {
		text += " in " + Plural(v.Plans, "plan")
	}
	if v.Engine != "" {
		text += " by " + v.Engine
	}
	if provider != "" {
		text += " with " + provider
	}
	switch v.Against {
	case "recording":
		text += ", against a recording of what was read"
	case "live":
		text += ", against the live API"
	}
	text += ", in " + lasted(seconds(v.Seconds)) + "."
	covered := counts(count{v.Imported, "to import"}, count{v.Managed - v.AddedToState, "already in the state"}, count{v.AddedToState, howAdded(v)}, count{v.Reported, "listed above"})
	if covered != "" {
		text += " Objects: " + covered + "."
	}
	if v.Subset > 0 {
		text += " The others were written without a plan."
	}
	if n := len(v.LeftOut); n > 0 {
		text += " Not in this plan: " + Plural(n, "block") + " of other providers or provider configurations (" + v.LeftOut[0]
		if n > 1 {
			text += ", ..."
		}
		text += ")."
	}
	if v.Whole != "" {
		text += " Planned as a whole, which takes longer, because of " + v.Whole + "."
	}
	if n := len(v.Checks); n > 0 {
		text += " " + Plural(n, "check") + " failed: " + strings.Join(v.Checks, "; ") + "."
	}
	if v.FirstUse != "" {
		text += " " + v.FirstUse + "."
	}
	if v.Sampled > 0 {
		text += " Read again one by one for comparison: " + Plural(v.Sampled, "object") + "."
	}
	return text
}

// differences shows them attribute by attribute, below the resource that they belong to.
func (p *page) differences(list []Difference) {
	if len(list) == 0 {
		return
	}
	p.heading("Differences: " + number(len(list)))
	shown := list[:min(len(list), maxDifferences)]
	at := ""
	for _, d := range shown {
		whole := strings.TrimSpace(d.Action + " " + d.Address)
		message := oneLine(strings.TrimPrefix(string(d.Message), d.Address+": "))
		switch {
		case message != "":
			p.paragraph(2, "", strings.TrimSpace(whole+" "+clean(d.Path))+": "+message)
		case whole != at:
			p.line(2, whole)
		}
		at = whole
		p.values(d)
	}
	if rest := len(list) - len(shown); rest > 0 {
		p.line(2, more(rest, ""))
	}
}

// values shows both on one line where that has room, and else below each other.
func (p *page) values(d Difference) {
	const indent = 6
	if d.Before == "" && d.After == "" {
		if d.Path != "" && d.Message == "" {
			p.line(indent, clean(d.Path)+": its values cannot be shown")
		}
		return
	}
	path, before, after := clean(d.Path), shownValue(d.Before), shownValue(d.After)
	if line := fmt.Sprintf("%s: %s -> %s", path, before, after); columns(line) <= lineWidth-indent {
		p.line(indent, line)
		return
	}
	before, after = fromDifference(before, after)
	p.line(indent, path+":")
	p.line(indent, "     "+before)
	p.line(indent, "  -> "+after)
}

// shownValue is a value in JSON. What is harmful stays visible, since it may be the difference.
func shownValue(json shown.Text) string {
	if json == "" {
		return "(none)"
	}
	return clean(escape(string(json)))
}

// fromDifference drops what two long texts begin with in common, but for a few characters.
func fromDifference(a, b string) (string, string) {
	const keep = 20
	x, y := []rune(a), []rune(b)
	same := 0
	for same < len(x) && same < len(y) && x[same] == y[same] {
		same++
	}
	if same <= 2*keep {
		return a, b
	}
	return ellipsis + string(x[same-keep:]), ellipsis + string(y[same-keep:])
}
