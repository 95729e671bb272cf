package organisation

import (
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/zclconf/go-cty/cty"
)

// TestShapes holds what the provider needs to read an object at all: attributes of the JSON
// types that it expects. One object breaks this rule on purpose.
func TestShapes(t *testing.T) {
	t.Parallel()
	snapshot, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, o := range decode(t, New(Options{Seed: 3, Size: 4000})) {
		if o.Type == nil || snapshot.Resources[o.Type.Name] == nil {
			continue
		}
		block := snapshot.Resources[o.Type.Name].Block
		for name, value := range o.Attributes {
			if value == nil || fits(o.Type, block, name, value) {
				continue
			}
			if o.API == "communications_stages" && name == "position" {
				broken++
				continue
			}
			t.Errorf("%s %s: %s has the wrong JSON type: %v", o.Type.Name, o.ID, name, value)
		}
	}
	if broken != 1 {
		t.Errorf("%d objects cannot be read, want 1", broken)
	}
}

// fits reports whether a value has the JSON type that the provider's struct has.
func fits(row *catalogue.Type, block *schema.Block, name string, value any) bool {
	if n := block.Nested(name); n != nil {
		switch row.Read[name] {
		case catalogue.ReadOne, catalogue.ReadOneWhenSet, catalogue.ReadRawOne, catalogue.ReadRawOneWhenSet:
			return is[map[string]any](value)
		case catalogue.ReadExpand:
			return is[map[string]any](value) || is[[]any](value)
		}
		return is[[]any](value) || n.Nesting == schema.NestingSingle
	}
	a := block.Attribute(name)
	switch {
	case a == nil:
		return true
	case a.Type == cty.String:
		return is[string](value)
	case a.Type == cty.Number:
		return is[float64](value)
	case a.Type == cty.Bool:
		return is[bool](value)
	case a.Type.IsMapType():
		return is[map[string]any](value)
	}
	return is[[]any](value)
}

func is[T any](v any) bool {
	_, ok := v.(T)
	return ok
}

// TestEverySettingIsUsed holds that no argument of any type stays empty throughout: a setting
// that no object has is a setting that no test can lose.
func TestEverySettingIsUsed(t *testing.T) {
	t.Parallel()
	snapshot, err := schema.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []uint64{1, 2} {
		set := make(map[string]bool)
		for _, o := range decode(t, New(Options{Seed: seed, Size: 1000})) {
			if o.Type != nil {
				note(set, o.Type.Name, o.Attributes)
			}
		}
		for _, row := range catalogue.Types() {
			for _, path := range settable(snapshot.Resources[row.Name].Block) {
				if !set[row.Name+"."+path] && !unused(row, path) {
					t.Errorf("seed %d: no object sets %s.%s", seed, row.Name, path)
				}
			}
		}
	}
}

// settable lists the arguments of a block and of the blocks in it.
func settable(block *schema.Block) []string {
	var paths []string
	for _, a := range block.Attributes {
		if a.Mode != schema.Computed {
			paths = append(paths, a.Name)
		}
	}
	for _, n := range block.Blocks {
		for _, a := range n.Block.Attributes {
			if a.Mode != schema.Computed {
				paths = append(paths, n.Name+"."+a.Name)
			}
		}
	}
	return paths
}

// note collects the paths that hold something.
func note(set map[string]bool, path string, value any) {
	switch v := value.(type) {
	case nil:
	case string:
		set[path] = set[path] || v != ""
	case []any:
		for _, e := range v {
			set[path] = true
			note(set, path, e)
		}
	case map[string]any:
		for name, e := range v {
			set[path] = true
			note(set, path+"."+name, e)
		}
	default:
		set[path] = true
	}
}

// unused are arguments that live objects do not hold: made by Rootly, never answered, or
// answered in another place.
func unused(row *catalogue.Type, path string) bool {
	head, rest, _ := strings.Cut(path, ".")
	switch {
	case row.Omit[path] != "", row.Omit[head] != "", row.Read[head] == catalogue.ReadNever, path == "id":
		return true
	case row.Name == "rootly_schedule_rotation" && head == "schedule_rotation_members", row.Name == "rootly_user_on_call_role":
		return true
	case row.Name == "rootly_communications_template" && head == "communication_template_stages":
		return true
	case head == "trigger_params":
		return strings.HasPrefix(rest, "alert_field_conditions.") || strings.HasPrefix(rest, "alert_payload_conditions.")
	}
	return path == "deleted_at"
}
