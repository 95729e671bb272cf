package rootly

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// A Loss is a setting of a live object that the provider cannot represent.
type Loss struct {
	Type   string
	ID     graph.ID
	Title  string
	Path   string
	Reason string
}

// A Rejected is a live object that is not imported, with the reason and a hint.
type Rejected struct {
	Type   string
	ID     graph.ID
	Title  string
	Reason string
	Fix    string // what to do so that the next run imports it; may be empty
}

// Target is what other objects refer to.
func (r Rejected) Target() graph.Target { return graph.Target{Type: r.Type, ID: r.ID} }

// Coverage counts the settings of a type's objects by what happened to them.
type Coverage struct {
	Written  int // in the code
	Default  int // left out, equal to what the provider assumes
	Computed int // left out, decided by Rootly
	Secret   int // in the code as variables
	Lost     int // not representable
}

// add adds the counts of o.
func (c *Coverage) add(o Coverage) {
	c.Written += o.Written
	c.Default += o.Default
	c.Computed += o.Computed
	c.Secret += o.Secret
	c.Lost += o.Lost
}

// A Decoded is the result of decoding objects, in their order.
type Decoded struct {
	Resources []*graph.Resource
	Rejected  []Rejected
	Losses    []Loss
	Coverage  map[string]*Coverage // by type
}

// DecodeOptions say how objects become resources.
type DecodeOptions struct {
	Schema *schema.Provider
	Shown  bool // write the position of an object among its siblings
	Full   bool // write every settable attribute, also those that equal the provider's default

	// Refused also makes resources of rejected objects that the provider can read but refuses to plan.
	Refused bool

	// Done, if not nil, is called for each object when its answer from the API is no longer needed. The answers take
	// most of the memory of a run.
	Done func(*Object) error
}

// Decode turns live objects into resources with literal ids. The only error is one from Done.
func Decode(live *Live, o DecodeOptions) (*Decoded, error) {
	d := &Decoded{Coverage: map[string]*Coverage{}}
	taken := newSlots(live)
	for _, obj := range live.Objects {
		d.one(obj, taken, o)
		if o.Done == nil {
			continue
		}
		if err := o.Done(obj); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// one decodes an object, or rejects it with the reason.
func (d *Decoded) one(obj *Object, taken slots, o DecodeOptions) {
	s := o.Schema.Resources[obj.Type.Name]
	if s == nil {
		d.reject(obj, "provider "+o.Schema.Version+" does not have this type", "")
		return
	}
	if err := errors.Join(checkNumbers(obj.Node.Attributes, ""), checkNumbers(obj.Members, obj.Type.Members)); err != nil {
		d.unreadable(obj, err)
		return
	}
	r := &reader{row: obj.Type, full: o.Full, shown: o.Shown || o.Full, certain: o.Schema.Snapshot}
	attrs := r.rewrite(obj)
	if reason, fix := taken.refuse(obj, attrs); reason != "" {
		d.reject(obj, reason, fix)
		if !o.Refused {
			return
		}
	}
	d.object(obj, s, r, attrs)
}

func (d *Decoded) reject(obj *Object, reason, fix string) {
	d.Rejected = append(d.Rejected, Rejected{Type: obj.Type.Name, ID: obj.ID, Title: obj.Title(), Reason: reason, Fix: fix})
}

func (d *Decoded) unreadable(obj *Object, err error) {
	d.reject(obj, "the provider cannot read it: "+err.Error(), "change the setting in Rootly, or use a newer provider")
}

// object decodes an object from its rewritten attributes.
func (d *Decoded) object(obj *Object, s *schema.Resource, r *reader, attrs map[string]any) {
	if obj.Node.Type != obj.Type.API {
		d.reject(obj, fmt.Sprintf("the API calls it %q, the provider %q", obj.Node.Type, obj.Type.API), "")
		return
	}
	arguments, err := r.block(s.Block, place{}, attrs)
	if err != nil {
		d.unreadable(obj, err)
		return
	}
	r.parent(obj, s, arguments)
	r.yield(arguments)
	r.ignoreUnread(arguments)
	r.loseUnknown(obj, s)
	config := cty.ObjectVal(arguments)
	d.Resources = append(d.Resources, &graph.Resource{
		Address: graph.Address{Type: obj.Type.Name},
		ID:      obj.ID,
		Import:  obj.Type.ImportIDOf(obj.ID, obj.Parent),
		Slug:    text(attrs, "slug"),
		Title:   obj.Title(),
		Parent:  obj.Parent,
		Group:   obj.Type.Group,
		Below:   graph.ID(text(attrs, obj.Type.Below)),
		Rank:    rank(obj, s.Block),
		Config:  config,
		Beyond:  beyond(obj.Type, s.Block, obj.Node.Attributes),
		Exprs:   JSONTexts(s.Block, config),
		Ignore:  r.ignore,
		Notes:   r.notes,
		Protect: BuiltIn(obj),
	})
	d.account(obj, r)
}

// rank is the order of an object among its siblings.
func rank(obj *Object, b *schema.Block) int {
	by := b.Attribute(obj.Type.RankBy)
	if by == nil {
		return obj.rank()
	}
	return slices.Index(by.Order, obj.Text(by.Name))
}

// account adds the reader's counts to the totals.
func (d *Decoded) account(obj *Object, r *reader) {
	c := d.Coverage[obj.Type.Name]
	if c == nil {
		c = &Coverage{}
		d.Coverage[obj.Type.Name] = c
	}
	c.add(r.cover)
	for _, l := range r.losses {
		l.Type, l.ID, l.Title = obj.Type.Name, obj.ID, obj.Title()
		d.Losses = append(d.Losses, l)
	}
}

// parent makes sure that the code has the parent's id. If the API does not return it, the provider's state does not
// have it either, and the plan would replace the object.
func (r *outcome) parent(obj *Object, s *schema.Resource, out map[string]cty.Value) {
	name := obj.Type.ParentAttr
	a := s.Block.Attribute(name)
	if a == nil || a.Mode != schema.Required || obj.Parent == "" {
		return
	}
	at := place{}.attr(name)
	if v, ok := out[name]; !ok || isZero(v) {
		out[name] = cty.StringVal(string(obj.Parent))
		r.ignoreAt(at, "the provider does not read it back, and changing it would replace the object")
	}
}

// loseUnknown records as lost what the API has and the provider has no attribute for.
func (r *outcome) loseUnknown(obj *Object, s *schema.Resource) {
	for _, path := range obj.Type.Lost {
		if s.Block.Has(path) {
			continue // a newer provider has it
		}
		for _, hit := range lookup(obj.Node.Attributes, strings.Split(path, "."), "") {
			if !emptyJSON(hit.value) {
				r.lose(place{names: path, indexed: hit.path}, "the provider has no attribute for it")
			}
		}
	}
}

// A found is a value in raw attributes with its indexed path.
type found struct {
	path  string
	value any
}

// lookup finds all values at a dotted path, through lists and objects.
func lookup(raw any, steps []string, at string) []found {
	if list, ok := raw.([]any); ok {
		var hits []found
		for i, item := range list {
			hits = append(hits, lookup(item, steps, fmt.Sprintf("%s[%d]", at, i))...)
		}
		return hits
	}
	if len(steps) == 0 {
		return []found{{at, raw}}
	}
	m, ok := raw.(map[string]any)
	if !ok {
		return nil
	}
	next, ok := m[steps[0]]
	if !ok {
		return nil
	}
	if at != "" {
		at += "."
	}
	return lookup(next, steps[1:], at+steps[0])
}

// isTrue reports whether a raw attribute is set to true.
func isTrue(attrs map[string]any, name string) bool {
	b, _ := attrs[name].(bool)
	return b
}

// text returns a raw attribute that is text, or "".
func text(attrs map[string]any, name string) string {
	s, _ := attrs[name].(string)
	return s
}

// typeOf finds the row for an object of a shared collection.
func typeOf(rows []*catalogue.Type, kind string) *catalogue.Type {
	for _, row := range rows {
		if row.Kind == kind {
			return row
		}
	}
	for _, row := range rows {
		for _, also := range row.Also {
			if also == kind {
				return row
			}
		}
	}
	return nil
}

// Add appends the results for more objects.
func (d *Decoded) Add(more *Decoded) {
	d.Resources = append(d.Resources, more.Resources...)
	d.Rejected = append(d.Rejected, more.Rejected...)
	d.Losses = append(d.Losses, more.Losses...)
	for t, c := range more.Coverage {
		if d.Coverage[t] == nil {
			d.Coverage[t] = &Coverage{}
		}
		d.Coverage[t].add(*c)
	}
}
