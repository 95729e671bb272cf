package drift

import (
	"sort"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Kind is what happened to an object between two snapshots.
type Kind string

// The kinds.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Renamed Kind = "renamed" // only the address or the title changed
	Changed Kind = "changed"
)

// A Change is what happened to one object.
type Change struct {
	Kind          Kind
	Before, After Object // Before is zero for Added, After for Removed
	Attributes    []Attribute
}

// Object is the live object, or the recorded one if it was deleted.
func (c Change) Object() Object {
	if c.Kind == Removed {
		return c.Before
	}
	return c.After
}

// An Attribute is one value before and after; cty.NilVal if it does not exist.
type Attribute struct {
	Path          cty.Path
	Before, After cty.Value
	Beyond        bool // the provider cannot represent it
}

// A Diff is everything that changed between two snapshots, sorted by type, address and path.
type Diff struct {
	Changes []Change
	names   map[graph.ID]string
}

// Name is what people call the object or person with an id: an address or an email; otherwise the id.
func (d *Diff) Name(id string) string {
	if n := d.names[graph.ID(id)]; n != "" {
		return n
	}
	return id
}

// Empty reports whether nothing happened.
func (d *Diff) Empty() bool { return len(d.Changes) == 0 }

// Unordered reports whether the provider ignores the order of a list. The path has names only: "rules.time_blocks".
type Unordered func(resourceType, path string) bool

// Overlooks reports whether only the order of values differs in the list of this path, and the order makes no
// difference.
func (u Unordered) Overlooks(resourceType string, path cty.Path, before, after cty.Value) bool {
	names := ""
	for _, step := range path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			if names != "" {
				names += "."
			}
			names += step.Name
		case cty.IndexStep:
			if before.CanIterateElements() && after.CanIterateElements() && u(resourceType, names) && sameElements(before, after) {
				return true
			}
		}
		var err error
		if before, err = (cty.Path{step}).Apply(before); err != nil {
			return false
		}
		if after, err = (cty.Path{step}).Apply(after); err != nil {
			return false
		}
	}
	return false
}

// Compare finds the changes from one snapshot to another.
func Compare(before, after *Snapshot, unordered Unordered) *Diff {
	d := &Diff{names: map[graph.ID]string{}}
	old := make(map[graph.Target]Object, len(before.Objects))
	for _, s := range []*Snapshot{before, after} {
		for _, u := range s.Users {
			d.names[u.ID] = u.Email
		}
		for _, o := range s.Objects {
			d.names[o.ID] = o.Address
		}
	}
	for _, o := range before.Objects {
		old[o.Key()] = o
	}
	for _, now := range after.Objects {
		was, known := old[now.Key()]
		delete(old, now.Key())
		switch {
		case !known:
			d.Changes = append(d.Changes, Change{Kind: Added, After: now})
		default:
			c := comparing{typ: now.Type, unordered: unordered}
			c.values(nil, "", was.Values, now.Values)
			c.found = append(c.found, CompareSettings(was.Settings, now.Settings)...)
			switch {
			case len(c.found) > 0 || was.Parent != now.Parent:
				d.Changes = append(d.Changes, Change{Kind: Changed, Before: was, After: now, Attributes: c.found})
			case was.Address != now.Address || was.Title != now.Title:
				d.Changes = append(d.Changes, Change{Kind: Renamed, Before: was, After: now})
			}
		}
	}
	for _, gone := range old {
		d.Changes = append(d.Changes, Change{Kind: Removed, Before: gone})
	}
	sort.Slice(d.Changes, func(i, j int) bool { return less(d.Changes[i].Object(), d.Changes[j].Object()) })
	return d
}

// CompareSettings finds the differences between settings that the provider cannot represent. A setting that was not
// recorded counts as unchanged, and missing equals empty.
func CompareSettings(was, now cty.Value) []Attribute {
	if was == cty.NilVal || now == cty.NilVal {
		return nil
	}
	c := comparing{}
	c.values(nil, "", was, now)
	var found []Attribute
	for _, a := range c.found {
		if !nothing(a.Before) || !nothing(a.After) {
			a.Beyond = true
			found = append(found, a)
		}
	}
	return found
}

func nothing(v cty.Value) bool { return v == cty.NilVal || hollow(v) }

func less(a, b Object) bool {
	if a.Type != b.Type {
		return a.Type < b.Type
	}
	if a.Address != b.Address {
		return a.Address < b.Address
	}
	return a.ID < b.ID
}

// comparing walks two values of one object.
type comparing struct {
	typ       string
	unordered Unordered
	found     []Attribute
}

// values compares the values at a path. Names is the path without indexes.
func (c *comparing) values(path cty.Path, names string, a, b cty.Value) {
	switch {
	case same(a, b):
		return
	case a != cty.NilVal && b != cty.NilVal && a.Type().IsObjectType() && b.Type().IsObjectType():
		c.objects(path, names, a, b)
	case a != cty.NilVal && b != cty.NilVal && a.Type().IsTupleType() && b.Type().IsTupleType():
		c.lists(path, names, a, b)
	default:
		c.found = append(c.found, Attribute{Path: path.Copy(), Before: a, After: b})
	}
}

func (c *comparing) objects(path cty.Path, names string, a, b cty.Value) {
	for _, name := range union(a, b) {
		inner := names
		if inner != "" {
			inner += "."
		}
		c.values(append(path.Copy(), cty.GetAttrStep{Name: name}), inner+name, child(a, name), child(b, name))
	}
}

// lists compares element by element if both lists have the same length. Otherwise it compares them as a whole: we
// cannot know which of several equal elements was removed.
func (c *comparing) lists(path cty.Path, names string, a, b cty.Value) {
	if c.unordered != nil && c.unordered(c.typ, names) && sameElements(a, b) {
		return
	}
	if a.LengthInt() != b.LengthInt() || !blocks(a) || !blocks(b) {
		c.found = append(c.found, Attribute{Path: path.Copy(), Before: a, After: b})
		return
	}
	for i := range a.LengthInt() {
		at := cty.NumberIntVal(int64(i))
		c.values(append(path.Copy(), cty.IndexStep{Key: at}), names, a.Index(at), b.Index(at))
	}
}

// blocks reports whether a list consists of nested blocks.
func blocks(v cty.Value) bool {
	for _, t := range v.Type().TupleElementTypes() {
		if !t.IsObjectType() {
			return false
		}
	}
	return true
}

func same(a, b cty.Value) bool {
	if a == cty.NilVal || b == cty.NilVal {
		return a == cty.NilVal && b == cty.NilVal
	}
	return a.RawEquals(b)
}

// sameElements reports whether two lists contain the same values, in any order and however often.
func sameElements(a, b cty.Value) bool {
	if a.LengthInt() != b.LengthInt() {
		return false
	}
	rest := b.AsValueSlice()
	for _, v := range a.AsValueSlice() {
		at := -1
		for i, w := range rest {
			if v.RawEquals(w) {
				at = i
				break
			}
		}
		if at < 0 {
			return false
		}
		rest = append(rest[:at], rest[at+1:]...)
	}
	return true
}

func child(v cty.Value, name string) cty.Value {
	if !v.Type().HasAttribute(name) {
		return cty.NilVal
	}
	return v.GetAttr(name)
}

func union(a, b cty.Value) []string {
	seen := map[string]bool{}
	var names []string
	for _, v := range []cty.Value{a, b} {
		for name := range v.Type().AttributeTypes() {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	sort.Strings(names)
	return names
}
