// Package schema knows what the Rootly Terraform provider accepts.
//
// A schema comes from `terraform providers schema -json`, either the snapshot embedded here
// or the answer of the provider that is initialised in a user's directory:
//
//	schema JSON ──► Parse ──► Provider ◄── facts (what that JSON leaves out)
//
// The facts are defaults, allowed values, suppressed differences and the mode of blocks.
// They hold for the version of the snapshot; for another version they are carried over
// path by path.
//
// Not here: how the API's answers become values, which is package rootly's.
package schema

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A Provider is the schema of one provider version.
type Provider struct {
	Version     string // of the provider, such as "5.20.1"
	Snapshot    bool   // whether this is the embedded schema, for which the defaults are certain
	Resources   map[string]*Resource
	DataSources map[string]*Resource
}

// A Resource is the schema of one resource type or data source.
type Resource struct {
	Name    string // Terraform type, such as "rootly_team"
	Version int64  // schema_version of its state
	Block   *Block
}

// A Block holds attributes and nested blocks, both sorted by name.
type Block struct {
	Attributes []*Attribute
	Blocks     []*Nested

	attributes map[string]*Attribute
	blocks     map[string]*Nested
	hasJSON    bool
}

// Attribute returns the attribute of that name, or nil.
func (b *Block) Attribute(name string) *Attribute { return b.attributes[name] }

// Nested returns the nested block of that name, or nil.
func (b *Block) Nested(name string) *Nested { return b.blocks[name] }

// Mode says who may set an attribute: the configuration, the provider or both.
type Mode int

// The modes of an attribute or block.
const (
	Optional         Mode = iota
	Required              // must be in the configuration
	OptionalComputed      // may be in the configuration, otherwise the provider decides
	Computed              // never in the configuration
)

// Suppress names the kind of difference between configuration and state that the provider ignores.
type Suppress int

// The suppressed differences.
const (
	SuppressNone    Suppress = iota
	SuppressOrder            // lists that differ only in order
	SuppressJSON             // JSON texts with equal values
	SuppressOnceSet          // any difference once the state has a value
	SuppressTime             // spellings of one time of day, such as "09:00 AM"
	SuppressInstant          // spellings of one instant
)

// An Attribute is one argument of a resource or block.
type Attribute struct {
	Name       string
	Type       cty.Type
	Mode       Mode
	Sensitive  bool
	Deprecated bool
	ForceNew   bool
	Integer    bool      // a number without fraction
	Default    cty.Value // the provider's default; cty.NilVal if none
	Absent     cty.Value // Rootly's default on creation, if known; cty.NilVal if not
	Enum       []string  // values it accepts, of elements for collections; nil if any
	Order      []string  // order in which people read its values, or those of its elements; nil if irrelevant
	Suppress   Suppress
	Conflicts  []string // attributes that exclude this one
}

// HasDefault reports whether the provider has a default for the attribute.
func (a *Attribute) HasDefault() bool { return a.Default != cty.NilVal }

// Allows reports whether the provider's validator accepts the value.
func (a *Attribute) Allows(value string) bool {
	if a.Enum == nil {
		return true
	}
	for _, e := range a.Enum {
		if e == value {
			return true
		}
	}
	return false
}

// Nesting is how often a nested block may occur.
type Nesting int

// The nestings of the provider.
const (
	NestingList   Nesting = iota // blocks in order
	NestingSet                   // blocks without order
	NestingSingle                // one object, written as an attribute: name = { ... }
)

// A Nested is a block inside a block, or an attribute with a nested type.
type Nested struct {
	Name      string
	Nesting   Nesting
	Mode      Mode
	Min, Max  int // how many blocks; Max 0 means any number
	ForceNew  bool
	Suppress  Suppress
	Conflicts []string
	Block     *Block
}

// Find returns the attribute at a path of names such as "rules.time_zone", or nil.
func (b *Block) Find(path string) *Attribute {
	head, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return b.attributes[head]
	}
	if n := b.blocks[head]; n != nil {
		return n.Block.Find(rest)
	}
	return nil
}

// FindNested returns the nested block at a path of names such as "rules.time_blocks", or nil.
func (b *Block) FindNested(path string) *Nested {
	head, rest, deeper := strings.Cut(path, ".")
	n := b.blocks[head]
	if n == nil || !deeper {
		return n
	}
	return n.Block.FindNested(rest)
}

// Has reports whether a path of names is an attribute or block of b.
// Keys of maps count as part of their attribute: "integration.id" is found as "integration".
func (b *Block) Has(path string) bool {
	head, rest, deeper := strings.Cut(path, ".")
	if a := b.attributes[head]; a != nil {
		return !deeper || a.Type.IsMapType() || a.Type.IsObjectType()
	}
	n := b.blocks[head]
	if n == nil {
		return false
	}
	return !deeper || n.Block.Has(rest)
}

// HasJSON reports whether a text of the block, or of one below it, is compared as JSON.
func (b *Block) HasJSON() bool { return b.hasJSON }
