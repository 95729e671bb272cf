package drifting

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/authors"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/report"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift/rewrite"
)

// An item is one object that drifted.
type item struct {
	module     *module
	kind       drift.Kind
	outside    bool         // the state does not know it
	contested  bool         // the code has another value
	wanted     plans.Action // what apply would do, if that is everything
	typ, id    string
	address    string
	title      string
	owner      string // id
	attributes []report.AttributeChange
	asks       drift.Question // for its author: the fields, and the values if they are known
	answer     drift.Answer
	edits      []rewrite.Edit // that would give the code the live values
	refused    string         // why the engine does not plan it
}

// key identifies an object.
func key(typ, id string) string { return typ + "/" + id }

// Reported translates the drift in a plan for the report, as the command does.
func Reported(plan *plans.Plan, veil *secret.Veil, overlooked drift.Unordered) []report.ObjectChange {
	m := &module{veil: veil, overlooked: overlooked}
	m.learn(plan)
	var told []report.ObjectChange
	for _, i := range m.items {
		told = append(told, i.reported())
	}
	return told
}

// learn turns a plan into items: changes that it would revert, and changes and deletions that it found and that the
// code does not mention.
func (m *module) learn(plan *plans.Plan) {
	m.managed, m.names = map[string]string{}, map[string]string{}
	known := *plan
	known.Drift = slices.DeleteFunc(slices.Clone(plan.Drift), neverRead)
	verdict := verify.Judge(&known, verify.Expect{Show: m.veil.Show})
	planned := map[string]plans.Change{}
	for _, c := range known.Changes {
		planned[c.Address] = c
	}
	for _, c := range slices.Concat(known.Drift, known.Changes) {
		if id := c.ObjectID(); catalogue.Lookup(c.Type) != nil && id != "" {
			m.managed[key(c.Type, id)], m.names[id] = c.Address, c.Address
		}
	}
	byAddress := m.objects(&known, planned)
	m.outside(&known, verdict, byAddress)
	for _, diff := range verdict.Differences {
		if i := byAddress[diff.Address]; i != nil && len(diff.Path) > 0 {
			c := planned[diff.Address]
			i.contested = true
			i.differs(diff, true)
			i.wants(diff, c.Before, c)
		}
	}
	// A change that only follows from the deletion of another object is not drift of its own.
	m.items = slices.DeleteFunc(m.items, func(i *item) bool { return i.kind == drift.Changed && len(i.attributes) == 0 })
}

// objects makes an item of each object in a plan.
func (m *module) objects(plan *plans.Plan, planned map[string]plans.Change) map[string]*item {
	byAddress := map[string]*item{}
	for n, c := range slices.Concat(plan.Drift, plan.Changes) {
		row, outside := catalogue.Lookup(c.Type), n < len(plan.Drift)
		if row == nil || c.Action == plans.NoOp || c.Action == plans.Read || c.Import != "" {
			continue
		}
		if _, inCode := planned[c.Address]; outside && c.Action == plans.Delete && !inCode && m.unplanned[c.Address] == "" {
			continue // neither the code nor Rootly has it
		}
		i := byAddress[c.Address]
		if i == nil {
			i = &item{module: m, kind: drift.Changed, typ: c.Type, id: c.ID, address: c.Address, refused: m.unplanned[c.Address]}
			byAddress[c.Address] = i
			m.items = append(m.items, i)
		}
		i.id = cmp.Or(i.id, c.ID)
		i.learn(c, row, outside)
	}
	return byAddress
}

// outside adds differences between the state and live to the items. Values that the code also has are not drift, and
// neither are values that Rootly changes by itself.
func (m *module) outside(plan *plans.Plan, verdict verify.Verdict, byAddress map[string]*item) {
	moved := map[string]plans.Change{}
	for _, c := range plan.Drift {
		moved[c.Address] = c
	}
	contested := map[string][]cty.Path{} // by the code
	for _, diff := range verdict.Differences {
		contested[diff.Address] = append(contested[diff.Address], diff.Path)
	}
	for _, diff := range verdict.Drift {
		c, i := moved[diff.Address], byAddress[diff.Address]
		if i == nil || len(diff.Path) == 0 || hollow(diff) || m.overlooked.Overlooks(c.Type, diff.Path, c.Before, c.After) {
			continue
		}
		in := func(p cty.Path) bool { return p.HasPrefix(diff.Path) || diff.Path.HasPrefix(p) }
		if slices.ContainsFunc(contested[diff.Address], in) {
			i.differs(diff, false)
			continue
		}
		live, err := diff.Path.Apply(c.After)
		if err != nil {
			live = cty.NullVal(cty.DynamicPseudoType)
		}
		switch m.standing(i, diff.Path, live) {
		case ofRootly:
			continue
		case agreed:
			continue
		}
		i.differs(diff, false)
		i.wants(diff, c.After, c) // the code has the value of the state, or none
	}
}

// A standing says how the code relates to a value that differs only in the state.
type standing int

const (
	silent   standing = iota // the code has no value
	agreed                   // the code has the live value
	ofRootly                 // unknown: Rootly decides
)

// standing finds out how the code relates to a live value that no plan would change.
func (m *module) standing(i *item, path cty.Path, live cty.Value) standing {
	resource, row := m.schema[i.typ], catalogue.Lookup(i.typ)
	if resource == nil {
		return silent
	}
	mode, names := schema.Optional, ""
	for _, step := range path {
		attr, ok := step.(cty.GetAttrStep)
		if !ok {
			continue
		}
		names = strings.TrimPrefix(names+"."+attr.Name, ".")
		if why := row.Omit[names]; why != "" && why != catalogue.Deprecated && !slices.Contains(row.Secret, names) {
			return ofRootly
		}
		if a := resource.Block.Find(names); a != nil && !a.Sensitive {
			mode = max(mode, a.Mode)
		} else if n := resource.Block.FindNested(names); n != nil {
			mode = max(mode, n.Mode)
		} else if a == nil {
			break
		}
	}
	if mode == schema.Computed {
		return ofRootly
	}
	value, said := rewrite.Says(m.files, editOf(i, path))
	if i.refused != "" { // nobody has compared them
		said = said && value != cty.NilVal && value.RawEquals(live)
	} else if mode != schema.OptionalComputed {
		said = true // otherwise the plan would change it
	}
	if said {
		return agreed
	}
	return silent
}

// beyond reports what a plan contains besides changes. Postponed objects are not compared.
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

// neverRead reports whether the state has only the id of an object, as after an import into the state without an apply:
// there is no earlier value to compare.
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

// hollow reports whether a null became empty, or the other way round: the provider reads a null back as empty, so
// nobody changed it.
func hollow(d verify.Difference) bool {
	empty := func(a, b shown.Text) bool { return a == "null" && (b == "[]" || b == "{}" || b == `""`) }
	return empty(d.Before, d.After) || empty(d.After, d.Before)
}

// unapplied is an object that only the code or only live has, because nobody has applied the code: nothing happened
// outside of it.
const unapplied drift.Kind = "unapplied"

// learn takes the kind of drift and the object from a change. What was found outside of the code takes precedence over
// what the code wants.
func (i *item) learn(c plans.Change, row *catalogue.Type, outside bool) {
	i.outside = i.outside || outside
	switch {
	case outside && c.Action == plans.Delete:
		i.kind = drift.Removed
	case i.kind == drift.Removed:
	case c.Action == plans.Create || c.Action == plans.Delete || c.Action == plans.Forget:
		i.kind, i.wanted = unapplied, c.Action
	}
	switch {
	case outside:
		i.asks.Was, i.asks.Is = c.Before, c.After
	case i.asks.Is == cty.NilVal: // a plan goes from live to code
		i.asks.Was, i.asks.Is = c.After, c.Before
	}
	for _, v := range []cty.Value{c.Before, c.After} {
		if v == cty.NilVal || v.IsNull() || !v.Type().IsObjectType() {
			continue
		}
		i.title = cmp.Or(i.title, known(v, "name"), known(v, "title"))
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

// differs records an attribute, once: a change from the state to live takes precedence; a difference from the code
// alone is reported from the code's value to the live one.
func (i *item) differs(diff verify.Difference, planned bool) {
	if i.kind != drift.Changed || diff.After == verify.KnownAfterApply {
		return
	}
	path := diff.Attribute()
	for _, a := range i.attributes {
		if a.Path == path {
			return
		}
	}
	before, after := diff.Before, diff.After
	if planned { // a plan goes from live to code
		before, after = after, before
	}
	i.attributes = append(i.attributes, report.AttributeChange{Path: path, Before: before, After: after})
	if step, ok := diff.Path[0].(cty.GetAttrStep); ok {
		i.asks.Fields = append(i.asks.Fields, step.Name)
	}
}

// authors searches the audit log for the authors.
func (r *run) authors(ctx context.Context) error {
	items := r.items()
	questions := make([]drift.Question, len(items))
	for n, i := range items {
		if i.kind != unapplied {
			questions[n] = authors.Question(i.kind, i.typ, i.id, i.owner, i.asks.Fields)
			questions[n].Was, questions[n].Is = i.asks.Was, i.asks.Is
		}
	}
	r.progress.Stage("audit", 0)
	search := authors.Search{Client: r.client, Since: r.since, Copy: r.o.AuditCopy, OwnKeys: r.o.OwnKeys, OwnUsers: r.o.OwnUsers, Say: r.note}
	answers, tracing, err := search.Answer(ctx, questions)
	if err != nil {
		return err
	}
	r.tracing, r.searched = tracing, search.Searched
	found := 0
	for n, i := range items {
		i.answer = answers[n]
		found += len(i.answer.Events)
	}
	r.progress.Done(report.Plural(found, "event"))
	return nil
}

// reported translates the drift for the report.
func (r *run) reported() report.Changes {
	c := report.Changes{From: "code", To: "live", NotImported: r.refused, Searched: r.searched, Requests: r.client.Stats().Requests}
	for _, i := range r.items() {
		told := i.reported()
		if i.kind != unapplied {
			r.tracing.Tell(i.answer, &told)
		}
		told.Hint = i.hint()
		c.Changes = append(c.Changes, told)
	}
	return c
}

// reported is an item in the report, without its author.
func (i *item) reported() report.ObjectChange {
	m := i.module
	told := report.ObjectChange{
		Kind: map[drift.Kind]string{drift.Added: "unmanaged", drift.Removed: "deleted", drift.Changed: "changed", unapplied: "unapplied"}[i.kind],
		Part: m.root.Name, Type: i.typ, ID: i.id, Address: m.veil.Path(i.address), Title: m.veil.Path(i.title),
	}
	for _, a := range i.attributes {
		told.Attributes = append(told.Attributes, m.readable(a))
	}
	return told
}

// readable writes addresses for the ids of managed objects, and long texts word by word.
func (m *module) readable(a report.AttributeChange) report.AttributeChange {
	for _, text := range []*shown.Text{&a.Before, &a.After} {
		*text = text.Map(func(s string) string {
			return quotedID.ReplaceAllStringFunc(s, func(id string) string {
				if address := m.names[id[1:len(id)-1]]; address != "" {
					return `"` + m.veil.Path(address) + `"`
				}
				return id
			})
		})
	}
	a.Path = m.veil.Path(a.Path)
	a.Words = authors.WordsOfTexts(a.Before, a.After)
	return a
}

var quotedID = regexp.MustCompile(`"[0-9a-f-]{36}"`)
