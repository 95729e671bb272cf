package drifting

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/auditlog"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// Read turns a plan into items: what it would change back, and what it found changed or gone that
// the code says nothing about.
func (d *Drifting) Read(result *engines.Result, overlooked drift.Unordered) {
	d.managed, d.names = map[string]bool{}, map[string]string{}
	byAddress := map[string]*driftItem{}
	known := *result
	known.Drift = slices.DeleteFunc(slices.Clone(result.Drift), neverRead)
	result = &known
	verdict := verify.Judge(&result.Plan, verify.Expect{Show: d.Plans.Veil.Show})
	for _, c := range result.Changes {
		if catalogue.Lookup(c.Type) != nil && c.ID != "" {
			d.managed[c.Type+"/"+c.ID], d.names[c.ID] = true, c.Address
		}
	}
	for n, c := range slices.Concat(result.Drift, result.Changes) {
		row := catalogue.Lookup(c.Type)
		if row == nil || c.Action == plans.NoOp || c.Action == plans.Read || c.Import != "" {
			continue
		}
		item := byAddress[c.Address]
		if item == nil {
			item = &driftItem{kind: drift.Changed, typ: c.Type, id: c.ID, Address: c.Address}
			byAddress[c.Address] = item
			d.Items = append(d.Items, item)
		}
		if item.id == "" {
			item.id = c.ID
		}
		item.learn(c, row, n < len(result.Drift))
	}
	moved := map[string]plans.Change{}
	for _, c := range result.Drift {
		moved[c.Address] = c
	}
	for _, diff := range verdict.Drift {
		c := moved[diff.Address]
		if item := byAddress[diff.Address]; item != nil && len(diff.Path) > 0 && !hollow(diff) && !overlooked.Overlooks(c.Type, diff.Path, c.Before, c.After) {
			item.differs(diff, false)
		}
	}
	planned := map[string]plans.Change{}
	for _, c := range result.Changes {
		planned[c.Address] = c
	}
	for _, diff := range verdict.Differences {
		if item := byAddress[diff.Address]; item != nil && len(diff.Path) > 0 {
			item.differs(diff, true)
			item.wants(diff, planned[diff.Address], d.Plans.Veil)
		}
	}
	// What only follows from another object's end is no drift of its own.
	d.Items = slices.DeleteFunc(d.Items, func(i *driftItem) bool { return i.kind == drift.Changed && len(i.Attributes) == 0 })
}

// beyond says what a plan has besides changes. Objects that it put off are not compared.
func beyond(result *engines.Result) (notes []string) {
	if n := len(result.Deferred); n > 0 {
		notes = append(notes, "the engine deferred "+report.Plural(n, "object")+", which were not compared: "+strings.Join(result.Deferred, ", "))
	} else if result.Incomplete {
		notes = append(notes, "the engine says that its plan is incomplete: objects may be missing from the comparison")
	}
	if n := len(result.Invoked); n > 0 {
		notes = append(notes, "the next apply also invokes "+report.Plural(n, "action")+": "+strings.Join(result.Invoked, ", "))
	}
	for _, text := range result.Checks {
		notes = append(notes, "a check of the code failed: "+text)
	}
	return notes
}

// neverRead reports whether the state has nothing of an object but its id, as where it was imported into
// the state and not applied since: there is no earlier value that live could differ from.
func neverRead(c plans.Change) bool {
	if c.Action != plans.Update || c.Before == cty.NilVal || c.Before.IsNull() || !c.Before.Type().IsObjectType() {
		return false
	}
	for name, v := range c.Before.AsValueMap() {
		if name != "id" && !v.IsNull() && !(v.CanIterateElements() && v.LengthInt() == 0) {
			return false
		}
	}
	return true
}

// hollow reports whether a value that is nothing became one that is empty, or the other way round: the
// provider reads what it wrote as nothing back as empty, and nobody did that.
func hollow(d verify.Difference) bool {
	empty := func(a, b shown.Text) bool { return a == "null" && (b == "[]" || b == "{}" || b == `""`) }
	return empty(d.Before, d.After) || empty(d.After, d.Before)
}

// unapplied is an object that the code has and live has not, or the other way round, since nobody has
// applied the code: nothing happened outside of it.
const unapplied drift.Kind = "unapplied"

// learn takes from a change what kind of drift it is and who the object is. What was found outside of
// the code comes before what the code wants.
func (i *driftItem) learn(c plans.Change, row *catalogue.Type, outside bool) {
	i.outside = i.outside || outside
	switch {
	case outside && c.Action == plans.Delete:
		i.kind = drift.Removed
	case i.kind == drift.Removed:
	case c.Action == plans.Create || c.Action == plans.Delete || c.Action == plans.Forget:
		i.kind, i.wanted = unapplied, c.Action
	}
	for _, v := range []cty.Value{c.Before, c.After} {
		if v == cty.NilVal || v.IsNull() || !v.Type().IsObjectType() {
			continue
		}
		i.Title = cmp.Or(i.Title, known(v, "name"), known(v, "title"))
		i.owner = cmp.Or(i.owner, known(v, row.ParentAttr))
		i.id = cmp.Or(i.id, known(v, "id"))
	}
}

// known returns a text of an object, or "".
func known(v cty.Value, name string) string {
	if name == "" || !v.Type().HasAttribute(name) {
		return ""
	}
	t := v.GetAttr(name)
	if t.IsNull() || !t.IsKnown() || t.Type() != cty.String {
		return ""
	}
	return t.AsString()
}

// differs notes an attribute, once: first as it changed, from the state to live; what only the code
// says otherwise is told from the code's value to the live one, too.
func (i *driftItem) differs(diff verify.Difference, planned bool) {
	if i.kind != drift.Changed || diff.After == verify.KnownAfterApply {
		return
	}
	path := diff.Attribute()
	for _, a := range i.Attributes {
		if a.Path == path {
			return
		}
	}
	before, after := diff.Before, diff.After
	if planned { // a plan goes from live to code
		before, after = after, before
	}
	i.Attributes = append(i.Attributes, report.AttributeChange{Path: path, Before: before, After: after})
	if step, ok := diff.Path[0].(cty.GetAttrStep); ok {
		i.fields = append(i.fields, step.Name)
	}
}

// authors asks the audit log, in one filtered query for all, who did it.
func (d *Drifting) authors(ctx context.Context) error {
	questions := make([]drift.Question, len(d.Items))
	for n, i := range d.Items {
		if i.kind != unapplied {
			questions[n] = authors.Question(i.kind, i.typ, i.id, i.owner, i.fields)
		}
	}
	since, err := d.o.window(ctx, d.started)
	if err != nil {
		return err
	}
	var events []audit.Event
	if len(authors.ItemTypes(questions)) > 0 {
		if since, err = d.sinceOwn(ctx, since); err != nil {
			return err
		}
		if events, err = d.events(ctx, since, questions); err != nil {
			return err
		}
	}
	record := drift.NewRecord(events)
	answers := make([]drift.Answer, len(d.Items))
	for n := range d.Items {
		answers[n] = record.Who(questions[n])
	}
	d.tracing = &authors.Tracing{Client: d.client, Say: d.note}
	if err := d.tracing.Trace(ctx, answers); err != nil {
		return err
	}
	for n, i := range d.Items {
		i.answer = answers[n]
	}
	return nil
}

// events reads the part of the audit log that may concern the drift. Without the permission to read
// it, drift goes on without authors.
func (d *Drifting) events(ctx context.Context, since time.Time, questions []drift.Question) ([]audit.Event, error) {
	if d.silent {
		return nil, nil
	}
	d.progress.Stage("audit", 0)
	b := &authors.Blaming{Client: d.client, Since: since, Say: d.note}
	events, err := b.Events(ctx, questions)
	if err != nil && !d.silenced(err) {
		return nil, err
	}
	if err == nil {
		if err = d.ownEvents(ctx, since, questions); err != nil && !d.silenced(err) {
			return nil, err
		}
	}
	if err != nil { // who is Terraform itself is not known
		events = nil
	}
	events = slices.DeleteFunc(events, func(e audit.Event) bool { return d.owned[e.ID] || d.own(e) })
	d.progress.Done(report.Plural(len(events), "event"))
	return events, nil
}

// silenced notes that the audit log cannot be read, if that is what an error says.
func (d *Drifting) silenced(err error) bool {
	if err == nil || !authors.Blamable(err) {
		return false
	}
	d.silent = true
	d.note(authors.Without(err))
	return true
}

// note keeps what is to be said beside the report.
func (d *Drifting) note(text string) { d.notes = append(d.notes, text) }

// sinceOwn is the time of the last change that Terraform itself made, where it is known by its key
// or user: what drifted, drifted after that. Without such a change, or with --since, it is the time given.
func (d *Drifting) sinceOwn(ctx context.Context, since time.Time) (time.Time, error) {
	if d.o.Since != "" {
		return since, nil
	}
	var filters []audit.Filter
	for _, key := range d.o.OwnKeys {
		filters = append(filters, audit.Filter{APIKey: key})
	}
	for i, user := range d.o.OwnUsers {
		if strings.Contains(user, "@") {
			id, err := auditlog.UserID(ctx, d.client, user)
			if err != nil {
				return since, err
			}
			d.o.OwnUsers[i], user = id, id
		}
		filters = append(filters, audit.Filter{User: user})
	}
	log := auditlog.Log{Client: d.client, Lazy: true}
	var last time.Time
	for _, f := range filters {
		newest := time.Time{}
		for e, err := range log.Events(ctx, f) {
			if d.silenced(err) {
				return since, nil
			}
			if err != nil {
				return since, err
			}
			if e.At.Before(newest) {
				break // the newest came first
			}
			newest, d.owned[e.ID] = e.At, true
		}
		if newest.After(last) {
			last = newest
		}
	}
	if last.IsZero() {
		return since, nil
	}
	return last, nil
}

// ownEvents notes what Terraform's own keys did in a window. An event does not tell its key; only a
// filter knows.
func (d *Drifting) ownEvents(ctx context.Context, since time.Time, questions []drift.Question) error {
	if d.o.Since == "" {
		return nil // the window begins with the last of them
	}
	log := auditlog.Log{Client: d.client}
	for _, key := range d.o.OwnKeys {
		filter := audit.Filter{Since: since, APIKey: key, ItemTypes: authors.ItemTypes(questions)}
		for e, err := range log.Events(ctx, filter) {
			if err != nil {
				return err
			}
			d.owned[e.ID] = true
		}
	}
	return nil
}

// own reports whether Terraform's own user made a change.
func (d *Drifting) own(e audit.Event) bool {
	for _, user := range d.o.OwnUsers {
		if user != "" && (user == e.UserID || user == e.UserEmail) {
			return true
		}
	}
	return false
}

// told translates the drift for the report.
func (d *Drifting) told() report.Changes {
	c := report.Changes{From: "code", To: "live", Requests: d.client.Stats().Requests}
	for _, i := range d.Items {
		oc := report.ObjectChange{
			Kind: map[drift.Kind]string{drift.Added: "unmanaged", drift.Removed: "deleted", drift.Changed: "changed", unapplied: "unapplied"}[i.kind],
			Type: i.typ, ID: i.id, Address: d.Plans.Veil.Path(i.Address), Title: d.Plans.Veil.Path(i.Title),
		}
		for _, a := range i.Attributes {
			oc.Attributes = append(oc.Attributes, d.Readable(a))
		}
		if i.kind != unapplied {
			d.tracing.Tell(i.answer, &oc)
		}
		oc.Hint = i.hint(d.code.Deeds)
		c.Changes = append(c.Changes, oc)
	}
	return c
}

// Readable writes addresses for the ids of managed objects, and long texts word by word.
func (d *Drifting) Readable(a report.AttributeChange) report.AttributeChange {
	for _, text := range []*shown.Text{&a.Before, &a.After} {
		*text = text.Map(func(s string) string {
			return quotedID.ReplaceAllStringFunc(s, func(id string) string {
				if address := d.names[id[1:len(id)-1]]; address != "" {
					return `"` + d.Plans.Veil.Path(address) + `"`
				}
				return id
			})
		})
	}
	a.Path = d.Plans.Veil.Path(a.Path)
	a.Words = authors.WordsOfTexts(a.Before, a.After)
	return a
}

var quotedID = regexp.MustCompile(`"[0-9a-f-]{36}"`)
