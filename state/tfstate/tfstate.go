// Package tfstate writes a Terraform state, so that objects need no import.
//
//	resources with ids ──► New, or Extend of a present state ──► version 4, normalised bytes
//	                  └──► Script, for those who import by hand
//
// The state contains what the provider needs to read the rest of each object: the id, and for a few
// types some other attributes. This program stores no other value, and so no secret.
//
// Not here: reading states from a backend and writing them there, which the engine does.
package tfstate

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// Addresses of the provider, as each engine writes them into the state.
const (
	TerraformProvider = "registry.terraform.io/rootlyhq/rootly"
	TofuProvider      = "registry.opentofu.org/rootlyhq/rootly"
)

// A Resource is an object for the state.
type Resource struct {
	Address       graph.Address
	ID            graph.ID
	SchemaVersion int
	Dependencies  []graph.Address

	// Attributes are those that the provider cannot read by the id alone; usually none.
	Attributes map[string]cty.Value
}

// Options describe the state to write.
type Options struct {
	Provider string // one of the two addresses; empty means Terraform's
	Alias    string // of the provider's configuration; empty means the default one
	Engine   string // version of the engine; empty means one that reads every version 4
	Lineage  string // identity of a new state; empty means a random one
	Serial   uint64 // of a new state; 0 means 1

	// IDs returns the id of an object that a state knows by something else, such as its slug. Nil knows none.
	IDs func(resourceType string, called graph.ID) graph.ID
}

// provider is the configuration of the provider, as the engines write it.
func (o Options) provider() string {
	name := fmt.Sprintf("provider[%q]", cmp.Or(o.Provider, TerraformProvider))
	if o.Alias != "" {
		name += "." + o.Alias
	}
	return name
}

func (o Options) engine() string {
	if o.Engine == "" {
		return "1.5.0"
	}
	return o.Engine
}

// A Conflict is an error about a state that has another object at an address.
type Conflict struct {
	Address   graph.Address
	Held, New graph.ID
}

// Error returns one line with both ids.
func (c *Conflict) Error() string {
	return fmt.Sprintf("the state has %s as %s, not as %s", c.Address, c.Held, c.New)
}

// Hint says what to do about it.
func (c *Conflict) Hint() string {
	return fmt.Sprintf("if the state is wrong: terraform state rm '%s'", c.Address)
}

// New returns a state of exactly these resources.
func New(resources []Resource, o Options) ([]byte, error) {
	s := &stateV4{Version: version, Serial: max(o.Serial, 1), Lineage: o.Lineage, Outputs: json.RawMessage("{}"), CheckResults: json.RawMessage("null")}
	if s.Lineage == "" {
		s.Lineage = randomLineage()
	}
	if _, err := s.add(resources, o); err != nil {
		return nil, err
	}
	return s.encode()
}

// Extend adds to a state what it does not hold yet, at whatever address, and returns the
// addresses that it added. Without any, the state stays as it is, serial and bytes.
func Extend(present []byte, resources []Resource, o Options) (content []byte, added []graph.Address, err error) {
	s, err := decode(present)
	if err != nil {
		return nil, nil, err
	}
	if added, err = s.add(resources, o); err != nil {
		return nil, nil, err
	}
	if len(added) == 0 {
		return present, nil, nil
	}
	s.Serial++
	content, err = s.encode()
	return content, added, err
}

// A Head tells two versions of a state apart: what was pulled and what is there now.
type Head struct {
	Lineage string
	Serial  uint64
}

// ReadHead returns the head of a state.
func ReadHead(content []byte) (Head, error) {
	s, err := decode(content)
	if err != nil {
		return Head{}, err
	}
	return Head{Lineage: s.Lineage, Serial: s.Serial}, nil
}

// add puts resources in that are not held.
func (s *stateV4) add(resources []Resource, o Options) ([]graph.Address, error) {
	byObject, byAddress, err := s.held(o.IDs)
	if err != nil {
		return nil, err
	}
	var added []graph.Address
	for _, r := range resources {
		if byObject[graph.Target{Type: r.Address.Type, ID: r.ID}] {
			continue
		}
		if id, taken := byAddress[r.Address]; taken {
			return nil, &Conflict{Address: r.Address, Held: id, New: r.ID}
		}
		raw, err := encodeResource(r, o.provider())
		if err != nil {
			return nil, fmt.Errorf("write state of %s: %w", r.Address, err)
		}
		if err := s.put(r.Address.Block(), raw); err != nil {
			return nil, fmt.Errorf("write state of %s: %w", r.Address, err)
		}
		byObject[graph.Target{Type: r.Address.Type, ID: r.ID}], byAddress[r.Address] = true, r.ID
		added = append(added, r.Address)
	}
	if s.Engine == "" {
		s.Engine = o.engine()
	}
	sort.Slice(added, func(i, j int) bool { return added[i].String() < added[j].String() })
	return added, nil
}

// randomLineage is a version 4 UUID.
func randomLineage() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
