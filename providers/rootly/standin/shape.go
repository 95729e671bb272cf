package standin

import (
	"errors"
	"slices"

	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// blockField is how a block is read, by the rule of its row.
func blockField(row *catalogue.Type, n *schema.Nested, s *sdk.Schema) field {
	name := n.Name
	p := picker{keys: keysOf(n.Block), inner: map[string]picker{}}
	for _, b := range n.Block.Blocks {
		if slices.Contains(row.Picked, name+"."+b.Name) {
			p.inner[b.Name] = picker{keys: keysOf(b.Block)}
		}
	}

	switch row.Read[name] {
	case catalogue.ReadRaw:
		return field{name, wireList, func(d *sdk.ResourceData, v any) error {
			if l := v.([]any); l != nil {
				_ = d.Set(name, l)
			}
			return nil
		}}
	case catalogue.ReadOne:
		return field{name, wireObject, func(d *sdk.ResourceData, v any) error {
			_ = d.Set(name, []any{p.object(v.(map[string]any))})
			return nil
		}}
	case catalogue.ReadOneWhenSet:
		return field{name, wireObject, func(d *sdk.ResourceData, v any) error {
			if m := v.(map[string]any); len(m) > 0 {
				_ = d.Set(name, []any{p.object(m)})
			}
			return nil
		}}
	case catalogue.ReadRawOne:
		return field{name, wireObject, func(d *sdk.ResourceData, v any) error {
			_ = d.Set(name, []any{v})
			return nil
		}}
	case catalogue.ReadRawOneWhenSet:
		return field{name, wireObject, func(d *sdk.ResourceData, v any) error {
			if m := v.(map[string]any); m != nil {
				_ = d.Set(name, []any{m})
			}
			return nil
		}}
	case catalogue.ReadExpand:
		return field{name, wireObject, func(d *sdk.ResourceData, v any) error {
			whole, err := expand(v, s)
			if err == nil {
				_ = d.Set(name, whole)
			}
			return err
		}}
	}
	return field{name, wireList, func(d *sdk.ResourceData, v any) error {
		_ = d.Set(name, p.list(v))
		return nil
	}}
}

// picker takes the known keys of objects. What stands under a key stays as it is, unless the key
// has a picker of its own.
type picker struct {
	keys  []string
	inner map[string]picker
}

func keysOf(b *schema.Block) []string {
	var keys []string
	for _, a := range b.Attributes {
		keys = append(keys, a.Name)
	}
	for _, n := range b.Blocks {
		keys = append(keys, n.Name)
	}
	return keys
}

func (p picker) object(m map[string]any) map[string]any {
	o := make(map[string]any, len(p.keys))
	for _, k := range p.keys {
		o[k] = m[k]
		if in, ok := p.inner[k]; ok {
			l, _ := m[k].([]any)
			o[k] = in.list(l)
		}
	}
	return o
}

// list picks from every object of a list and skips what is no object. Null stays null.
func (p picker) list(v any) any {
	l, _ := v.([]any)
	if l == nil {
		return nil
	}
	picked := make([]any, 0, len(l))
	for _, e := range l {
		if m, ok := e.(map[string]any); ok {
			picked = append(picked, p.object(m))
		}
	}
	return picked
}

// expand takes the known keys at every depth. A wrong container is an error.
func expand(v any, s *sdk.Schema) (any, error) {
	if s.Type != sdk.TypeList {
		return v, nil
	}
	inner, isBlock := s.Elem.(*sdk.Resource)
	if isBlock && s.MaxItems == 1 {
		if v == nil {
			return nil, nil
		}
		m, ok := v.(map[string]any)
		if !ok {
			return nil, errors.New("not an object")
		}
		if len(m) == 0 {
			return nil, nil
		}
		o, err := expandObject(m, inner)
		return []any{o}, err
	}
	if v == nil {
		return nil, nil
	}
	l, ok := v.([]any)
	if !ok {
		return nil, errors.New("not a list")
	}
	if !isBlock {
		return l, nil
	}
	whole := make([]any, 0, len(l))
	for _, e := range l {
		m, ok := e.(map[string]any)
		if !ok {
			return nil, errors.New("not an object")
		}
		o, err := expandObject(m, inner)
		if err != nil {
			return nil, err
		}
		whole = append(whole, o)
	}
	return whole, nil
}

func expandObject(m map[string]any, r *sdk.Resource) (map[string]any, error) {
	o := make(map[string]any, len(r.Schema))
	for name, s := range r.Schema {
		v, err := expand(m[name], s)
		if err != nil {
			return nil, err
		}
		o[name] = v
	}
	return o, nil
}
