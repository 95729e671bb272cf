package standin

import (
	"fmt"

	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// blockSchema makes the SDK's schema of a block.
func blockSchema(b *schema.Block) (map[string]*sdk.Schema, error) {
	m := make(map[string]*sdk.Schema, len(b.Attributes)+len(b.Blocks))
	for _, a := range b.Attributes {
		s, err := attributeSchema(a)
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", a.Name, err)
		}
		m[a.Name] = s
	}
	for _, n := range b.Blocks {
		s, err := nestedSchema(n)
		if err != nil {
			return nil, fmt.Errorf("block %s: %w", n.Name, err)
		}
		m[n.Name] = s
	}
	return m, nil
}

func nestedSchema(n *schema.Nested) (*sdk.Schema, error) {
	inner, err := blockSchema(n.Block)
	if err != nil {
		return nil, err
	}
	s := &sdk.Schema{
		Type:             sdk.TypeList,
		Elem:             &sdk.Resource{Schema: inner},
		MinItems:         n.Min,
		MaxItems:         n.Max,
		ForceNew:         n.ForceNew,
		ConflictsWith:    n.Conflicts,
		DiffSuppressFunc: suppressor(n.Suppress),
	}
	if n.Nesting == schema.NestingSet {
		s.Type = sdk.TypeSet
	}
	setMode(s, n.Mode)
	return s, nil
}

func attributeSchema(a *schema.Attribute) (*sdk.Schema, error) {
	s, err := typeSchema(a.Type, a.Integer)
	if err != nil {
		return nil, err
	}
	setMode(s, a.Mode)
	s.Sensitive = a.Sensitive
	s.ForceNew = a.ForceNew
	s.ConflictsWith = a.Conflicts
	s.DiffSuppressFunc = suppressor(a.Suppress)
	if a.Deprecated {
		s.Deprecated = "deprecated by the official provider"
	}
	if a.Enum != nil {
		allow := validation.StringInSlice(a.Enum, false)
		if elem, ok := s.Elem.(*sdk.Schema); ok {
			elem.ValidateFunc = allow
		} else {
			s.ValidateFunc = allow
		}
	}
	if a.HasDefault() {
		s.Default, err = goDefault(a)
	}
	return s, err
}

func setMode(s *sdk.Schema, m schema.Mode) {
	s.Required = m == schema.Required
	s.Optional = m == schema.Optional || m == schema.OptionalComputed
	s.Computed = m == schema.Computed || m == schema.OptionalComputed
}

// typeSchema makes the schema of a type. Numbers in collections are whole in this provider.
func typeSchema(ty cty.Type, integer bool) (*sdk.Schema, error) {
	switch {
	case ty == cty.String:
		return &sdk.Schema{Type: sdk.TypeString}, nil
	case ty == cty.Bool:
		return &sdk.Schema{Type: sdk.TypeBool}, nil
	case ty == cty.Number && integer:
		return &sdk.Schema{Type: sdk.TypeInt}, nil
	case ty == cty.Number:
		return &sdk.Schema{Type: sdk.TypeFloat}, nil
	case ty.IsMapType():
		return collectionSchema(sdk.TypeMap, ty.ElementType())
	case ty.IsSetType():
		return collectionSchema(sdk.TypeSet, ty.ElementType())
	case ty.IsListType():
		return collectionSchema(sdk.TypeList, ty.ElementType())
	}
	return nil, fmt.Errorf("type %s is not known", ty.FriendlyName())
}

func collectionSchema(kind sdk.ValueType, elem cty.Type) (*sdk.Schema, error) {
	if !elem.IsObjectType() {
		s, err := typeSchema(elem, true)
		return &sdk.Schema{Type: kind, Elem: s}, err
	}
	inner := map[string]*sdk.Schema{}
	for name, ty := range elem.AttributeTypes() {
		s, err := typeSchema(ty, true)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s.Computed = true
		inner[name] = s
	}
	return &sdk.Schema{Type: kind, Elem: &sdk.Resource{Schema: inner}}, nil
}

// goDefault turns a default into the Go value that the SDK expects.
func goDefault(a *schema.Attribute) (any, error) {
	switch {
	case a.Type == cty.String:
		return a.Default.AsString(), nil
	case a.Type == cty.Bool:
		return a.Default.True(), nil
	case a.Type == cty.Number && a.Integer:
		n, _ := a.Default.AsBigFloat().Int64()
		return int(n), nil
	case a.Type == cty.Number:
		f, _ := a.Default.AsBigFloat().Float64()
		return f, nil
	case a.Type.IsMapType() && a.Default.LengthInt() == 0:
		return map[string]any{}, nil
	}
	return nil, fmt.Errorf("default of type %s is not known", a.Type.FriendlyName())
}
