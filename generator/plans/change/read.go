package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/document"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// Read reads the document that show -json writes for a plan, one object at a time, and masks its values with a veil.
// Its errors are those of [document.Read].
func Read(r io.Reader, veil *secret.Veil, o Options) (*Plan, error) {
	sum := sha256.New()
	d := &description{plan: &Plan{}, diff: differ{options: o.withDefaults(), masks: veil, hidden: map[string]bool{}}}
	head, err := document.Read(io.TeeReader(r, sum), document.Parts{
		Resource: d.resource,
		Drift:    func(document.Resource) error { d.plan.Drifted++; return nil },
		Output:   d.output,
		Variable: d.variable,
		Deferred: d.deferred, Invocation: d.invocation,
		Check: func(c document.Check) error {
			d.plan.Checks = append(d.plan.Checks, c.String())
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	d.plan.Format, d.plan.Engine, d.plan.Errored, d.plan.Partial = head.Format, head.Engine, head.Errored, head.Incomplete
	if _, err := io.Copy(sum, r); err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	d.finish(sum)
	return d.plan, nil
}

// A description is a plan that is being read.
type description struct {
	plan *Plan
	diff differ
}

// resource records one object.
func (d *description) resource(r document.Resource) error {
	action := actionOn(r)
	if r.Mode == "data" {
		action = ""
	}
	if action == "" && !marked(r.Change) {
		return nil
	}
	values, err := parseChange(r.Change)
	if err != nil {
		return err
	}
	values.typ = r.Type
	d.diff.remember(values)
	if action == "" {
		return nil
	}
	c := changeOf(r, action, r.Reason)
	if plans.ActionOf(r.Change.Actions) == plans.ForgetCreate {
		d.plan.Changes = append(d.plan.Changes, changeOf(r, Forgotten, r.Reason)) // and its successor is created
	}
	if action == Moved || r.Previous != "" && r.Previous != r.Address {
		c.Previous = secret.Mask(r.Previous)
	}
	c.Attributes, c.More = d.diff.compare(values)
	d.plan.Changes = append(d.plan.Changes, c)
	return nil
}

func changeOf(r document.Resource, action Action, reason string) Change {
	return Change{
		Address: secret.Mask(r.Address), Module: secret.Mask(r.Module), Type: r.Type, Action: action,
		Reason: strings.ReplaceAll(reason, "_", " "),
	}
}

// deferred records a postponed object. A read is never a change.
func (d *description) deferred(e document.Deferred) error {
	values, err := parseChange(e.Resource.Change)
	if err != nil || e.Resource.Mode == "data" {
		return err
	}
	d.diff.remember(values)
	d.plan.Changes = append(d.plan.Changes, changeOf(e.Resource, Deferred, e.Reason))
	return nil
}

// invocation records an action that the apply runs.
func (d *description) invocation(e document.Invocation) error {
	c := Change{Address: secret.Mask(e.Address), Action: Invoked}
	if module, _, nested := strings.Cut(e.Address, ".action."); nested {
		c.Module = secret.Mask(module)
	}
	if e.Trigger.Resource != "" {
		c.Reason = secret.Mask("triggered by " + e.Trigger.Resource)
	}
	d.plan.Changes = append(d.plan.Changes, c)
	return nil
}

// output records an output that changes.
func (d *description) output(name string, wire document.Change) error {
	values, err := parseChange(wire)
	if err != nil {
		return err
	}
	d.diff.remember(values)
	action := actions[plans.ActionOf(wire.Actions)]
	if action == "" {
		return nil
	}
	c := Change{Address: "output." + name, Action: action}
	c.Attributes, c.More = d.diff.compare(values.under(name))
	d.plan.Outputs = append(d.plan.Outputs, c)
	return nil
}

// variable hides the texts of a sensitive variable everywhere.
func (d *description) variable(v document.Variable) error {
	if !v.Sensitive {
		return nil
	}
	value, err := parse(v.Value)
	if err == nil {
		d.diff.conceal(value)
	}
	return err
}

// finish hides texts that turned out to be hidden elsewhere, shortens long ones and computes the digests.
func (d *description) finish(source hash.Hash) {
	show := d.diff.show()
	content := sha256.New()
	for _, list := range [][]Change{d.plan.Changes, d.plan.Outputs} {
		for i := range list {
			for j := range list[i].Attributes {
				show(&list[i].Attributes[j])
			}
			line, _ := json.Marshal(list[i]) // texts and numbers: cannot fail
			content.Write(append(line, '\n'))
		}
	}
	for i, text := range d.plan.Checks {
		shown := Attribute{Path: text}
		show(&shown)
		d.plan.Checks[i] = shown.Path
	}
	d.plan.Source = hex.EncodeToString(source.Sum(nil))
	d.plan.Content = hex.EncodeToString(content.Sum(nil))
}
