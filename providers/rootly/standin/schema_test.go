package standin_test

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// snapshotFile is the schema that terraform printed for the official provider.
const snapshotFile = "../../schema/snapshot/schema.json"

// blockDoc is one block, as far as terraform prints it.
type blockDoc struct {
	Attributes map[string]attributeDoc `json:"attributes"`
	Blocks     map[string]nestedDoc    `json:"block_types"`
}

type attributeDoc struct {
	Type       typeDoc        `json:"type"`
	Nested     *nestedTypeDoc `json:"nested_type"`
	Required   bool           `json:"required"`
	Optional   bool           `json:"optional"`
	Computed   bool           `json:"computed"`
	Sensitive  bool           `json:"sensitive"`
	Deprecated bool           `json:"deprecated"`
}

// typeDoc is a type in the one spelling that ignores the order of an object's attributes.
type typeDoc struct{ value any }

func (d *typeDoc) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &d.value) }

func (d typeDoc) Equal(o typeDoc) bool { return reflect.DeepEqual(d.value, o.value) }

type nestedTypeDoc struct {
	Attributes map[string]attributeDoc `json:"attributes"`
	Nesting    string                  `json:"nesting_mode"`
}

type nestedDoc struct {
	Nesting string   `json:"nesting_mode"`
	Block   blockDoc `json:"block"`
	Min     int64    `json:"min_items"`
	Max     int64    `json:"max_items"`
}

type schemaDoc struct {
	Version int64    `json:"version"`
	Block   blockDoc `json:"block"`
}

// TestSchema compares what the stand-in shows over the wire with the official provider's schema:
// every name, type, mode, flag and nesting of every resource, data source and the provider itself.
func TestSchema(t *testing.T) {
	t.Parallel()
	shown, err := server(t, standin.Options{}).GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	noErrors(t, shown.Diagnostics)
	want := snapshot(t)
	if diff := cmp.Diff(want.Provider, schemaOf(shown.Provider)); diff != "" {
		t.Errorf("provider (-official +stand-in):\n%s", diff)
	}
	compare(t, "resource", want.Resources, shown.ResourceSchemas)
	compare(t, "data source", want.DataSources, shown.DataSourceSchemas)
	if len(want.Resources) != 229 || len(want.DataSources) != 69 {
		t.Errorf("snapshot has %d resources and %d data sources", len(want.Resources), len(want.DataSources))
	}
}

func compare(t *testing.T, what string, want map[string]schemaDoc, got map[string]*tfprotov6.Schema) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d kinds of %s, want %d", len(got), what, len(want))
	}
	for name, w := range want {
		s, ok := got[name]
		if !ok {
			t.Errorf("%s %s is missing", what, name)
			continue
		}
		if diff := cmp.Diff(w, schemaOf(s)); diff != "" {
			t.Errorf("%s %s (-official +stand-in):\n%s", what, name, diff)
		}
	}
}

type providerDoc struct {
	Provider    schemaDoc            `json:"provider"`
	Resources   map[string]schemaDoc `json:"resource_schemas"`
	DataSources map[string]schemaDoc `json:"data_source_schemas"`
}

func snapshot(t *testing.T) providerDoc {
	t.Helper()
	b, err := os.ReadFile(snapshotFile)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Providers map[string]providerDoc `json:"provider_schemas"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	for _, p := range doc.Providers {
		return p
	}
	t.Fatal("snapshot names no provider")
	return providerDoc{}
}

func schemaOf(s *tfprotov6.Schema) schemaDoc {
	return schemaDoc{Version: s.Version, Block: blockOf(s.Block)}
}

func blockOf(b *tfprotov6.SchemaBlock) blockDoc {
	var doc blockDoc
	doc.Attributes = attributesOf(b.Attributes)
	for _, n := range b.BlockTypes {
		if doc.Blocks == nil {
			doc.Blocks = map[string]nestedDoc{}
		}
		doc.Blocks[n.TypeName] = nestedDoc{
			Nesting: map[tfprotov6.SchemaNestedBlockNestingMode]string{
				tfprotov6.SchemaNestedBlockNestingModeList: "list",
				tfprotov6.SchemaNestedBlockNestingModeSet:  "set",
			}[n.Nesting],
			Block: blockOf(n.Block), Min: n.MinItems, Max: n.MaxItems,
		}
	}
	return doc
}

func attributesOf(attributes []*tfprotov6.SchemaAttribute) map[string]attributeDoc {
	if len(attributes) == 0 {
		return nil
	}
	m := map[string]attributeDoc{}
	for _, a := range attributes {
		doc := attributeDoc{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, Deprecated: a.Deprecated}
		if a.NestedType != nil {
			doc.Nested = &nestedTypeDoc{Attributes: attributesOf(a.NestedType.Attributes), Nesting: "single"}
		} else {
			b, _ := json.Marshal(a.Type)
			_ = json.Unmarshal(b, &doc.Type.value)
		}
		m[a.Name] = doc
	}
	return m
}
