package secret

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
)

// A mark says what was declared of a place.
type mark uint8

const (
	markNone    mark = iota
	markSuspect      // often a credential
	markSecret       // a credential, unless it is plainly harmless
)

// places are the declared paths of a type, as a tree of names.
type places struct {
	mark  mark
	below map[string]*places
}

func (p *places) declare(path string, m mark) {
	for _, name := range strings.Split(path, ".") {
		if p.below == nil {
			p.below = map[string]*places{}
		}
		if p.below[name] == nil {
			p.below[name] = &places{}
		}
		p = p.below[name]
	}
	p.mark = max(p.mark, m)
}

// child leads to a name below. What a place is declared to be, everything below it is.
func (p *places) child(name string) *places {
	if p == nil {
		return nil
	}
	if next := p.below[name]; next != nil || p.mark == markNone {
		return next
	}
	return p
}

func (p *places) is() mark {
	if p == nil {
		return markNone
	}
	return p.mark
}

// names reports whether a declared path of credentials has a name in it.
func (p *places) names(name string) bool {
	if p == nil {
		return false
	}
	for part, below := range p.below {
		if part == name && name != envelope && below.holds() || below.names(name) {
			return true
		}
	}
	return false
}

// holds reports whether a place, or one below it, was declared to hold credentials.
func (p *places) holds() bool {
	if p.mark == markSecret {
		return true
	}
	for _, below := range p.below {
		if below.holds() {
			return true
		}
	}
	return false
}

// A walker visits the texts and numbers of a value.
type walker struct {
	text   func(at cty.Path, name, text string, m mark)
	number func(name, digits string, m mark) // nil passes over numbers
	key    func(key string)                  // nil passes over the keys of maps and objects
}

// walk visits v, which stands under a name at a path. The path is only valid during a visit.
func (w *walker) walk(v cty.Value, at cty.Path, name string, p *places) {
	if v.IsNull() || !v.IsKnown() {
		return
	}
	ty := v.Type()
	switch {
	case ty == cty.String:
		w.text(at, name, v.AsString(), p.is())
	case ty == cty.Number && w.number != nil:
		w.number(name, number.Text(v.AsBigFloat()), p.is())
	case ty.IsPrimitiveType():
	case ty.IsObjectType():
		w.object(v, at, p)
	case ty.IsMapType():
		for it := v.ElementIterator(); it.Next(); {
			k, elem := it.Element()
			if w.key != nil {
				w.key(k.AsString())
			}
			w.walk(elem, append(at, cty.IndexStep{Key: k}), k.AsString(), p.child(k.AsString()))
		}
	case ty.IsCollectionType() || ty.IsTupleType():
		i := int64(0)
		for it := v.ElementIterator(); it.Next(); i++ {
			_, elem := it.Element()
			w.walk(elem, append(at, cty.IndexStep{Key: cty.NumberIntVal(i)}), name, p)
		}
	}
}

// object visits the attributes of an object, in no order. What is a value beside a name stands
// under that name: { name = "Authorization", value = "..." }.
func (w *walker) object(v cty.Value, at cty.Path, p *places) {
	attrs := v.Type().AttributeTypes()
	given, by := "", ""
	_, hasValue := attrs["value"]
	_, hasDefault := attrs["default"]
	if hasValue || hasDefault {
		given, by = givenName(v)
	}
	for name := range attrs {
		if w.key != nil {
			w.key(name)
		}
		under, below := name, p.child(name)
		switch {
		case by == "":
		case name == by:
			below = nil
		case name == "value" || name == "default":
			under = given
		}
		w.walk(v.GetAttr(name), append(at, cty.GetAttrStep{Name: name}), under, below)
	}
}

// givenName is the name next to a value, and the attribute that contains it.
func givenName(v cty.Value) (name, attr string) {
	ty := v.Type()
	if !ty.IsObjectType() {
		return "", ""
	}
	for _, attr := range [...]string{"name", "key", "header", "field"} {
		if !ty.HasAttribute(attr) {
			continue
		}
		if name := v.GetAttr(attr); name.Type() == cty.String && name.IsKnown() && !name.IsNull() {
			return name.AsString(), attr
		}
	}
	return "", ""
}
