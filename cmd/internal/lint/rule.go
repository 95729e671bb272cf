package lint

import (
	"cmp"
	"slices"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
)

// A Severity says how much a finding matters. The order is that of the exit status: Error is the worst.
type Severity int

// The severities.
const (
	Info Severity = iota
	Warning
	Error
)

var severityNames = []string{"info", "warning", "error"}

// String is the name that flags and files use.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads what String wrote.
func ParseSeverity(word string) (Severity, bool) {
	i := slices.Index(severityNames, word)
	return Severity(i), i >= 0
}

// A Rule is one thing that can be wrong.
type Rule struct {
	ID       string // such as schedule-gap: part of the interface, for ignores and baselines
	Family   string // what it is about, for people
	Title    string
	Severity Severity
	Means    string // what a finding says
	Why      string // why it matters
	Fix      string // what to do in Rootly, or in the code

	check func(o *Organisation, f *finder)
	needs []need            // without which it finds less, or nothing
	amend func(a *amending) // changes the code as the fix says; nil: people have to decide
}

// Rules returns the table, by family. It is shared: do not change it.
func Rules() []Rule {
	return slices.Concat(answering, burden, dangling, dead, ownership, readiness, []Rule{idleIgnore})
}

// Lookup returns the rule of an id.
func Lookup(id string) (Rule, bool) {
	rules := Rules()
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

// A Finding is one thing that is wrong with one object.
type Finding struct {
	Rule     string
	Severity Severity
	Type     string
	ID       graph.ID
	Name     string
	Message  string // what is wrong, in a sentence without a full stop; no secret is in it
	Path     string // attribute that it is about, where it is about one
	Link     string // to the page on which Rootly shows it, as far as that is known

	Last    Deed   // who changed it last; zero: not known
	Address string // where code has the object; empty: nowhere
	File    string // of that code, relative to where the command runs
	Line    int

	Patches []Patch // that fix the code; none where there is none, or where people have to decide

	stale graph.ID // what the object refers to and should not
}

// Key is what makes a finding the same in a later run, whatever its message says.
func (f Finding) Key() string { return f.Rule + " " + f.Type + " " + string(f.ID) + " " + f.Path }

// A finder collects what the rule in turn finds.
type finder struct {
	rule  Rule
	of    *Organisation
	found []Finding
}

func (f *finder) add(o *rootly.Object, message string) { f.at(o, "", message) }

func (f *finder) at(o *rootly.Object, path, message string) { f.stale(o, path, "", message) }

// stale is at for a reference to an id.
func (f *finder) stale(o *rootly.Object, path string, id graph.ID, message string) {
	f.found = append(f.found, Finding{
		Rule: f.rule.ID, Severity: f.rule.Severity, Type: o.Type.Name, ID: o.ID,
		Name: secret.Mask(f.of.called(o)), Message: secret.Mask(message), Path: path, Link: f.of.WebPage(o), stale: id,
	})
}

// Check runs all rules. Findings come in the order of severity, worst first, then by rule, type and name.
func Check(o *Organisation) []Finding {
	var found []Finding
	for _, r := range Rules() {
		f := &finder{rule: r, of: o}
		r.check(o, f)
		found = append(found, f.found...)
	}
	Sort(found)
	return found
}

// Sort puts findings in the order in which people want them: the worst first.
func Sort(found []Finding) {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Path, b.Path))
	})
}
