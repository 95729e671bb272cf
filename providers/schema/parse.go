package schema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Source is the provider's address without a registry host.
const Source = "rootlyhq/rootly"

// SnapshotVersion is the provider version that the embedded schema was taken from.
const SnapshotVersion = "5.20.1"

//go:embed snapshot/schema.json
var snapshotJSON []byte

//go:embed snapshot/facts.json
var factsJSON []byte

// Snapshot returns the embedded schema with its facts. The result is shared: do not change it.
var Snapshot = sync.OnceValues(func() (*Provider, error) {
	p, err := Parse(snapshotJSON, SnapshotVersion)
	if err != nil {
		return nil, fmt.Errorf("embedded schema: %w", err)
	}
	p.Snapshot = true
	return p, nil
})

// Parse reads the output of `terraform providers schema -json` and adds the known facts. Version is the provider's
// version, which that output does not contain.
func Parse(data []byte, version string) (*Provider, error) {
	var doc schemaDoc
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("parse provider schema: %w", err)
	}
	var facts map[string]map[string]fact
	if err := json.Unmarshal(factsJSON, &facts); err != nil {
		return nil, fmt.Errorf("parse provider facts: %w", err)
	}
	for address, raw := range doc.ProviderSchemas {
		if !strings.HasSuffix(address, "/"+Source) {
			continue
		}
		return raw.provider(version, facts)
	}
	return nil, fmt.Errorf("parse provider schema: no provider %s in it", Source)
}

// schemaDoc is the part of terraform's document that is needed here.
type schemaDoc struct {
	ProviderSchemas map[string]providerDoc `json:"provider_schemas"`
}

type providerDoc struct {
	Resources   map[string]resourceDoc `json:"resource_schemas"`
	DataSources map[string]resourceDoc `json:"data_source_schemas"`
}

type resourceDoc struct {
	Version int64    `json:"version"`
	Block   blockDoc `json:"block"`
}

type blockDoc struct {
	Attributes map[string]attributeDoc `json:"attributes"`
	Blocks     map[string]nestedDoc    `json:"block_types"`
}

type attributeDoc struct {
	Type       json.RawMessage `json:"type"`
	Nested     *objectDoc      `json:"nested_type"`
	Required   bool            `json:"required"`
	Optional   bool            `json:"optional"`
	Computed   bool            `json:"computed"`
	Sensitive  bool            `json:"sensitive"`
	Deprecated bool            `json:"deprecated"`
}

type objectDoc struct {
	Attributes map[string]attributeDoc `json:"attributes"`
	Nesting    string                  `json:"nesting_mode"`
}

type nestedDoc struct {
	Nesting string   `json:"nesting_mode"`
	Block   blockDoc `json:"block"`
	Min     int      `json:"min_items"`
	Max     int      `json:"max_items"`
}

// fact is what the schema JSON leaves out about one path.
type fact struct {
	Default    json.RawMessage `json:"default"`
	Absent     json.RawMessage `json:"absent"`
	Enum       []string        `json:"enum"`
	Order      []string        `json:"order"`
	Suppress   string          `json:"suppress"`
	Mode       string          `json:"mode"`
	ForceNew   bool            `json:"force_new"`
	Deprecated bool            `json:"deprecated"`
	Integer    bool            `json:"int"`
	Conflicts  []string        `json:"conflicts_with"`
}

func (d providerDoc) provider(version string, facts map[string]map[string]fact) (*Provider, error) {
	p := &Provider{
		Version:     version,
		Resources:   make(map[string]*Resource, len(d.Resources)),
		DataSources: make(map[string]*Resource, len(d.DataSources)),
	}
	for name, r := range d.Resources {
		b, err := r.Block.block("", facts[name])
		if err != nil {
			return nil, fmt.Errorf("parse schema of %s: %w", name, err)
		}
		p.Resources[name] = &Resource{Name: name, Version: r.Version, Block: b}
	}
	for name, r := range d.DataSources {
		b, err := r.Block.block("", nil)
		if err != nil {
			return nil, fmt.Errorf("parse schema of data source %s: %w", name, err)
		}
		p.DataSources[name] = &Resource{Name: name, Version: r.Version, Block: b}
	}
	return p, nil
}

func (d blockDoc) block(prefix string, facts map[string]fact) (*Block, error) {
	b := &Block{attributes: map[string]*Attribute{}, blocks: map[string]*Nested{}}
	for name, doc := range d.Attributes {
		if doc.Nested != nil {
			n, err := doc.nested(name, prefix+name, facts)
			if err != nil {
				return nil, err
			}
			b.blocks[name] = n
			continue
		}
		a, err := doc.attribute(name, facts[prefix+name])
		if err != nil {
			return nil, fmt.Errorf("attribute %s%s: %w", prefix, name, err)
		}
		b.attributes[name] = a
	}
	for name, doc := range d.Blocks {
		inner, err := doc.Block.block(prefix+name+".", facts)
		if err != nil {
			return nil, err
		}
		n := &Nested{Name: name, Block: inner, Min: doc.Min, Max: doc.Max, Mode: modeOfBlock(doc)}
		if doc.Nesting == "set" {
			n.Nesting = NestingSet
		}
		n.apply(facts[prefix+name])
		b.blocks[name] = n
	}
	b.sort()
	return b, nil
}

func (b *Block) sort() {
	for _, a := range b.attributes {
		b.Attributes = append(b.Attributes, a)
		b.hasJSON = b.hasJSON || a.Suppress == SuppressJSON
	}
	for _, n := range b.blocks {
		b.Blocks = append(b.Blocks, n)
		b.hasJSON = b.hasJSON || n.Block.hasJSON
	}
	sort.Slice(b.Attributes, func(i, j int) bool { return b.Attributes[i].Name < b.Attributes[j].Name })
	sort.Slice(b.Blocks, func(i, j int) bool { return b.Blocks[i].Name < b.Blocks[j].Name })
}

// modeOfBlock is what the schema alone shows; facts may say that a block is also computed.
func modeOfBlock(d nestedDoc) Mode {
	if d.Min > 0 {
		return Required
	}
	return Optional
}

func (n *Nested) apply(f fact) {
	switch f.Mode {
	case "required":
		n.Mode = Required
	case "optional":
		n.Mode = Optional
	case "optional_computed":
		n.Mode = OptionalComputed
	}
	n.ForceNew = f.ForceNew
	n.Suppress = suppressions[f.Suppress]
	n.Conflicts = f.Conflicts
}

func (d attributeDoc) nested(name, path string, facts map[string]fact) (*Nested, error) {
	inner, err := blockDoc{Attributes: d.Nested.Attributes}.block(path+".", facts)
	if err != nil {
		return nil, err
	}
	if d.Nested.Nesting != "single" {
		return nil, fmt.Errorf("attribute %s: nesting %q of a nested type is not known", path, d.Nested.Nesting)
	}
	n := &Nested{Name: name, Nesting: NestingSingle, Block: inner, Max: 1, Mode: d.mode()}
	n.ForceNew = facts[path].ForceNew
	return n, nil
}

func (d attributeDoc) mode() Mode {
	switch {
	case d.Required:
		return Required
	case d.Optional && d.Computed:
		return OptionalComputed
	case d.Optional:
		return Optional
	default:
		return Computed
	}
}

func (d attributeDoc) attribute(name string, f fact) (*Attribute, error) {
	ty, err := ctyjson.UnmarshalType(d.Type)
	if err != nil {
		return nil, fmt.Errorf("type %s: %w", d.Type, err)
	}
	a := &Attribute{
		Name:       name,
		Type:       ty,
		Mode:       d.mode(),
		Sensitive:  d.Sensitive,
		Deprecated: d.Deprecated || f.Deprecated,
		ForceNew:   f.ForceNew,
		Integer:    f.Integer,
		Enum:       f.Enum,
		Order:      f.Order,
		Suppress:   suppressions[f.Suppress],
		Conflicts:  f.Conflicts,
	}
	for raw, v := range map[*json.RawMessage]*cty.Value{&f.Default: &a.Default, &f.Absent: &a.Absent} {
		if *raw == nil {
			continue
		}
		if *v, err = ctyjson.Unmarshal(*raw, ty); err != nil {
			return nil, fmt.Errorf("default %s: %w", *raw, err)
		}
	}
	return a, nil
}

// suppressions maps the words of the facts table to their constants.
var suppressions = map[string]Suppress{
	"order":    SuppressOrder,
	"json":     SuppressJSON,
	"once_set": SuppressOnceSet,
	"time":     SuppressTime,
	"instant":  SuppressInstant,
}
