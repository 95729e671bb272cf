package verify

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
	"github.com/terraformer-rootly/terraformer-rootly/providers/shown"
)

// Difference is one attribute that a plan would change, or one resource that it would create, destroy or forget.
type Difference struct {
	Address       string
	ID            string // id of the live object; zero: there is none yet
	Action        plans.Action
	Path          cty.Path   // attribute; zero: the resource as a whole
	Before, After shown.Text // as JSON; placeholders for what is secret or not known yet
	Forces        bool       // this attribute forces the replacement
}

// Attribute is the path as the language writes it, such as rules[0].name.
func (d Difference) Attribute() string { return pathText(d.Path) }

// KnownAfterApply stands in a Difference for a value that is decided on apply.
const KnownAfterApply = "(known after apply)"

const secretText = "(sensitive value)"

// A Show writes the values at a path of an object before and after a change, as JSON without secrets. It gets the whole
// objects, without the values that the plan marks as sensitive.
type Show func(resourceType string, path cty.Path, before, after cty.Value) (was, is shown.Text)

// showNothing hides every value, since it does not know which are secret.
func showNothing(string, cty.Path, cty.Value, cty.Value) (was, is shown.Text) {
	return secretText, secretText
}

// differencesOf lists the differences of a change. Only objects that exist before and after have attributes to compare.
func differencesOf(c plans.Change, secrets []cty.Path, writes Show) []Difference {
	whole := Difference{Address: c.Address, ID: c.ObjectID(), Action: c.Action}
	if c.Action != plans.Update && c.Action != plans.Replace && c.Action != plans.ForgetCreate {
		return []Difference{whole}
	}

	if writes == nil {
		writes = showNothing
	}
	d := differ{change: c, secrets: secrets, show: writes}
	d.before, d.after = d.veiled(c.Before), d.veiled(c.After)
	d.compare(nil, c.Before, c.After)
	if len(d.found) == 0 {
		return []Difference{whole} // such as a change of the sensitive mark
	}
	return d.found
}

type differ struct {
	change        plans.Change
	secrets       []cty.Path
	show          Show
	before, after cty.Value // with placeholders for values that are marked as sensitive or unknown
	found         []Difference
}

// compare descends where both sides have the same structure, and records the smallest part that differs.
func (d *differ) compare(at cty.Path, before, after cty.Value) {
	if before.RawEquals(after) {
		return
	}
	if d.isSecret(at) || !sameStructure(before, after) {
		d.note(at)
		return
	}
	for _, step := range stepsOf(before, after) {
		d.compare(append(at.Copy(), step), elementAt(before, step), elementAt(after, step))
	}
}

func (d *differ) note(at cty.Path) {
	was, is := d.show(d.change.Type, at, d.before, d.after)
	d.found = append(d.found, Difference{
		Address: d.change.Address,
		ID:      d.change.ObjectID(),
		Action:  d.change.Action,
		Path:    at,
		Before:  was,
		After:   is,
		Forces:  slices.ContainsFunc(d.change.Replacing, at.HasPrefix),
	})
}

// isSecret reports whether the value at a path, or one that contains it, must not be shown.
func (d *differ) isSecret(at cty.Path) bool {
	return slices.ContainsFunc(d.secrets, func(secret cty.Path) bool { return covers(secret, at) })
}

// covers reports whether secret is at, or contains at. JSON does not distinguish maps from objects or sets from lists:
// a key counts as an attribute name, and from the first element of a set on everything matches.
func covers(secret, at cty.Path) bool {
	for i, step := range secret {
		name, plain := stepName(step)
		if !plain {
			return true
		}
		if i == len(at) {
			return false
		}
		if other, _ := stepName(at[i]); other != name {
			return false
		}
	}
	return true
}

// stepName is the step as text, and false for a step into a set.
func stepName(step cty.PathStep) (string, bool) {
	attribute, ok := step.(cty.GetAttrStep)
	if ok {
		return attribute.Name, true
	}
	index, ok := step.(cty.IndexStep)
	switch {
	case !ok || !index.Key.IsKnown() || index.Key.IsNull():
		return "", false
	case index.Key.Type() == cty.String:
		return index.Key.AsString(), true
	case index.Key.Type() == cty.Number:
		return number.Text(index.Key.AsBigFloat()), true
	default:
		return "", false
	}
}

// veiled puts placeholders into an object.
func (d *differ) veiled(v cty.Value) cty.Value {
	if v == cty.NilVal {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	masked, err := cty.TransformWithTransformer(v, &masker{differ: d})
	if err != nil {
		return cty.StringVal(secretText)
	}
	return masked
}

// masker replaces values that must not or cannot be shown.
type masker struct {
	differ *differ
}

// Enter is called before a value's elements.
func (m *masker) Enter(path cty.Path, v cty.Value) (cty.Value, error) {
	switch {
	case m.differ.isSecret(path):
		return cty.StringVal(secretText), nil
	case !v.IsKnown():
		return cty.StringVal(KnownAfterApply), nil
	default:
		return v, nil
	}
}

// Exit is called after a value's elements.
func (m *masker) Exit(_ cty.Path, v cty.Value) (cty.Value, error) { return v, nil }

func sameStructure(a, b cty.Value) bool {
	if !a.IsKnown() || !b.IsKnown() || a.IsNull() || b.IsNull() {
		return false
	}
	return (a.Type().IsObjectType() && b.Type().IsObjectType()) || (a.Type().IsTupleType() && b.Type().IsTupleType())
}

// stepsOf lists the steps into either value, sorted.
func stepsOf(a, b cty.Value) []cty.PathStep {
	var steps []cty.PathStep
	if a.Type().IsTupleType() {
		for i := range max(a.LengthInt(), b.LengthInt()) {
			steps = append(steps, cty.IndexStep{Key: cty.NumberIntVal(int64(i))})
		}
		return steps
	}
	names := map[string]bool{}
	for _, v := range []cty.Value{a, b} {
		for name := range v.Type().AttributeTypes() {
			names[name] = true
		}
	}
	for _, name := range sortedNames(names) {
		steps = append(steps, cty.GetAttrStep{Name: name})
	}
	return steps
}

func sortedNames(set map[string]bool) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// elementAt is the element at a step; null if there is none.
func elementAt(v cty.Value, step cty.PathStep) cty.Value {
	element, err := step.Apply(v)
	if err != nil {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return element
}

// pathText writes a path as the language does.
func pathText(path cty.Path) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step.Name)
		case cty.IndexStep:
			key := []byte("?") // into a set
			if t := step.Key.Type(); step.Key.IsKnown() && !step.Key.IsNull() && (t == cty.String || t == cty.Number) {
				key = hclwrite.TokensForValue(step.Key).Bytes()
			}
			b.WriteString("[" + string(key) + "]")
		}
	}
	return b.String()
}
