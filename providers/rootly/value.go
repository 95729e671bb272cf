package rootly

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// scalarState is the value that the provider's state holds after it has read an attribute.
//
// A missing value is the zero of its type. With a wrong JSON type at the top level, the provider cannot
// read the object.
func scalarState(a *schema.Attribute, raw any) (cty.Value, error) {
	switch {
	case a.Type == cty.String:
		return stringState(raw)
	case a.Type == cty.Number:
		return numberState(raw, a.Integer)
	case a.Type == cty.Bool:
		return boolState(raw)
	case a.Type.IsMapType():
		return mapState(raw)
	case a.Type.IsListType(), a.Type.IsSetType():
		return listState(a, raw)
	}
	return cty.NilVal, fmt.Errorf("no rule for type %s", a.Type.FriendlyName())
}

func stringState(raw any) (cty.Value, error) {
	switch v := raw.(type) {
	case nil:
		return cty.StringVal(""), nil
	case string:
		return cty.StringVal(v), nil
	}
	return cty.NilVal, wrongType("text", raw)
}

func numberState(raw any, integer bool) (cty.Value, error) {
	switch v := raw.(type) {
	case nil:
		return cty.NumberIntVal(0), nil
	case json.Number:
		return exactNumber(v, integer)
	}
	return cty.NilVal, wrongType("a number", raw)
}

// exactNumber keeps every digit. The provider drops the fraction where the schema has an integer.
func exactNumber(n json.Number, integer bool) (cty.Value, error) {
	if i, err := n.Int64(); err == nil && i <= largestInteger {
		return cty.NumberIntVal(i), nil
	}
	if err := checkNumber(n); err != nil {
		return cty.NilVal, err
	}
	v, err := cty.ParseNumberVal(string(n))
	if err != nil || !integer {
		return v, err
	}
	whole, _ := v.AsBigFloat().Int(nil)
	if !whole.IsInt64() || whole.Int64() > largestInteger {
		return cty.NilVal, errors.New("the API gives a number that is larger than the provider's integers")
	}
	return cty.NumberIntVal(whole.Int64()), nil
}

// largestInteger is the largest that the provider reads: it takes numbers for float64 first, which have no larger one
// that is an int64.
const largestInteger = 1<<63 - 1<<10

// checkNumber refuses a number that the provider, which reads all of them as float64, cannot hold.
func checkNumber(n json.Number) error {
	if number.Check(string(n)) == nil {
		if _, err := n.Float64(); err == nil {
			return nil
		}
	}
	return errors.New("the API gives a number that is larger than the provider accepts")
}

// checkNumbers looks for such a number anywhere in raw values. The provider decodes the answer as a whole, and so
// reads nothing of the object, wherever the number is.
func checkNumbers(raw any, at string) error {
	switch v := raw.(type) {
	case json.Number:
		if err := checkNumber(v); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
	case []any:
		for i, item := range v {
			if err := checkNumbers(item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			below := secret.Mask(key)
			if at != "" {
				below = at + "." + below
			}
			if err := checkNumbers(v[key], below); err != nil {
				return err
			}
		}
	}
	return nil
}

func boolState(raw any) (cty.Value, error) {
	switch v := raw.(type) {
	case nil:
		return cty.False, nil
	case bool:
		return cty.BoolVal(v), nil
	}
	return cty.NilVal, wrongType("true or false", raw)
}

func mapState(raw any) (cty.Value, error) {
	switch v := raw.(type) {
	case nil:
		return cty.MapValEmpty(cty.String), nil
	case map[string]any:
		elems := make(map[string]cty.Value, len(v))
		for key, val := range v {
			s, err := stringState(val) // also null, which is read as an empty text
			if err != nil {
				return cty.NilVal, fmt.Errorf("key %q: %w", secret.Mask(key), err)
			}
			elems[key] = s
		}
		if len(elems) == 0 {
			return cty.MapValEmpty(cty.String), nil
		}
		return cty.MapVal(elems), nil
	}
	return cty.NilVal, wrongType("an object", raw)
}

func listState(a *schema.Attribute, raw any) (cty.Value, error) {
	elem := a.Type.ElementType()
	list, ok := raw.([]any)
	if raw != nil && !ok {
		return cty.NilVal, wrongType("a list", raw)
	}
	vals := make([]cty.Value, 0, len(list))
	for i, item := range list {
		v, err := scalarState(&schema.Attribute{Type: elem, Integer: true}, item)
		if err != nil {
			return cty.NilVal, fmt.Errorf("element %d: %w", i, err)
		}
		vals = append(vals, v)
	}
	return elements(a.Type, vals), nil
}

// elements makes a list or set of the type, which may be empty.
func elements(ty cty.Type, vals []cty.Value) cty.Value {
	switch {
	case ty.IsSetType() && len(vals) == 0:
		return cty.SetValEmpty(ty.ElementType())
	case ty.IsSetType():
		return cty.SetVal(vals)
	case len(vals) == 0:
		return cty.ListValEmpty(ty.ElementType())
	}
	return cty.ListVal(vals)
}

// A typeError is a JSON value of another type than the provider wants.
type typeError struct {
	want, got string
}

func (e *typeError) Error() string {
	return "the API gives " + e.got + " where the provider takes " + e.want
}

func wrongType(want string, raw any) error {
	return &typeError{want: want, got: jsonKind(raw)}
}

func jsonKind(raw any) string {
	switch raw.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "true or false"
	case json.Number, float64:
		return "a number"
	case []any:
		return "a list"
	}
	return "an object"
}

// isZero reports whether a state value is what the provider stores for a missing value.
func isZero(v cty.Value) bool {
	switch {
	case v.Type() == cty.String:
		return v.AsString() == ""
	case v.Type() == cty.Number:
		return v.AsBigFloat().Sign() == 0
	case v.Type() == cty.Bool:
		return v.False()
	}
	return v.LengthInt() == 0
}

// fits returns why a raw value cannot be stored in a block, or nil. The provider stores such values as a
// whole: one unknown key or one wrong type loses all of them.
func fits(b *schema.Block, raw map[string]any) error {
	for _, key := range sortedKeys(raw) {
		val := raw[key]
		if a := b.Attribute(key); a != nil {
			if _, err := scalarState(a, val); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
			continue
		}
		n := b.Nested(key)
		if n == nil {
			return fmt.Errorf("%s: the provider does not know this setting", secret.Mask(key))
		}
		if err := fitsNested(n, val); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

func fitsNested(n *schema.Nested, raw any) error {
	if raw == nil {
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		return wrongType("a list", raw)
	}
	for i, item := range list {
		m, ok := item.(map[string]any)
		if item != nil && !ok {
			return fmt.Errorf("element %d: %w", i, wrongType("an object", item))
		}
		if err := fits(n.Block, m); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	return nil
}

// pick keeps the keys of an object that a block knows.
func pick(b *schema.Block, raw map[string]any) map[string]any {
	out := make(map[string]any, len(raw))
	for key, val := range raw {
		if b.Attribute(key) != nil || b.Nested(key) != nil {
			out[key] = val
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// sameJSON reports whether two texts are JSON of equal values, as the provider compares them.
func sameJSON(x, y string) bool {
	var a, b any
	if json.Unmarshal([]byte(x), &a) != nil || json.Unmarshal([]byte(y), &b) != nil {
		return false
	}
	ja, errA := json.Marshal(a)
	jb, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(ja) == string(jb)
}

// isContainer reports whether text is a JSON object or list.
func isContainer(text string) bool {
	t := strings.TrimSpace(text)
	return (strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[")) && json.Valid([]byte(t))
}
