package tfstate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

const version = 4

// stateV4 is a state as both engines keep it. What others wrote passes through as it is.
type stateV4 struct {
	Version      int               `json:"version"`
	Engine       string            `json:"terraform_version"`
	Serial       uint64            `json:"serial"`
	Lineage      string            `json:"lineage"`
	Outputs      json.RawMessage   `json:"outputs"`
	Resources    []json.RawMessage `json:"resources"`
	CheckResults json.RawMessage   `json:"check_results"`
}

// resourceV4 is a resource as this program writes it, and what it reads of others.
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
	SchemaVersion int                        `json:"schema_version"`
	Attributes    map[string]json.RawMessage `json:"attributes"`
	Sensitive     []json.RawMessage          `json:"sensitive_attributes"`
	Dependencies  []string                   `json:"dependencies,omitempty"`
}

// object is what a live object is known by.
type object struct {
	typ string
	id  graph.ID
}

// ErrEncrypted says that a state can only be read by the engine that encrypted it.
var ErrEncrypted = errors.New("the state is encrypted")

func decode(content []byte) (*stateV4, error) {
	var head struct {
		Version   *int            `json:"version"`
		Encrypted json.RawMessage `json:"encrypted_data"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	if head.Encrypted != nil {
		return nil, ErrEncrypted
	}
	if head.Version == nil || *head.Version != version {
		return nil, fmt.Errorf("read state: version %s, want %d", versionText(head.Version), version)
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields() // what is not known would be lost
	s := &stateV4{}
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	return s, nil
}

func versionText(v *int) string {
	if v == nil {
		return "missing"
	}
	return fmt.Sprint(*v)
}

// held lists what the state holds: objects wherever they are, and addresses of the root module.
func (s *stateV4) held() (map[object]bool, map[graph.Address]graph.ID, error) {
	objects, addresses := map[object]bool{}, map[graph.Address]graph.ID{}
	for _, raw := range s.Resources {
		var r resourceV4
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, nil, fmt.Errorf("read state: %w", err)
		}
		if r.Mode != "managed" {
			continue
		}
		for _, i := range r.Instances {
			var id string
			if err := json.Unmarshal(i.Attributes["id"], &id); err != nil {
				continue // no object of ours: its ids are texts
			}
			objects[object{r.Type, graph.ID(id)}] = true
			if r.Module == "" {
				addresses[graph.Address{Type: r.Type, Name: r.Name}] = graph.ID(id)
			}
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
		i.Dependencies = append(i.Dependencies, d.String())
	}
	sort.Strings(i.Dependencies)
	return json.Marshal(resourceV4{
		Mode: "managed", Type: r.Address.Type, Name: r.Address.Name,
		Provider: fmt.Sprintf("provider[%q]", provider), Instances: []instanceV4{i},
	})
}

// encode writes the state in the order in which the engines write it.
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
