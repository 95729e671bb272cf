package cli

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/audit"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

// read turns a plan into items: what it would change back, and what it found changed or gone that
// the code says nothing about.
func (d *drifting) read(result *verify.Result, overlooked drift.Unordered) {
	d.managed = map[string]bool{}
	byAddress := map[string]*driftItem{}
	verdict := verify.Judge(result, verify.Expect{})
	for _, c := range result.Changes {
		if catalogue.Lookup(c.Type) != nil && c.ID != "" {
			d.managed[c.Type+"/"+c.ID] = true
		}
	}
	for _, c := range append(append([]verify.Change(nil), result.Drift...), result.Changes...) {
		row := catalogue.Lookup(c.Type)
		if row == nil || c.Action == verify.NoOp || c.Action == verify.Read || c.Import != "" {
			continue
		}
		item := byAddress[c.Address]
		if item == nil {
			item = &driftItem{kind: drift.Changed, typ: c.Type, id: c.ID, address: c.Address}
			byAddress[c.Address] = item
			d.items = append(d.items, item)
		}
		if item.id == "" {
			item.id = c.ID
		}
		item.learn(c, row)
	}
	moved := map[string]verify.Change{}
	for _, c := range result.Drift {
		moved[c.Address] = c
	}
	for _, diff := range verdict.Drift {
		c := moved[diff.Address]
		if item := byAddress[diff.Address]; item != nil && len(diff.Path) > 0 && !overlooked.Overlooks(c.Type, diff.Path, c.Before, c.After) {
			item.differs(diff, false)
		}
	}
	for _, diff := range verdict.Differences {
		if item := byAddress[diff.Address]; item != nil && len(diff.Path) > 0 {
			item.differs(diff, true)
		}
	}
	// What only follows from another object's end is no drift of its own.
	d.items = slices.DeleteFunc(d.items, func(i *driftItem) bool { return i.kind == drift.Changed && len(i.attributes) == 0 })
}

// learn takes from a change what kind of drift it is and who the object is.
func (i *driftItem) learn(c verify.Change, row *catalogue.Type) {
	if c.Action == verify.Delete || c.Action == verify.Create {
		// Drift that deletes, or code that would create: the object is not there any more.
		i.kind = drift.Removed
	}
	for _, v := range []cty.Value{c.Before, c.After} {
		if v == cty.NilVal || v.IsNull() || !v.Type().IsObjectType() {
			continue
		}
		i.title = first(i.title, known(v, "name"), known(v, "title"))
		i.owner = first(i.owner, known(v, row.ParentAttr))
		i.id = first(i.id, known(v, "id"))
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
	for _, a := range i.attributes {
		if a.Path == path {
			return
		}
	}
	before, after := secret.Mask(diff.Before), secret.Mask(diff.After)
	if planned { // a plan goes from live to code
		before, after = after, before
	}
	i.attributes = append(i.attributes, report.AttributeChange{Path: path, Before: before, After: after})
	if step, ok := diff.Path[0].(cty.GetAttrStep); ok {
		i.fields = append(i.fields, step.Name)
	}
}

// strangers lists the live objects that neither code nor state knows.
func (d *drifting) strangers(ctx context.Context) error {
	if !d.o.unmanaged {
		return nil
	}
	d.progress.Stage("list", 0)
	types, _, err := d.o.types()
	if err != nil {
		return err
	}
	live, err := rootly.Fetch(ctx, d.client, rootly.FetchOptions{Types: types, Progress: d.progress.Count})
	if err != nil {
		return err
	}
	n := 0
	for _, o := range live.Objects {
		if d.managed[o.Type.Name+"/"+string(o.ID)] || rootly.BuiltIn(o) != "" {
			continue
		}
		n++
		d.items = append(d.items, &driftItem{
			kind: drift.Added, typ: o.Type.Name, id: string(o.ID), owner: string(o.Parent),
			address: o.Type.Name + " " + string(o.ID), title: secret.Mask(o.Title()),
		})
	}
	sort.SliceStable(d.items, func(i, j int) bool { return d.items[i].address < d.items[j].address })
	d.progress.Done(report.Plural(n, "object") + " unmanaged")
	return nil
}

// authors asks the audit log, in one filtered query for all, who did it.
func (d *drifting) authors(ctx context.Context) error {
	kinds := map[string]bool{}
	for _, i := range d.items {
		q := i.question()
		for _, item := range []drift.Item{q.Item, q.Owner} {
			if item.Type != "" {
				kinds[item.Type] = true
			}
		}
	}
	since, err := d.o.window(d.started)
	if err != nil {
		return err
	}
	var events []audit.Event
	if len(kinds) > 0 {
		if events, err = d.events(ctx, since, kinds); err != nil {
			return err
		}
	}
	record := drift.NewRecord(events)
	for _, i := range d.items {
		i.answer = record.Who(i.question())
	}
	return nil
}

// events reads the part of the audit log that may concern the drift. Without the permission to read
// it, drift goes on without authors.
func (d *drifting) events(ctx context.Context, since time.Time, kinds map[string]bool) ([]audit.Event, error) {
	d.progress.Stage("audit", 0)
	filter := audit.Filter{Since: since}
	for k := range kinds {
		filter.ItemTypes = append(filter.ItemTypes, k)
	}
	sort.Strings(filter.ItemTypes)
	var events []audit.Event
	log := liveLog{client: d.client, doubt: func(string) {}}
	for e, err := range log.Events(ctx, filter) {
		if rootly.Absent(err) {
			d.silent = fmt.Sprintf("no authors: the audit log cannot be read (%v); the API key needs the permission Audits - read", err)
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if filter.Match(e) && !d.own(e) {
			events = append(events, audit.Redact(e))
		}
	}
	d.progress.Done(report.Plural(len(events), "event"))
	return events, nil
}

// own reports whether Terraform itself made a change.
func (d *drifting) own(e audit.Event) bool {
	for _, key := range d.o.ownKeys {
		if key == e.APIKeyID {
			return true
		}
	}
	for _, user := range d.o.ownUsers {
		if user != "" && (user == e.UserID || user == e.UserEmail) {
			return true
		}
	}
	return false
}

// question asks for an item's author in the words of the audit log.
func (i *driftItem) question() drift.Question {
	q := drift.Question{Kind: i.kind, Fields: i.fields}
	row := catalogue.Lookup(i.typ)
	q.Item = drift.Item{Type: row.Audit, ID: i.id}
	for _, parent := range row.Parents {
		if p := catalogue.Lookup(parent); p.Audit != "" {
			q.Owner = drift.Item{Type: p.Audit, ID: i.owner}
			break
		}
	}
	return q
}

// told translates the drift for the report.
func (d *drifting) told() report.Changes {
	c := report.Changes{From: "live", To: "code"}
	for _, i := range d.items {
		oc := report.ObjectChange{
			Kind: map[drift.Kind]string{drift.Added: "unmanaged", drift.Removed: "gone", drift.Changed: "changed"}[i.kind],
			Type: i.typ, ID: i.id, Address: i.address, Title: i.title, Attributes: i.attributes,
			Confidence: string(i.answer.Confidence),
		}
		for _, e := range i.answer.Events {
			oc.Authors = append(oc.Authors, who(e))
		}
		c.Changes = append(c.Changes, oc)
	}
	return c
}

// who writes the author of an event for people.
func who(e audit.Event) string {
	name := first(e.UserName, e.UserEmail)
	if e.UserName != "" && e.UserEmail != "" {
		name += " <" + e.UserEmail + ">"
	}
	if name == "" && e.APIKeyID != "" {
		name = "API key " + e.APIKeyID
	}
	if name == "" && e.UserID != "" {
		name = "user " + e.UserID
	}
	text := first(name, "somebody unnamed") + " at " + e.At.UTC().Format("2006-01-02 15:04:05Z")
	if e.Source != "" {
		text += " from " + e.Source
	}
	if e.RequestID != "" {
		text += ", request " + e.RequestID
	}
	return text
}
