package rootly

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// nested decides whether the code needs the blocks of one name, and adds them to out.
func (r *reader) nested(n *schema.Nested, at place, raw any, out map[string]cty.Value) error {
	if r.row.Omit[at.names] != "" {
		r.cover.Computed++
		return nil
	}
	if n.Nesting == schema.NestingSingle {
		return r.single(n, at, raw, out)
	}
	objects, dropped, err := r.objects(n, at, raw)
	if err != nil {
		return fmt.Errorf("%s: %w", at.indexed, err)
	}
	if dropped != nil {
		return r.dropped(n, at, raw, dropped, out)
	}
	if len(objects) == 0 {
		if n.Mode == schema.Required {
			return r.dummy(n, at, out)
		}
		return nil
	}
	return r.blocks(n, at, objects, out)
}

// blocks writes one block for each object. Blocks without any value are left out if the provider adds them by itself. A
// block that has only default values is written, empty: without it the provider would not create it.
func (r *reader) blocks(n *schema.Nested, at place, objects []map[string]any, out map[string]cty.Value) error {
	vals := make([]cty.Value, 0, len(objects))
	some := false
	for i, object := range objects {
		arguments, err := r.block(n.Block, at.element(n, i), object)
		if err != nil {
			return err
		}
		some = some || len(arguments) > 0 || hasValue(object)
		vals = append(vals, cty.ObjectVal(arguments))
	}
	if !some && n.Mode == schema.OptionalComputed {
		return nil
	}
	if n.Max > 0 && len(vals) > n.Max {
		return fmt.Errorf("%s: %d blocks, but the provider accepts %d", at.indexed, len(vals), n.Max)
	}
	out[n.Name] = cty.TupleVal(vals)
	return nil
}

// hasValue reports whether an object has a value that is not empty.
func hasValue(object map[string]any) bool {
	for _, v := range object {
		if !emptyJSON(v) {
			return true
		}
	}
	return false
}

// objects emulates how the provider turns a raw value into blocks. Dropped is the reason why it would lose the whole
// value; err is the reason why it could not read the object.
func (r *reader) objects(n *schema.Nested, at place, raw any) (list []map[string]any, dropped, err error) {
	how, deeper := catalogue.ReadRaw, true
	if at.names == n.Name {
		how, deeper = r.row.Read[n.Name], false
	} else if r.isPicked(at.names) {
		how = catalogue.ReadPicked
	}
	switch how {
	case catalogue.ReadOne, catalogue.ReadOneWhenSet, catalogue.ReadRawOne, catalogue.ReadRawOneWhenSet:
		return r.one(n, at, raw, how)
	case catalogue.ReadExpand:
		return r.expanded(n, raw)
	case catalogue.ReadNever:
		return nil, nil, nil
	}
	if raw == nil {
		return nil, nil, nil
	}
	if how == catalogue.ReadResources {
		how, raw = catalogue.ReadPicked, flattened(raw)
	}
	items, ok := raw.([]any)
	if !ok {
		if deeper {
			return nil, wrongType("a list", raw), nil
		}
		return nil, nil, wrongType("a list", raw)
	}
	for i, item := range items {
		m, ok := item.(map[string]any)
		if !ok {
			if how == catalogue.ReadPicked && !deeper {
				continue // the provider skips an element that is not an object
			}
			if item == nil {
				list = append(list, nil) // a block without any value
				continue
			}
			return nil, fmt.Errorf("element %d: %w", i, wrongType("an object", item)), nil
		}
		if how == catalogue.ReadPicked {
			m = r.picked(n.Block, at, m)
		}
		if err := fits(n.Block, m); err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err), nil
		}
		list = append(list, m)
	}
	return list, nil, nil
}

// one reads an object that becomes a single block.
func (r *reader) one(n *schema.Nested, at place, raw any, how catalogue.Read) ([]map[string]any, error, error) {
	m, ok := raw.(map[string]any)
	if raw != nil && !ok {
		return nil, nil, wrongType("an object", raw)
	}
	switch how {
	case catalogue.ReadOne:
		m = r.picked(n.Block, at, m)
	case catalogue.ReadOneWhenSet:
		if len(m) == 0 {
			return nil, nil, nil
		}
		m = r.picked(n.Block, at, m)
	case catalogue.ReadRawOneWhenSet:
		if m == nil {
			return nil, nil, nil
		}
	}
	if err := fits(n.Block, m); err != nil {
		return nil, err, nil
	}
	return []map[string]any{m}, nil, nil
}

// expanded reads objects and lists at any depth, and keeps only the known keys.
func (r *reader) expanded(n *schema.Nested, raw any) ([]map[string]any, error, error) {
	tree, err := expand(n, raw)
	if err != nil {
		return nil, nil, err
	}
	var list []map[string]any
	for _, item := range tree {
		m := item.(map[string]any)
		if err := fits(n.Block, m); err != nil {
			return nil, err, nil
		}
		list = append(list, m)
	}
	return list, nil, nil
}

// expand turns an object or a list of objects into a list of objects, at every depth.
func expand(n *schema.Nested, raw any) ([]any, error) {
	if raw == nil {
		return nil, nil
	}
	items, isList := raw.([]any)
	if n.Max == 1 {
		m, ok := raw.(map[string]any)
		if !ok {
			return nil, wrongType("an object", raw)
		}
		if len(m) == 0 {
			return nil, nil
		}
		items = []any{m}
	} else if !isList {
		return nil, wrongType("a list", raw)
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		m, ok := item.(map[string]any)
		if !ok {
			return nil, wrongType("an object", item)
		}
		known := pick(n.Block, m)
		for _, inner := range n.Block.Blocks {
			list, err := expand(inner, known[inner.Name])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", inner.Name, err)
			}
			delete(known, inner.Name)
			if list != nil {
				known[inner.Name] = list
			}
		}
		out = append(out, known)
	}
	return out, nil
}

func (r *reader) isPicked(names string) bool {
	for _, p := range r.row.Picked {
		if p == names {
			return true
		}
	}
	return false
}

// picked keeps the keys that the provider reads, also in the deeper blocks that the row lists.
func (r *reader) picked(b *schema.Block, at place, raw map[string]any) map[string]any {
	out := pick(b, raw)
	for _, n := range b.Blocks {
		items, ok := out[n.Name].([]any)
		if !ok || !r.isPicked(at.attr(n.Name).names) {
			continue
		}
		var list []any
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				list = append(list, pick(n.Block, m))
			}
		}
		out[n.Name] = list
	}
	return out
}

// single writes a nested attribute that is one object.
func (r *reader) single(n *schema.Nested, at place, raw any, out map[string]cty.Value) error {
	m, ok := raw.(map[string]any)
	if raw != nil && !ok {
		return fmt.Errorf("%s: %w", at.indexed, wrongType("an object", raw))
	}
	if m == nil && n.Mode != schema.Required {
		return nil
	}
	arguments, err := r.block(n.Block, at, m)
	if err != nil {
		return err
	}
	out[n.Name] = cty.ObjectVal(arguments)
	return nil
}

// dropped handles a value that the provider would lose as a whole. If the block is required, the code has as much of
// the value as the schema allows, and Terraform ignores changes of it.
func (r *reader) dropped(n *schema.Nested, at place, raw any, why error, out map[string]cty.Value) error {
	reason := "the provider cannot store it: " + why.Error()
	r.lose(at, reason)
	if n.Mode != schema.Required {
		return nil
	}
	r.ignoreAt(at, reason)
	quiet := &reader{row: r.row, full: r.full, certain: r.certain}
	object, _ := raw.(map[string]any)
	arguments, err := quiet.block(n.Block, at.index(0), coerce(n.Block, object))
	if err != nil {
		arguments = placeholder(n.Block)
	}
	out[n.Name] = cty.TupleVal([]cty.Value{cty.ObjectVal(arguments)})
	return nil
}

// dummy writes a block that the provider requires and the live object does not have.
func (r *outcome) dummy(n *schema.Nested, at place, out map[string]cty.Value) error {
	r.ignoreAt(at, "the provider requires a block, but the live object has none")
	out[n.Name] = cty.TupleVal([]cty.Value{cty.ObjectVal(placeholder(n.Block))})
	return nil
}

// placeholder is the smallest block that the provider accepts.
func placeholder(b *schema.Block) map[string]cty.Value {
	out := map[string]cty.Value{}
	for _, a := range b.Attributes {
		if a.Mode == schema.Required {
			out[a.Name] = leastValue(a)
		}
	}
	for _, n := range b.Blocks {
		if n.Mode == schema.Required {
			out[n.Name] = cty.TupleVal([]cty.Value{cty.ObjectVal(placeholder(n.Block))})
		}
	}
	return out
}

func leastValue(a *schema.Attribute) cty.Value {
	switch {
	case a.Type == cty.String && len(a.Enum) > 0:
		return cty.StringVal(a.Enum[0])
	case a.Type == cty.String:
		return cty.StringVal("")
	case a.Type == cty.Number:
		return cty.NumberIntVal(0)
	case a.Type == cty.Bool:
		return cty.False
	case a.Type.IsMapType():
		return cty.MapValEmpty(cty.String)
	}
	return elements(a.Type, nil)
}
