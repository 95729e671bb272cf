package overview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/lint"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/page"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/planning"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/selection"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/oncall"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// A view is everything that a page is made of.
type view struct {
	found    *lint.Result
	org      *lint.Organisation
	answers  []oncall.Answer // who is on call now
	answered bool            // whether Rootly said so
	code     *codeOf
	past     *past
	graph    *graph.Graph
	byID     map[graph.ID]*rootly.Object
	objects  map[string]*page.Object
	keys     map[graph.Address]string // of the objects that Terraform can have
	settings map[graph.Target]drift.Object
	now      *drift.Snapshot
	schema   *schema.Provider
	hide     func(string) string
}

func newView(found *lint.Result, code *codeOf, past *past) *view {
	org := found.Of
	v := &view{found: found, org: org, code: code, past: past, byID: map[graph.ID]*rootly.Object{}, objects: map[string]*page.Object{}}
	for _, o := range org.Live.Objects {
		v.byID[o.ID] = o
	}
	return v
}

// link finds out what refers to what, and what the settings are without credentials.
func (v *view) link() error {
	provider, err := schema.Snapshot()
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	decoded, err := rootly.Decode(v.org.Live, rootly.DecodeOptions{Schema: provider, Shown: true})
	if err != nil {
		return err
	}
	resources := graph.Label(decoded.Resources, v.code.remembered, nil)
	v.schema, v.keys = provider, map[graph.Address]string{}
	for _, r := range resources {
		v.keys[r.Address] = key(r.Address.Type, r.ID)
	}
	v.graph = graph.Link(resources, graph.LinkOptions{Users: v.org.Users, Rules: func(t string) []graph.Rule {
		if row := catalogue.Lookup(t); row != nil {
			return row.Refs
		}
		return nil
	}})
	secret.Hide(v.graph, secret.Options{Mode: secret.Blank, Secret: planning.SecretPathsOf, Suspect: planning.SuspectPathsOf, Withheld: func(t string) []string {
		if row := catalogue.Lookup(t); row != nil {
			return row.Withheld
		}
		return nil
	}})
	v.hide = veil(v.graph.Variables)
	if v.now, err = drift.Of(v.graph); err != nil {
		return err
	}
	v.settings = map[graph.Target]drift.Object{}
	for _, o := range v.now.Objects {
		v.settings[o.Key()] = o
	}
	return nil
}

// veil returns what takes credentials out of texts: those that are known, and those that look like some.
func veil(variables []*graph.Variable) func(string) string {
	var pairs []string
	for _, v := range variables {
		if secret.IsMadeUp(v.Value) {
			pairs = append(pairs, v.Value, secret.HiddenText)
		}
	}
	known := strings.NewReplacer(pairs...)
	return func(text string) string { return secret.Mask(known.Replace(text)) }
}

// key names an object on the page.
func key(typ string, id graph.ID) string { return selection.Short(typ) + "/" + string(id) }

// page puts everything together.
func (v *view) page() (*page.Page, error) {
	p := &page.Page{Title: "Rootly report", Linted: true}
	if err := v.addObjects(p); err != nil {
		return nil, err
	}
	v.addEdges(p)
	v.addCoverage(p)
	v.addOnCall(p)
	for _, f := range v.found.Findings {
		p.Findings = append(p.Findings, v.finding(f))
	}
	p.Counts = v.counts(p.Objects)
	p.Events = v.past.events
	v.facts(p)
	return p, v.differences(p)
}

// finding puts a finding into the words of the page.
func (v *view) finding(f lint.Finding) page.Finding {
	found := findingOf(f, v.hide)
	if o := v.objects[key(f.Type, f.ID)]; o != nil {
		found.Key, found.Teams, found.Place = o.Key, o.Teams, o.Address
		if n := len(o.History); n > 0 {
			found.Author, found.AuthorTime = o.History[0].Who, o.History[0].At.UTC().Format("2006-01-02")
		}
	}
	return found
}

// findingOf is a finding without what only the organisation knows.
func findingOf(f lint.Finding, hide func(string) string) page.Finding {
	rule, _ := lint.Lookup(f.Rule)
	tone := map[lint.Severity]page.Tone{lint.Error: page.Bad, lint.Warning: page.Caution, lint.Info: page.Remark}[f.Severity]
	found := page.Finding{
		Tone: tone, Rule: f.Rule, Title: rule.Title, Type: selection.Short(f.Type), Name: hide(readable(f.Name)),
		Message: hide(f.Message + f.Where()), Why: rule.Why, Fix: rule.Fix, Place: f.Address, Link: f.Link, Diff: hide(f.ShownDiff()),
	}
	if found.Name == "" {
		found.Name = string(f.ID)
	}
	if !f.Last.At.IsZero() {
		found.Author, found.AuthorTime = hide(readable(f.Last.Who())), f.Last.At.UTC().Format(time.DateOnly)
	}
	if f.File != "" {
		found.Place = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	return found
}

// severities are the facts about findings.
func severities(findings []page.Finding) []page.Fact {
	count := func(t page.Tone) int {
		n := 0
		for _, f := range findings {
			if f.Tone == t {
				n++
			}
		}
		return n
	}
	var facts []page.Fact
	for _, row := range []struct {
		tone  page.Tone
		label string
	}{{page.Bad, "Errors"}, {page.Caution, "Warnings"}, {page.Remark, "Remarks"}} {
		n, tone := count(row.tone), row.tone
		if n == 0 {
			tone = page.Good
		}
		facts = append(facts, page.Fact{Label: row.label, Value: fmt.Sprint(n), Tone: tone})
	}
	return facts
}

// facts fills in the top of the page.
func (v *view) facts(p *page.Page) {
	n := map[string]int{}
	for _, o := range p.Objects {
		n[o.Status]++
	}
	if v.code.known {
		p.Facts = append(p.Facts, v.code.proven())
		managed, all := n[inCode], n[inCode]+n[notInCode]
		fact := page.Fact{Label: "Managed", Value: fmt.Sprint(managed), Note: fmt.Sprintf("of %d that Terraform can have", all), Tone: page.Good}
		if managed < all {
			fact.Tone = page.Caution
		}
		p.Facts = append(p.Facts, fact, page.Fact{Label: "Unmanaged", Value: fmt.Sprint(n[notInCode]), Note: "in Rootly, not in the code"})
	} else {
		p.Facts = append(p.Facts, page.Fact{Label: "Proof", Value: "None", Note: "no directory was given"}, page.Fact{Label: "Objects", Value: fmt.Sprint(len(p.Objects))})
	}
	p.Facts = append(p.Facts, page.Fact{Label: "Not representable", Value: fmt.Sprint(n[impossible]), Note: "Terraform cannot have them"})
	p.Facts = append(p.Facts, severities(p.Findings)...)
	for _, s := range v.org.Live.Skipped {
		if !s.Absent() {
			p.Notes = append(p.Notes, v.hide("Not read: "+s.String()))
		}
	}
	if v.org.Live.Partial != "" {
		p.Notes = append(p.Notes, v.org.Live.Partial)
	}
	p.Notes = append(p.Notes, v.past.notes...)
}

// counts is the table of types.
func (v *view) counts(objects []*page.Object) *page.Table {
	byType := map[string]map[string]int{}
	var types []string
	for _, o := range objects {
		if byType[o.Type] == nil {
			byType[o.Type], types = map[string]int{}, append(types, o.Type)
		}
		byType[o.Type][o.Status]++
	}
	if !v.code.known {
		return nil
	}
	slices.Sort(types)
	t := &page.Table{Title: "Types", Head: []string{"Type", "Managed", "Unmanaged", "Not representable"}}
	for _, typ := range types {
		n := byType[typ]
		t.Rows = append(t.Rows, []string{strings.ReplaceAll(typ, "_", " "), fmt.Sprint(n[inCode]), fmt.Sprint(n[notInCode]), fmt.Sprint(n[impossible])})
	}
	return t
}
