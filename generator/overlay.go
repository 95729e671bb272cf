package generator

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
)

// An overlay says what is written in place of parts of a value, and the comments on them. It has the shape of the value
// as far as it replaces anything; nil stands for unchanged parts.
type overlay struct {
	expr  graph.Expr
	key   graph.Expr // how the key of the member is written
	bare  string     // a traversal or keyword, written as it is
	notes []string
	sub   map[string]*overlay
}

// at returns the overlay of the named member or element.
func (o *overlay) at(key string) *overlay {
	if o == nil {
		return nil
	}
	return o.sub[key]
}

// member returns the overlay of the element with the key of an iterator.
func (o *overlay) member(key cty.Value) *overlay {
	if o == nil || len(o.sub) == 0 {
		return nil
	}
	name, err := keyText(key)
	if err != nil {
		return nil
	}
	return o.sub[name]
}

// replaced reports whether something is written instead of the value.
func (o *overlay) replaced() bool { return o != nil && (o.expr != nil || o.bare != "") }

// commented reports whether any part of the value, except the value itself, has a comment.
func (o *overlay) commented() bool {
	if o == nil {
		return false
	}
	for _, sub := range o.sub {
		if len(sub.notes) > 0 || sub.commented() {
			return true
		}
	}
	return false
}

// comments returns the comments on the value itself.
func (o *overlay) comments() []string {
	if o == nil {
		return nil
	}
	return o.notes
}

// overlayOf places expressions over the value. Every expression must have a place: a lost one would leave a secret or
// an id in the code.
func overlayOf(v cty.Value, exprs []graph.Placed) (*overlay, error) {
	if len(exprs) == 0 {
		return nil, nil
	}
	root := &overlay{}
	for _, placed := range exprs {
		if placed.Expr == nil {
			return nil, fmt.Errorf("expression at %s: there is none", graph.PathString(placed.Path))
		}
		if !leadsSomewhere(v, placed.Path) {
			return nil, fmt.Errorf("expression at %s: no such argument", graph.PathString(placed.Path))
		}
		node, err := root.grow(placed.Path)
		if err == nil {
			err = node.lay(placed)
		}
		if err != nil {
			return nil, fmt.Errorf("expression at %s: %w", graph.PathString(placed.Path), err)
		}
	}
	return root, nil
}

// lay puts an expression over the value or its key.
func (o *overlay) lay(placed graph.Placed) error {
	switch {
	case placed.Key && o.key != nil, !placed.Key && (o.expr != nil || len(o.sub) > 0):
		return fmt.Errorf("another one lies there")
	case placed.Key:
		o.key = placed.Expr
	default:
		o.expr = placed.Expr
	}
	return nil
}

// named returns how the value's key is written, or nil.
func (o *overlay) named() graph.Expr {
	if o == nil {
		return nil
	}
	return o.key
}

// grow returns the node at the path, creates it if needed, and refuses to go below an expression.
func (o *overlay) grow(path cty.Path) (*overlay, error) {
	node := o
	for _, step := range path {
		if node.expr != nil {
			return nil, fmt.Errorf("it lies inside another expression")
		}
		key, err := stepText(step)
		if err != nil {
			return nil, err
		}
		next := node.sub[key]
		if next == nil {
			next = &overlay{}
			if node.sub == nil {
				node.sub = map[string]*overlay{}
			}
			node.sub[key] = next
		}
		node = next
	}
	return node, nil
}

func stepText(step cty.PathStep) (string, error) {
	switch s := step.(type) {
	case cty.GetAttrStep:
		return s.Name, nil
	case cty.IndexStep:
		return keyText(s.Key)
	}
	return "", fmt.Errorf("unknown kind of step %T", step)
}

// keyText is the name of an element in the overlay.
func keyText(key cty.Value) (string, error) {
	if key.IsNull() || !key.IsKnown() {
		return "", fmt.Errorf("an index without a value")
	}
	switch key.Type() {
	case cty.String:
		return key.AsString(), nil
	case cty.Number:
		return number.Text(key.AsBigFloat()), nil
	}
	return "", fmt.Errorf("an index of type %s", key.Type().FriendlyName())
}

// leadsSomewhere reports whether the path leads to a part of the value.
func leadsSomewhere(v cty.Value, path cty.Path) bool {
	for _, step := range path {
		if v.IsNull() || !v.IsKnown() {
			return false
		}
		var found bool
		if v, found = enter(v, step); !found {
			return false
		}
	}
	return true
}

// enter takes one step into the value. A set is entered by one of its elements.
func enter(v cty.Value, step cty.PathStep) (cty.Value, bool) {
	t := v.Type()
	switch s := step.(type) {
	case cty.GetAttrStep:
		if !t.IsObjectType() || !t.HasAttribute(s.Name) {
			return cty.NilVal, false
		}
		return v.GetAttr(s.Name), true
	case cty.IndexStep:
		if t.IsSetType() {
			return s.Key, s.Key.Type().Equals(t.ElementType()) && v.HasElement(s.Key).True()
		}
		if t.IsObjectType() || !v.CanIterateElements() || v.HasIndex(s.Key).False() {
			return cty.NilVal, false
		}
		return v.Index(s.Key), true
	}
	return cty.NilVal, false
}
