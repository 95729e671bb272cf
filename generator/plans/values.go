package plans

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/document"
	"github.com/terraformer-rootly/terraformer-rootly/providers/number"
)

func changeOf(r document.Resource) (Change, error) {
	c := Change{
		Address:         r.Address,
		PreviousAddress: r.Previous,
		Type:            r.Type,
		Action:          ActionOf(r.Change.Actions),
	}
	c.ID, c.BySlug = idOf(r.Change.Before)
	if r.Change.Importing != nil {
		c.Import = r.Change.Importing.ID
	}
	if c.Action == NoOp {
		return c, nil
	}
	return c, c.values(r.Change)
}

// values fills in what only a change with an action needs.
func (c *Change) values(wire document.Change) error {
	before, err := looseValue(wire.Before)
	if err != nil {
		return fmt.Errorf("before: %w", err)
	}
	after, err := looseValue(wire.After)
	if err != nil {
		return fmt.Errorf("after: %w", err)
	}
	unknown, err := looseValue(wire.AfterUnknown)
	if err != nil {
		return fmt.Errorf("after_unknown: %w", err)
	}
	c.Before, c.After = before, withUnknown(after, unknown)

	for _, raw := range []json.RawMessage{wire.BeforeSensitive, wire.AfterSensitive} {
		marks, err := looseValue(raw)
		if err != nil {
			return fmt.Errorf("sensitive: %w", err)
		}
		c.Sensitive = addTruePaths(c.Sensitive, nil, marks)
	}
	for _, steps := range wire.ReplacePaths {
		path, err := wirePath(steps)
		if err != nil {
			return fmt.Errorf("replace_paths: %w", err)
		}
		c.Replacing = append(c.Replacing, path)
	}
	return nil
}

// idOf reads the attribute id of an object, which is a string for every Rootly type; anything else counts as missing.
// The provider accepts a slug as an id, and keeps it.
func idOf(raw json.RawMessage) (id string, bySlug bool) {
	var object struct {
		ID   json.RawMessage `json:"id"`
		Slug json.RawMessage `json:"slug"`
	}
	if json.Unmarshal(raw, &object) != nil || json.Unmarshal(object.ID, &id) != nil {
		return "", false
	}
	var slug string
	return id, json.Unmarshal(object.Slug, &slug) == nil && slug == id && id != ""
}

// looseValue turns JSON into a value of the implied type: objects and tuples, with exact numbers.
func looseValue(raw json.RawMessage) (cty.Value, error) {
	if len(raw) == 0 {
		return cty.NullVal(cty.DynamicPseudoType), nil
	}
	if err := number.CheckAll(raw); err != nil {
		return cty.NilVal, err
	}
	ty, err := ctyjson.ImpliedType(raw)
	if err != nil {
		return cty.NilVal, err
	}
	return ctyjson.Unmarshal(raw, ty)
}

// withUnknown puts an unknown value wherever unknown, which has the shape of v, is true.
func withUnknown(v, unknown cty.Value) cty.Value {
	if isTrue(unknown) {
		return cty.DynamicVal
	}
	switch ty := unknown.Type(); {
	case unknown.IsNull():
		return v
	case ty.IsObjectType() && len(ty.AttributeTypes()) > 0:
		return mergeObject(v, unknown)
	case ty.IsTupleType() && ty.Length() > 0:
		return mergeTuple(v, unknown)
	default:
		return v
	}
}

func mergeObject(v, unknown cty.Value) cty.Value {
	merged := map[string]cty.Value{}
	if !v.IsNull() && v.Type().IsObjectType() {
		merged = v.AsValueMap()
	}
	for name, u := range unknown.AsValueMap() {
		known, ok := merged[name]
		if !ok {
			known = cty.NullVal(cty.DynamicPseudoType)
		}
		if ok || hasTrue(u) {
			if merged == nil {
				merged = map[string]cty.Value{}
			}
			merged[name] = withUnknown(known, u)
		}
	}
	return cty.ObjectVal(merged)
}

func mergeTuple(v, unknown cty.Value) cty.Value {
	var merged []cty.Value
	if !v.IsNull() && v.Type().IsTupleType() {
		merged = v.AsValueSlice()
	}
	for i, u := range unknown.AsValueSlice() {
		if i == len(merged) {
			merged = append(merged, cty.NullVal(cty.DynamicPseudoType))
		}
		merged[i] = withUnknown(merged[i], u)
	}
	return cty.TupleVal(merged)
}

func isTrue(v cty.Value) bool {
	return !v.IsNull() && v.Type() == cty.Bool && v.True()
}

func hasTrue(v cty.Value) bool { return len(addTruePaths(nil, nil, v)) > 0 }

// addTruePaths appends the path of every true in marks that paths does not contain yet.
func addTruePaths(paths []cty.Path, at cty.Path, marks cty.Value) []cty.Path {
	if isTrue(marks) {
		if !slices.ContainsFunc(paths, at.Equals) {
			paths = append(paths, at.Copy())
		}
		return paths
	}
	if marks.IsNull() || !marks.CanIterateElements() {
		return paths
	}
	for it := marks.ElementIterator(); it.Next(); {
		key, element := it.Element()
		paths = addTruePaths(paths, append(at.Copy(), stepOf(marks, key)), element)
	}
	return paths
}

// stepOf is the step from a loose value to one of its elements.
func stepOf(parent, key cty.Value) cty.PathStep {
	if parent.Type().IsObjectType() {
		return cty.GetAttrStep{Name: key.AsString()}
	}
	return cty.IndexStep{Key: key}
}

func wirePath(steps []json.RawMessage) (cty.Path, error) {
	var path cty.Path
	for _, raw := range steps {
		key, err := looseValue(raw)
		switch {
		case err != nil:
			return nil, err
		case key.Type() == cty.String:
			path = append(path, cty.GetAttrStep{Name: key.AsString()})
		default:
			path = append(path, cty.IndexStep{Key: key})
		}
	}
	return path, nil
}
