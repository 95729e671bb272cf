package standin

import (
	"fmt"

	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// field is how one attribute of the API becomes one of the state.
type field struct {
	name string
	wire wire

	// store puts the decoded value into d. Errors of Set are dropped on purpose, as the official
	// provider does: an attribute that does not fit is lost as a whole, without an error.
	store func(d *sdk.ResourceData, v any) error
}

// wire is the JSON type that an attribute must have. Another type fails the read of the object.
type wire int

const (
	wireText wire = iota
	wireInt
	wireBool
	wireList
	wireObject
)

// decode checks v and gives null the meaning that it has in the state: the zero value. The official
// provider keeps null booleans apart, but its SDK turns them to false.
func (w wire) decode(v any) (any, error) {
	switch w {
	case wireText:
		if v == nil {
			return "", nil
		}
		if s, ok := v.(string); ok {
			return s, nil
		}
	case wireBool:
		if v == nil {
			return false, nil
		}
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case wireInt:
		if v == nil {
			return 0, nil
		}
		if f, ok := v.(float64); ok {
			return int(f), nil
		}
	case wireList:
		if v == nil {
			return []any(nil), nil
		}
		if l, ok := v.([]any); ok {
			return l, nil
		}
	case wireObject:
		if v == nil {
			return map[string]any(nil), nil
		}
		if m, ok := v.(map[string]any); ok {
			return m, nil
		}
	}
	return nil, fmt.Errorf("value %T does not fit", v)
}

// fieldsOf lists how the attributes of a type are read, in the order of their names.
func fieldsOf(row *catalogue.Type, b *schema.Block, s map[string]*sdk.Schema) []field {
	var fields []field
	for _, a := range b.Attributes {
		if row.Read[a.Name] == catalogue.ReadNever || a.Name == "id" {
			continue
		}
		fields = append(fields, field{name: a.Name, wire: wireOf(s[a.Name]), store: setter(a.Name)})
	}
	for _, n := range b.Blocks {
		fields = append(fields, blockField(row, n, s[n.Name]))
	}
	// The special ones come last: one of them looks at an attribute that was just read.
	var general, special []field
	for _, f := range fields {
		if store := specials[row.Name+"."+f.name]; store != nil {
			special = append(special, field{f.name, f.wire, store})
		} else {
			general = append(general, f)
		}
	}
	return append(general, special...)
}

func setter(name string) func(*sdk.ResourceData, any) error {
	return func(d *sdk.ResourceData, v any) error {
		_ = d.Set(name, v)
		return nil
	}
}

func wireOf(s *sdk.Schema) wire {
	switch s.Type {
	case sdk.TypeInt:
		return wireInt
	case sdk.TypeBool:
		return wireBool
	case sdk.TypeMap:
		return wireObject
	case sdk.TypeList, sdk.TypeSet:
		return wireList
	}
	return wireText
}

// store decodes the whole object before any attribute changes, so that one misfit fails all.
// The SDK panics over some values, an object for a set among them. That ends the official provider,
// but must not end the process that serves this one.
func (k *kind) store(d *sdk.ResourceData, o *object) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the SDK cannot take a value: %v", r)
		}
	}()
	if k.row.Name == onCallRoleType {
		return storeOnCallRole(d, o)
	}
	values := make([]any, len(k.fields))
	for i, f := range k.fields {
		v, err := f.wire.decode(o.Attributes[f.name])
		if err != nil {
			return fmt.Errorf("attribute %s: %w", f.name, err)
		}
		values[i] = v
	}
	for i, f := range k.fields {
		if err := f.store(d, values[i]); err != nil {
			return fmt.Errorf("attribute %s: %w", f.name, err)
		}
	}
	return nil
}
