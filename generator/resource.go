package generator

import (
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// resourceBlock turns a resource into a block. A nil schema means that the type is unknown. The schema determines the
// order, and which attributes are blocks, but never what is written.
func resourceBlock(r *graph.Resource, s *schema.Block) (block, error) {
	over, err := overlayOf(r.Config, r.Exprs)
	if err != nil {
		return block{}, err
	}
	b := block{kind: "resource", labels: []string{r.Address.Type, r.Address.Name}}
	if over, err = layNotes(&b, r, over); err != nil {
		return block{}, err
	}
	if b.body, err = bodyOf(r.Config, over, s); err != nil {
		return block{}, err
	}

	lifecycle, err := lifecycleOf(r)
	if err != nil {
		return block{}, err
	}
	if len(lifecycle.args) > 0 {
		b.body.blocks = append(b.body.blocks, block{kind: "lifecycle", body: lifecycle})
	}
	return b, nil
}

// layNotes puts each comment above its argument. A comment about an argument that is not written goes above the
// resource.
func layNotes(b *block, r *graph.Resource, over *overlay) (*overlay, error) {
	for _, note := range r.Notes {
		if len(note.Path) == 0 {
			b.notes = append(b.notes, note.Text)
			continue
		}
		if over == nil {
			over = &overlay{}
		}
		node, err := (*overlay)(nil), error(nil)
		if leadsSomewhere(r.Config, note.Path) {
			node, err = over.grow(note.Path)
		}
		if node == nil || err != nil {
			b.notes = append(b.notes, graph.PathString(note.Path)+": "+note.Text)
			continue
		}
		node.notes = append(node.notes, note.Text)
	}
	return over, nil
}

// bodyOf turns an object into the body of a block.
func bodyOf(v cty.Value, over *overlay, s *schema.Block) (body, error) {
	if !v.IsKnown() || v.IsNull() || !v.Type().IsObjectType() {
		return body{}, fmt.Errorf("a block needs an object, not %s", v.Type().FriendlyName())
	}
	names := orderedNames(v.Type(), s)
	out := body{args: make([]argument, 0, len(names))}
	for _, name := range names {
		if !isIdentifier(name) {
			return body{}, fmt.Errorf("argument %q is not an identifier", name)
		}
		value, laid := v.GetAttr(name), over.at(name)
		if laid.named() != nil {
			return body{}, fmt.Errorf("argument %s: its name cannot be an expression", name)
		}
		if !isBlock(name, value, s) {
			arg := argument{name: name, value: value, over: laid, notes: laid.comments()}
			if s != nil {
				arg.value = inOrder(s.Attribute(name), value, laid)
			}
			if s != nil && inParts(s.Attribute(name), value, laid) {
				arg.whole, arg.notes = true, append(slices.Clip(arg.notes), wholeNote)
			}
			out.args = append(out.args, arg)
			continue
		}
		blocks, err := blocksOf(name, value, laid, s)
		if err != nil {
			return body{}, fmt.Errorf("%s: %w", name, err)
		}
		out.blocks = append(out.blocks, blocks...)
	}
	return out, nil
}

// inOrder sorts the elements of an unordered collection as people read them.
func inOrder(a *schema.Attribute, v cty.Value, over *overlay) cty.Value {
	free := a != nil && a.Order != nil && (a.Type.IsSetType() || a.Suppress == schema.SuppressOrder)
	if !free || over != nil || !isCollection(v) || v.LengthInt() == 0 {
		return v
	}
	elements := v.AsValueSlice()
	slices.SortStableFunc(elements, func(x, y cty.Value) int {
		return slices.Index(a.Order, x.AsString()) - slices.Index(a.Order, y.AsString())
	})
	return cty.ListVal(elements)
}

const wholeNote = "distinct() keeps the list open until all of it is made: the provider cannot plan it in part"

// inParts reports whether a list has elements that are unknown until a resource is created, next to known ones. If the
// provider ignores the order of the list, it plans such a list as missing, and the engines later refuse the result,
// unless the attribute is computed as well.
func inParts(a *schema.Attribute, v cty.Value, over *overlay) bool {
	if a == nil || a.Suppress != schema.SuppressOrder || a.Mode == schema.OptionalComputed || over.replaced() || !isCollection(v) {
		return false
	}
	open, known := false, false
	seen := map[string]bool{}
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if element.Type() != cty.String || element.IsNull() || seen[element.AsString()] {
			return false // distinct would change the list
		}
		seen[element.AsString()] = true
		if laid := over.member(key); laid.replaced() && graph.ReadsResource(laid.expr) {
			open = true
		} else {
			known = true
		}
	}
	return open && known
}

// blocksOf turns a sequence of objects into blocks of one kind.
func blocksOf(name string, v cty.Value, over *overlay, s *schema.Block) ([]block, error) {
	if over.replaced() {
		return nil, fmt.Errorf("an expression cannot stand for blocks")
	}
	var inner *schema.Block
	if s != nil {
		if nested := s.Nested(name); nested != nil {
			inner = nested.Block
		}
	}
	var out []block
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		laid := over.member(key)
		if laid.replaced() {
			return nil, fmt.Errorf("an expression cannot stand for a block")
		}
		b, err := bodyOf(element, laid, inner)
		if err != nil {
			return nil, err
		}
		notes := laid.comments()
		if len(out) == 0 && over != nil {
			notes = append(append([]string(nil), over.notes...), notes...)
		}
		out = append(out, block{kind: name, notes: notes, body: b})
	}
	return out, nil
}

// isBlock reports whether the value is written as blocks. If the schema does not know the name, tuples of objects are.
func isBlock(name string, v cty.Value, s *schema.Block) bool {
	t := v.Type()
	if v.IsNull() || !v.IsKnown() || !t.IsTupleType() && !t.IsListType() && !t.IsSetType() {
		return false
	}
	if s != nil {
		if nested := s.Nested(name); nested != nil {
			return nested.Nesting != schema.NestingSingle
		}
		if s.Attribute(name) != nil {
			return false
		}
	}
	if !t.IsTupleType() || t.Length() == 0 {
		return false
	}
	for _, element := range t.TupleElementTypes() {
		if !element.IsObjectType() {
			return false
		}
	}
	return true
}

// lifecycleOf returns the body of the lifecycle block, empty if none is needed.
func lifecycleOf(r *graph.Resource) (body, error) {
	var b body
	if r.Protect != "" {
		b.args = append(b.args, argument{name: "prevent_destroy", value: cty.True, notes: []string{r.Protect}})
	}
	if len(r.Ignore) == 0 {
		return b, nil
	}

	over := &overlay{sub: map[string]*overlay{}}
	paths := make([]cty.Value, len(r.Ignore))
	reason := ""
	for i, ignore := range r.Ignore {
		code, err := traversalText(ignore.Path)
		if err != nil {
			return body{}, fmt.Errorf("ignore_changes %q: %w", ignore.Path, err)
		}
		node := &overlay{bare: code}
		if ignore.Reason != "" && ignore.Reason != reason {
			node.notes = []string{ignore.Reason}
		}
		reason = ignore.Reason
		over.sub[fmt.Sprint(i)] = node
		paths[i] = cty.StringVal(code)
	}
	b.args = append(b.args, argument{name: "ignore_changes", value: cty.TupleVal(paths), over: over, spread: true})
	return b, nil
}
