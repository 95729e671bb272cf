package tfstate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

const version = 4

// stateV4 is a state as both engines write it. Parts that this program does not know stay unchanged.
type stateV4 struct {
	Version      int               `json:"version"`
	Engine       string            `json:"terraform_version"`
	Serial       uint64            `json:"serial"`
	Lineage      string            `json:"lineage"`
	Outputs      json.RawMessage   `json:"outputs"`
	Resources    []json.RawMessage `json:"resources"`
	CheckResults json.RawMessage   `json:"check_results"`

	blocks map[graph.Address]int // positions in Resources, of those of the root module
}

// resourceV4 is a resource as this program writes it, and the fields of others that it reads.
type resourceV4 struct {
	Module    string       `json:"module,omitempty"`
	Mode      string       `json:"mode"`
	Type      string       `json:"type"`
	Name      string       `json:"name"`
	Provider  string       `json:"provider"`
	Instances []instanceV4 `json:"instances"`
}

type instanceV4 struct {
	IndexKey      json.RawMessage            `json:"index_key,omitempty"`
	Deposed       string                     `json:"deposed,omitempty"`
	SchemaVersion int                        `json:"schema_version"`
	Attributes    map[string]json.RawMessage `json:"attributes"`
	Sensitive     []json.RawMessage          `json:"sensitive_attributes"`
	Dependencies  []string                   `json:"dependencies,omitempty"`
}

func decode(content []byte) (*stateV4, error) {
	if err := checkHead(content); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields() // unknown fields would be lost
	s := &stateV4{}
	if err := d.Decode(s); err != nil {
		return nil, &Unreadable{Reason: "it has fields that version 4 does not have", Next: "use a newer version of this program", Err: err}
	}
	return s, nil
}

// checkHead refuses a file that is not a state of version 4, and says what it is instead.
func checkHead(content []byte) error {
	var head struct {
		Version   *int            `json:"version"`
		Encrypted json.RawMessage `json:"encrypted_data"`
	}
	err := json.Unmarshal(content, &head)
	switch {
	case err != nil:
		return &Unreadable{Reason: "not a state", Next: "give a file that terraform state pull printed, or terraform.tfstate", Err: err}
	case head.Encrypted != nil:
		return &Unreadable{Reason: "only the engine that wrote it can read it", Next: "let the engine decrypt it: tofu state pull > plain.tfstate", Err: ErrEncrypted}
	case head.Version == nil:
		return &Unreadable{Reason: "not a state: it has no version", Next: "give a file that terraform state pull printed, or terraform.tfstate"}
	case *head.Version > version:
		return &Unreadable{Reason: fmt.Sprintf("version %d is newer than %d", *head.Version, version), Next: "use a newer version of this program"}
	case *head.Version < version:
		return &Unreadable{
			Reason: fmt.Sprintf("version %d is older than %d", *head.Version, version),
			Next:   "terraformer-rootly state upgrade FILE upgrades it",
		}
	}
	return nil
}

// held records what the state contains: objects anywhere, and addresses of the root module.
func (s *stateV4) held(ids func(string, graph.ID) graph.ID) (map[graph.Target]bool, map[graph.Address]graph.ID, error) {
	all, err := s.objects()
	if err != nil {
		return nil, nil, err
	}
	objects, addresses := map[graph.Target]bool{}, map[graph.Address]graph.ID{}
	for _, h := range all {
		if ids != nil {
			h.ID = ids(h.Address.Type, h.ID)
		}
		objects[graph.Target{Type: h.Address.Type, ID: h.ID}] = true
		if a, own := h.Instance(); own {
			addresses[a] = h.ID
		} else if h.Module == "" {
			addresses[h.Address] = h.ID // counted
		}
	}
	return objects, addresses, nil
}

func encodeResource(r Resource, provider string) (json.RawMessage, error) {
	attributes := map[string]json.RawMessage{}
	for name, value := range r.Attributes {
		raw, err := ctyjson.Marshal(value, value.Type())
		if err != nil {
			return nil, err
		}
		attributes[name] = raw
	}
	id, err := ctyjson.Marshal(cty.StringVal(string(r.ID)), cty.String)
	if err != nil {
		return nil, err
	}
	attributes["id"] = id
	i := instanceV4{SchemaVersion: r.SchemaVersion, Attributes: attributes, Sensitive: []json.RawMessage{}}
	for _, d := range r.Dependencies {
		i.Dependencies = append(i.Dependencies, d.Block().String())
	}
	sort.Strings(i.Dependencies)
	i.Dependencies = slices.Compact(i.Dependencies)
	if r.Address.Key != "" {
		if i.IndexKey, err = json.Marshal(r.Address.Key); err != nil {
			return nil, err
		}
	}
	return json.Marshal(resourceV4{
		Mode: "managed", Type: r.Address.Type, Name: r.Address.Name,
		Provider: provider, Instances: []instanceV4{i},
	})
}

// put adds a resource, or its instance to the resource at its address.
func (s *stateV4) put(block graph.Address, raw json.RawMessage) error {
	if s.blocks == nil {
		s.blocks = map[graph.Address]int{}
		for n, present := range s.Resources {
			var r resourceV4
			if err := json.Unmarshal(present, &r); err != nil {
				return err
			}
			if r.Mode == "managed" && r.Module == "" {
				s.blocks[graph.Address{Type: r.Type, Name: r.Name}] = n
			}
		}
	}
	n, known := s.blocks[block]
	if !known {
		s.blocks[block] = len(s.Resources)
		s.Resources = append(s.Resources, raw)
		return nil
	}
	joined, err := joinInstances(s.Resources[n], raw)
	s.Resources[n] = joined
	return err
}

// joinInstances adds the instances of one resource to another, whose fields stay as they are.
func joinInstances(to, from json.RawMessage) (json.RawMessage, error) {
	var present, added map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(to, &present), json.Unmarshal(from, &added)); err != nil {
		return nil, err
	}
	var all, more []json.RawMessage
	if err := errors.Join(json.Unmarshal(present["instances"], &all), json.Unmarshal(added["instances"], &more)); err != nil {
		return nil, err
	}
	var err error
	if present["instances"], err = json.Marshal(append(all, more...)); err != nil {
		return nil, err
	}
	return json.Marshal(present)
}

// encode writes the state in the order of the engines.
func (s *stateV4) encode() ([]byte, error) {
	keys := make([]string, len(s.Resources))
	order := make([]int, len(s.Resources))
	for i, raw := range s.Resources {
		var r resourceV4
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, err
		}
		order[i] = i
		keys[i] = r.Module + "\x00" + r.Mode + "\x00" + r.Type + "\x00" + r.Name
	}
	sort.SliceStable(order, func(i, j int) bool { return keys[order[i]] < keys[order[j]] })
	sorted := make([]json.RawMessage, len(order))
	for i, at := range order {
		sorted[i] = s.Resources[at]
	}
	out := *s
	out.Resources = sorted
	content, err := json.MarshalIndent(out, "", "  ")
	return append(content, '\n'), err
}
