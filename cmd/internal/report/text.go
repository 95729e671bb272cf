package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// writeSummary puts all of it onto a page.
func writeSummary(p *page, s *Summary) {
	p.title(s)
	p.types(s.Types)
	p.split(s.Split)
	p.facts(s)
	p.lists(s)
	p.proof(s)
	if len(s.Next) > 0 && s.written() {
		p.b.WriteString("\nNext:\n")
		for _, line := range s.Next { // commands to give, which are not wrapped
			p.b.WriteString("  " + oneLine(line) + "\n")
		}
	}
}

// writeProblems puts onto a page what makes a run end with another status than 0: nothing if all is well.
func writeProblems(p *page, s *Summary) {
	p.notRead(s.NotListed)
	if s.Imported() == 0 {
		p.notImported(s.NotImported)
	}
	if s.Proof.State == ProofDiffers {
		p.proof(s)
	}
}

// written tells whether the run put its files into the directory.
func (s *Summary) written() bool { return !s.DryRun && s.Proof.State != ProofDiffers }

func (p *page) title(s *Summary) {
	did, does := "Imported", "import"
	switch s.Command {
	case "", "import":
	case "export":
		did, does = "Exported", "export"
	default:
		return
	}
	objects := Plural(s.Imported(), "object")
	if s.Imported() != s.Listed() {
		objects = fmt.Sprintf("%s of %s", number(s.Imported()), Plural(s.Listed(), "object"))
	}
	took := " in " + lasted(seconds(s.Seconds))
	switch {
	case s.Listed() == 0:
		p.paragraph(0, "", "Found no objects to "+does+took)
	case s.Proof.State == ProofDiffers:
		p.paragraph(0, "", fmt.Sprintf("Read %s%s; nothing was written to %s, since the plan is not clean", objects, took, s.Directory))
	case s.DryRun:
		p.paragraph(0, "", fmt.Sprintf("Would %s %s into %s; nothing was written (dry run%s)", does, objects, s.Directory, took))
	default:
		p.paragraph(0, "", fmt.Sprintf("%s %s into %s%s", did, objects, s.Directory, took))
	}
}

// types is the table of objects by type. Tasks, which have many types, are one line.
func (p *page) types(types []TypeCount) {
	const tasks = "rootly_workflow_task_"
	var list []TypeCount
	all := TypeCount{Type: "total"}
	taskTypes, taskAt := 0, -1
	for _, t := range types {
		if t.Listed == 0 && t.Imported == 0 {
			continue
		}
		all.Listed += t.Listed
		all.Imported += t.Imported
		if !strings.HasPrefix(t.Type, tasks) {
			list = append(list, t)
			continue
		}
		if taskAt < 0 {
			taskAt = len(list)
			list = append(list, TypeCount{})
		}
		taskTypes++
		list[taskAt].Listed += t.Listed
		list[taskAt].Imported += t.Imported
		list[taskAt].Type = fmt.Sprintf("workflow tasks (%s)", Plural(taskTypes, "type"))
	}
	if len(list) == 0 {
		return
	}
	if len(list) > 1 {
		list = append(list, all)
	}
	p.gap()
	for _, line := range tableLines(typeRows(list, all.Listed != all.Imported)) {
		p.line(2, line)
	}
}

// typeRows says what was listed only where that is not what was imported.
func typeRows(list []TypeCount, differ bool) (head []string, rows [][]string) {
	head = []string{"type", "objects"}
	if differ {
		head = []string{"type", "imported", "listed"}
	}
	for _, t := range list {
		row := []string{cut(clean(t.Type), 70), number(t.Imported)}
		if t.Listed != t.Imported {
			row = append(row, number(t.Listed))
		}
		rows = append(rows, row)
	}
	return head, rows
}

// facts are the counts that need one line each.
func (p *page) facts(s *Summary) {
	p.gap()
	p.fact("requests", requestsText(s.Requests))
	p.fact("files", filesText(s))
	p.fact("references", referencesText(s.References))
	p.fact("settings", coverageText(s.Coverage))
	p.fact("secrets", secretsText(s))
	p.fact("folded", foldsText(s.Folds))
	p.fact("left out", leftOutText(s.LeftOut))
}

func (p *page) fact(name, text string) {
	p.paragraph(2, pad(name, 10)+"   ", text)
}

func requestsText(r Requests) string {
	if r.Total == 0 {
		return ""
	}
	text := number(int(r.Total))
	if r.Retries > 0 {
		text += fmt.Sprintf(" (%s)", Plural(int(r.Retries), "retry"))
	}
	if r.Bytes > 0 {
		text += ", " + size(r.Bytes)
	}
	if r.Waited >= 100*time.Millisecond {
		text += ", waited " + lasted(r.Waited) + " for rate limits and retries"
	}
	return text
}

func filesText(s *Summary) string {
	f := s.Files
	words := [3]string{"written", "unchanged", "removed"}
	if !s.written() {
		words = [3]string{"to write", "unchanged", "to remove"}
	}
	text := counts(count{f.Written, words[0]}, count{f.Unchanged, words[1]}, count{f.Removed, words[2]})
	if n := len(f.Edited); n > 0 {
		text = joined(text, number(n)+" edited by people and kept")
	}
	return text
}

func referencesText(r References) string {
	text := counts(count{r.Resolved, "to resources"}, count{r.Users, "to users"}, count{r.Lookups, "to data sources"}, count{r.Parts, "to other parts"})
	if n := len(r.Unresolved); n > 0 {
		text = joined(text, Plural(n, "id")+" left as text")
	}
	if n := len(r.Cycles); n > 0 {
		text = joined(text, Plural(n, "cycle")+" broken")
	}
	return text
}

func coverageText(types []Coverage) string {
	var all Coverage
	for _, c := range types {
		all.Written += c.Written
		all.Default += c.Default
		all.Computed += c.Computed
		all.Secret += c.Secret
		all.Lost += c.Lost
	}
	return counts(count{all.Written, "in code"}, count{all.Default, "left to defaults"}, count{all.Computed, "computed"},
		count{all.Secret, "secret"}, count{all.Lost, "not representable"})
}

func secretsText(s *Summary) string {
	if s.Secrets == 0 {
		return ""
	}
	text := Plural(s.Secrets, "variable")
	switch {
	case s.SecretsFile == "":
	case s.SecretsMode == "blank":
		text += " without values; fill them in as " + s.SecretsFile + " shows"
	default:
		text += "; values in " + s.SecretsFile + ", which git ignores and only you can read"
	}
	if s.SecretsMode == "masked" {
		text += "; marked sensitive: Terraform plans one change that only sets the mark"
	}
	return text
}

func foldsText(f Folds) string {
	if f.Blocks == 0 {
		return ""
	}
	return fmt.Sprintf("%s into %s with for_each", Plural(f.Objects, "object"), Plural(f.Blocks, "block"))
}

func leftOutText(types map[string]string) string {
	if len(types) == 0 {
		return ""
	}
	verb := "are"
	if len(types) == 1 {
		verb = "is"
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(types)) {
		names = append(names, clean(strings.TrimPrefix(name, "rootly_")))
	}
	return fmt.Sprintf("%s that %s not selected by default (--resources '*' selects all): %s", Plural(len(types), "type"), verb, strings.Join(names, ", "))
}

// A count is a number of things that have something in common.
type count struct {
	n    int
	what string
}

// counts names the counts that are not zero.
func counts(list ...count) string {
	text := ""
	for _, c := range list {
		if c.n != 0 {
			text = joined(text, number(c.n)+" "+c.what)
		}
	}
	return text
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}
