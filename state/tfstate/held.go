package tfstate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// A Held is an object in a state, with its address.
type Held struct {
	Module  string // such as module.teams["a"]; empty for the root module
	Address graph.Address
	Key     string // of count or for_each, as JSON; empty without
	ID      graph.ID
	Filled  []string // attributes that are non-empty lists or sets, sorted by name

	// Provider is the configuration of the root module that manages it, such as rootly.eu; empty if the configuration
	// belongs to another module.
	Provider string
}

// configuration reads a provider configuration as current and old states write it.
func configuration(text string) string {
	source, ok := strings.CutPrefix(text, `provider["`)
	if !ok {
		name, _ := strings.CutPrefix(text, "provider.")
		if name == text {
			return ""
		}
		return name
	}
	source, alias, _ := strings.Cut(source, `"]`)
	alias, _, _ = strings.Cut(alias, "[") // one of several
	return source[strings.LastIndexByte(source, '/')+1:] + alias
}

// String returns the address as the engines write it.
func (h Held) String() string {
	s := h.Address.String()
	if h.Module != "" {
		s = h.Module + "." + s
	}
	if h.Key != "" {
		s += "[" + h.Key + "]"
	}
	return s
}

// Instance is the address with its key, if the object is in the root module.
func (h Held) Instance() (a graph.Address, ok bool) {
	a = h.Address
	if h.Key == "" {
		return a, h.Module == ""
	}
	return a, h.Module == "" && json.Unmarshal([]byte(h.Key), &a.Key) == nil && a.Key != ""
}

// Plain reports whether the object belongs to a single resource of the root module.
func (h Held) Plain() bool { return h.Module == "" && h.Key == "" }

// Objects lists the objects of a state that have an id, in its order. Data sources are not included. An empty text is
// an empty state.
func Objects(content []byte) ([]Held, error) {
	if len(content) == 0 {
		return nil, nil
	}
	s, err := decode(content)
	if err != nil {
		return nil, err
	}
	return s.objects()
}

func (s *stateV4) objects() ([]Held, error) {
	var held []Held
	for _, raw := range s.Resources {
		var r resourceV4
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, fmt.Errorf("read state: %w", err)
		}
		if r.Mode != "managed" {
			continue
		}
		for _, i := range r.Instances {
			var id string
			if i.Deposed != "" || json.Unmarshal(i.Attributes["id"], &id) != nil {
				continue // not one of our objects: their ids are texts
			}
			var address graph.Address
			if err := address.Set(r.Type + "." + r.Name); err != nil {
				return nil, fmt.Errorf("read state: %w", err)
			}
			held = append(held, Held{
				Module: r.Module, Address: address, Key: string(i.IndexKey), ID: plain(id),
				Filled: filled(i.Attributes), Provider: configuration(r.Provider),
			})
		}
	}
	return held, nil
}

func filled(attributes map[string]json.RawMessage) []string {
	var names []string
	for name, raw := range attributes {
		if text := bytes.TrimSpace(raw); len(text) > 1 && text[0] == '[' && len(bytes.TrimSpace(text[1:len(text)-1])) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// plain is the id of an object in its import id, which may be a path.
func plain(id string) graph.ID { return graph.ID(id[strings.LastIndexByte(id, '/')+1:]) }

// Values are the attributes of the objects in a state, by address. Each is an object of the loose types that JSON
// implies.
func Values(content []byte) (map[string]cty.Value, error) {
	values := map[string]cty.Value{}
	if len(content) == 0 {
		return values, nil
	}
	s, err := decode(content)
	if err != nil {
		return nil, err
	}
	for _, raw := range s.Resources {
		var r struct {
			Module    string `json:"module"`
			Mode      string `json:"mode"`
			Type      string `json:"type"`
			Name      string `json:"name"`
			Instances []struct {
				Key     json.RawMessage         `json:"index_key"`
				Deposed string                  `json:"deposed"`
				Values  ctyjson.SimpleJSONValue `json:"attributes"`
			} `json:"instances"`
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, fmt.Errorf("read state: %w", err)
		}
		for _, i := range r.Instances {
			if r.Mode == "managed" && i.Deposed == "" && i.Values.Value != cty.NilVal {
				h := Held{Module: r.Module, Address: graph.Address{Type: r.Type, Name: r.Name}, Key: string(i.Key)}
				values[h.String()] = i.Values.Value
			}
		}
	}
	return values, nil
}
