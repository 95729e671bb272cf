package rootly

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// A reader turns one live object into the arguments that the code needs so that the provider, after it
// has read the object itself, finds nothing to change.
type reader struct {
	row  *catalogue.Type
	full bool // write every settable attribute
	// shown says that where Rootly shows the object is written.
	shown bool
	// certain says that the provider has the version that the known defaults are from.
	certain bool

	outcome
}

// An outcome is what there is to report about an object, and what Terraform has to ignore.
type outcome struct {
	ignore []graph.Ignore
	notes  []graph.Note
	losses []Loss
	cover  Coverage
}

// A place is a path in a resource, without and with indexes.
type place struct {
	names   string // "rules.time_zone"
	indexed string // "rules[0].time_zone"
	set     string // the path of the set that it is in, with indexes; empty if in none
	path    cty.Path
}

func (p place) attr(name string) place {
	next := place{names: name, indexed: name, set: p.set, path: p.path.GetAttr(name)}
	if p.names != "" {
		next.names, next.indexed = p.names+"."+name, p.indexed+"."+name
	}
	return next
}

func (p place) index(i int) place {
	return place{p.names, fmt.Sprintf("%s[%d]", p.indexed, i), p.set, p.path.IndexInt(i)}
}

// element leads to one of several blocks.
func (p place) element(n *schema.Nested, i int) place {
	if n.Nesting == schema.NestingSet && p.set == "" {
		p.set = p.indexed
	}
	return p.index(i)
}

// ignoreAt makes Terraform ignore a place. Elements of a set have no address, so the set is ignored instead.
func (r *outcome) ignoreAt(p place, reason string) {
	path := p.indexed
	if p.set != "" {
		path = p.set
	}
	if !slices.ContainsFunc(r.ignore, func(i graph.Ignore) bool { return i.Path == path }) {
		r.ignore = append(r.ignore, graph.Ignore{Path: path, Reason: reason})
	}
}

func (r *outcome) lose(p place, reason string) {
	r.cover.Lost++
	r.losses = append(r.losses, Loss{Path: p.indexed, Reason: reason})
}

// block returns the arguments to write for a block whose raw value is an object.
func (r *reader) block(b *schema.Block, at place, raw map[string]any) (map[string]cty.Value, error) {
	out := make(map[string]cty.Value, len(raw))
	for _, a := range b.Attributes {
		if err := r.attribute(a, at.attr(a.Name), raw, out); err != nil {
			return nil, err
		}
	}
	for _, n := range b.Blocks {
		if err := r.nested(n, at.attr(n.Name), raw[n.Name], out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// attribute adds one attribute to out if the code needs it.
func (r *reader) attribute(a *schema.Attribute, at place, object map[string]any, out map[string]cty.Value) error {
	raw, top := object[a.Name], at.names == a.Name
	if top && a.Name == "id" {
		return nil
	}
	if slices.Contains(r.row.Withheld, at.names) {
		out[a.Name] = cty.StringVal("") // a variable will stand for it
		r.cover.Written++
		r.ignoreAt(at, "Rootly never returns it; its variable is only used when the object is created")
		return nil
	}
	why := r.row.Omit[at.names]
	if source := r.row.Follows[at.names]; source != "" && !emptyJSON(object[source]) {
		why = "follows " + source
	}
	if top && a.Name == r.row.Shown && !r.shown {
		why = "moves when a sibling is moved"
	}
	if a.Mode == schema.Computed || why != "" {
		r.omitted(at, raw, why)
		return r.readable(a, at, raw)
	}
	if top && r.row.Read[a.Name] == catalogue.ReadNever {
		return r.neverRead(a, at, raw, out)
	}
	state, err := scalarState(a, raw)
	if err != nil {
		return fmt.Errorf("%s: %w", at.indexed, err)
	}
	if r.row.KeepsNull && raw == nil && !a.HasDefault() {
		if a.Mode != schema.Required {
			return nil
		}
		if !top && at.set == "" {
			r.ignoreAt(at, "the API has no value here, but the provider requires one")
		}
	}
	if v, write := r.decide(a, at, state, raw != nil); write {
		out[a.Name] = v
		r.cover.Written++
		if why := whyEmpty(a, v); why != "" && !r.full && at.names != r.row.ParentAttr {
			r.notes = append(r.notes, graph.Note{Path: at.path, Text: why})
		}
	}
	return nil
}

// readable refuses a value that the provider cannot read, although the code leaves it out: what people can set is read
// into its type. Raw is what the API gives.
func (r *reader) readable(a *schema.Attribute, at place, raw any) error {
	if a.Mode == schema.Computed || at.names != a.Name || r.row.Read[a.Name] == catalogue.ReadNever {
		return nil
	}
	if _, err := scalarState(a, raw); err != nil {
		return fmt.Errorf("%s: %w", at.indexed, err)
	}
	return nil
}

// whyEmpty says why an empty value is in the code, where it looks as if it could be deleted.
func whyEmpty(a *schema.Attribute, v cty.Value) string {
	switch {
	case v.Type() == cty.Bool, !isZero(v):
	case a.HasDefault():
		return "empty in Rootly; without this line the provider would set " + defaultText(a.Default)
	case a.Mode == schema.Required && v.Type() != cty.Number:
		return "empty in Rootly; the provider requires this line"
	}
	return ""
}

// defaultText is a default as people read it.
func defaultText(v cty.Value) string {
	switch {
	case v.Type() == cty.String:
		return strconv.Quote(v.AsString())
	case v.Type() == cty.Number:
		return v.AsBigFloat().Text('f', -1)
	}
	return "something else"
}

// omitted counts an attribute that is never written. A value that Rootly decides is no loss; a value that
// somebody chose and that the provider deprecates is one.
func (r *outcome) omitted(at place, raw any, why string) {
	switch {
	case why == catalogue.Deprecated && !emptyJSON(raw):
		r.lose(at, "the provider deprecates the attribute")
	case raw != nil:
		r.cover.Computed++
	}
}

// neverRead handles an attribute that is null in the state, whatever the API answers. The code has the live value,
// and Terraform ignores that its state has none. The parent's id is written elsewhere.
func (r *reader) neverRead(a *schema.Attribute, at place, raw any, out map[string]cty.Value) error {
	if a.Name == r.row.ParentAttr {
		return nil
	}
	live, err := scalarState(a, raw)
	if err != nil {
		return fmt.Errorf("%s: %w", at.indexed, err)
	}
	switch {
	case !isZero(live):
		out[a.Name] = live
		r.cover.Written++
	case !a.HasDefault():
		return nil
	}
	why := "the provider never reads it back, so edits are not applied"
	if a.ForceNew {
		why = "the provider never reads it back, and would replace the object"
	}
	r.ignoreAt(at, why)
	return nil
}

// decide returns what to write, if anything, so that the configuration agrees with the state.
// Explicit reports whether the API has a value.
func (r *reader) decide(a *schema.Attribute, at place, state cty.Value, explicit bool) (cty.Value, bool) {
	if why := refused(a, state); why != "" {
		return r.replaceRefused(a, at, state, why)
	}
	switch {
	case a.Mode == schema.Required:
		return state, true
	case a.HasDefault() && !isDefault(a, state):
		return state, true
	case a.HasDefault():
		r.cover.Default++
		return state, r.full || !r.certain
	case a.Absent != cty.NilVal && r.certain && !r.full && state.RawEquals(a.Absent):
		r.cover.Default++
		return cty.NilVal, false
	case !isZero(state), r.row.KeepsNull, r.full && writableZero(a):
		return state, true
	case explicit && a.Mode == schema.OptionalComputed && isExplicitZero(state):
		// A chosen value is kept even where Terraform cannot distinguish it from none.
		return state, true
	}
	if explicit {
		r.cover.Default++
	}
	return cty.NilVal, false
}

// refused says why the provider's validator would not accept a value, or "".
func refused(a *schema.Attribute, state cty.Value) string {
	if a.Enum == nil {
		return ""
	}
	if state.Type() == cty.String {
		if a.Allows(state.AsString()) {
			return ""
		}
		if state.AsString() == "" {
			return "the API has no value here, and the provider does not accept an empty one"
		}
		return notAccepted(state.AsString())
	}
	if !state.CanIterateElements() {
		return ""
	}
	for it := state.ElementIterator(); it.Next(); {
		_, v := it.Element()
		if v.Type() == cty.String && !a.Allows(v.AsString()) {
			return notAccepted(v.AsString())
		}
	}
	return ""
}

// notAccepted quotes a value that a validator refuses, masked beforehand: behind an escape, what a
// credential begins with is no longer the start of a word.
func notAccepted(value string) string {
	return fmt.Sprintf("the provider does not accept %q", secret.Mask(value))
}

// replaceRefused replaces a value that a validator refuses: it leaves the attribute out where that plans
// clean, and otherwise makes Terraform ignore it.
func (r *reader) replaceRefused(a *schema.Attribute, at place, state cty.Value, why string) (cty.Value, bool) {
	if !isZero(state) {
		r.lose(at, why)
	}
	switch {
	case !a.HasDefault() && (a.Mode == schema.OptionalComputed || a.Mode == schema.Optional && isZero(state)):
		return cty.NilVal, false
	case a.Mode != schema.Required:
		r.ignoreAt(at, why)
		return cty.NilVal, false
	}
	r.ignoreAt(at, why)
	if state.Type() == cty.String {
		return cty.StringVal(a.Enum[0]), true
	}
	return elements(a.Type, []cty.Value{cty.StringVal(a.Enum[0])}), true
}

// writableZero reports whether a zero value may be written where full detail is asked for.
func writableZero(a *schema.Attribute) bool {
	return a.Mode == schema.Optional && !a.Deprecated && len(a.Conflicts) == 0
}

// isExplicitZero reports whether a zero is a setting, as false and 0 are. Empty text and empty lists are
// how the API answers that there is no value.
func isExplicitZero(v cty.Value) bool {
	return v.Type() == cty.Bool || v.Type() == cty.Number
}

func isDefault(a *schema.Attribute, state cty.Value) bool {
	if a.Type == cty.String && a.Suppress == schema.SuppressJSON {
		return state.AsString() == a.Default.AsString() || sameJSON(state.AsString(), a.Default.AsString())
	}
	if a.Type.IsMapType() {
		return state.LengthInt() == 0 && a.Default.LengthInt() == 0
	}
	return state.RawEquals(a.Default)
}

// emptyJSON reports whether a raw value is null, false, empty text, or an empty list or object.
func emptyJSON(raw any) bool {
	switch v := raw.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
