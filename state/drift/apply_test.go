package drift

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Apply makes the changes of a diff to the snapshot that it was made from.
func Apply(before *Snapshot, d *Diff) (*Snapshot, error) {
	after := &Snapshot{Users: append([]graph.User(nil), before.Users...)}
	changes := map[graph.Target]Change{}
	for _, c := range d.Changes {
		changes[c.Object().Key()] = c
		if c.Kind == Added {
			after.Objects = append(after.Objects, c.After)
		}
	}
	for _, o := range before.Objects {
		c, changed := changes[o.Key()]
		switch {
		case !changed:
			after.Objects = append(after.Objects, o)
		case c.Kind != Removed:
			edited, err := edit(o, c)
			if err != nil {
				return nil, err
			}
			after.Objects = append(after.Objects, edited)
		}
	}
	after.sort()
	return after, nil
}

func edit(o Object, c Change) (Object, error) {
	for _, a := range c.Attributes {
		v, err := put(o.Values, a.Path, a.After)
		if err != nil {
			return o, fmt.Errorf("change %s of %s: %w", graph.PathString(a.Path), o.Address, err)
		}
		o.Values = v
	}
	o.Address, o.Title, o.Parent = c.After.Address, c.After.Title, c.After.Parent
	return o, nil
}

// put returns a value in which another stands at a path; cty.NilVal takes what is there out.
func put(v cty.Value, path cty.Path, to cty.Value) (cty.Value, error) {
	if len(path) == 0 {
		return to, nil
	}
	switch step := path[0].(type) {
	case cty.GetAttrStep:
		if v == cty.NilVal || !v.Type().IsObjectType() {
			return cty.NilVal, fmt.Errorf("%s is no object", step.Name)
		}
		inner, err := put(child(v, step.Name), path[1:], to)
		if err != nil {
			return cty.NilVal, err
		}
		m := v.AsValueMap()
		if m == nil {
			m = map[string]cty.Value{}
		}
		if inner == cty.NilVal {
			delete(m, step.Name)
		} else {
			m[step.Name] = inner
		}
		return cty.ObjectVal(m), nil
	case cty.IndexStep:
		if v == cty.NilVal || !v.Type().IsTupleType() {
			return cty.NilVal, fmt.Errorf("no list to index")
		}
		elems := v.AsValueSlice()
		i, _ := step.Key.AsBigFloat().Int64()
		if i < 0 || int(i) >= len(elems) {
			return cty.NilVal, fmt.Errorf("no element %d", i)
		}
		inner, err := put(elems[i], path[1:], to)
		if err != nil {
			return cty.NilVal, err
		}
		elems[i] = inner
		return cty.TupleVal(elems), nil
	}
	return cty.NilVal, fmt.Errorf("unknown step")
}
