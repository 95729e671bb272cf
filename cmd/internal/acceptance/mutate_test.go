package acceptance

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// A leaf is one setting of a live object that the provider has an attribute for.
type leaf struct {
	path  string            // names, such as task_params.title
	attr  *schema.Attribute // nil for a path that leads to nothing but blocks
	kept  bool              // whether the provider may keep what Rootly has, where the code says nothing
	blank bool              // whether nothing is set
	set   func(v any)
	value any
}

// leaves lists the settings of an object. Of several blocks, the first stands for all.
func leaves(b *schema.Block, raw map[string]any, at string, kept bool) []leaf {
	var found []leaf
	for _, a := range b.Attributes {
		v, live := raw[a.Name]
		if !live || a.Mode == schema.Computed || a.Name == "id" {
			continue
		}
		found = append(found, leaf{
			path: strings.TrimPrefix(at+"."+a.Name, "."), attr: a, kept: kept || a.Mode == schema.OptionalComputed,
			blank: blank(v), value: v, set: func(v any) { raw[a.Name] = v },
		})
	}
	for _, n := range b.Blocks {
		path := strings.TrimPrefix(at+"."+n.Name, ".")
		kept := kept || n.Mode == schema.OptionalComputed
		switch v := raw[n.Name].(type) {
		case map[string]any:
			found = append(found, leaves(n.Block, v, path, kept)...)
		case []any:
			if len(v) == 0 {
				continue
			}
			if first, ok := v[0].(map[string]any); ok {
				found = append(found, leaves(n.Block, first, path, kept)...)
			}
		}
	}
	return found
}

// change gives the setting another value of its type. It reports whether there is one.
func (l leaf) change() bool {
	switch v := l.value.(type) {
	case string:
		l.set(v + " changed")
	case bool:
		l.set(!v)
	case float64:
		l.set(v + 1000)
	case []any:
		return l.lengthen(v)
	case map[string]any:
		v["changed"] = "changed"
	case nil:
		return l.fill()
	}
	return true
}

func (l leaf) lengthen(list []any) bool {
	of := l.attr.Type
	switch {
	case !of.IsListType() && !of.IsSetType():
		return false
	case of.ElementType() == cty.Number:
		l.set(append(list, 7777.0))
	case of.ElementType() == cty.String:
		l.set(append(list, "changed"))
	default:
		return false
	}
	return true
}

// fill sets what was not set.
func (l leaf) fill() bool {
	switch of := l.attr.Type; {
	case of == cty.String:
		l.set("changed")
	case of == cty.Bool:
		l.set(true)
	case of == cty.Number:
		l.set(7777.0)
	case of.IsListType() || of.IsSetType():
		return l.lengthen(nil)
	case of.IsMapType() && of.ElementType() == cty.String:
		l.set(map[string]any{"changed": "changed"})
	default:
		return false
	}
	return true
}
