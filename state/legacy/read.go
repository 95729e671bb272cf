package legacy

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

// stateV3 is a state as Terraform wrote it up to 0.11, and the old tool until its end.
type stateV3 struct {
	Lineage string     `json:"lineage"`
	Serial  uint64     `json:"serial"`
	Modules []moduleV3 `json:"modules"`
}

type moduleV3 struct {
	Path      []string                   `json:"path"`
	Outputs   map[string]json.RawMessage `json:"outputs"`
	Resources map[string]resourceV3      `json:"resources"`
}

type resourceV3 struct {
	Type    string      `json:"type"`
	Primary *instanceV3 `json:"primary"`
}

type instanceV3 struct {
	ID         string            `json:"id"`
	Attributes map[string]string `json:"attributes"` // at any depth, by dotted paths
}

// stateV4 is a current state, or an old one that terraform 0.12 or later has rewritten.
type stateV4 struct {
	Lineage   string                     `json:"lineage"`
	Serial    uint64                     `json:"serial"`
	Outputs   map[string]json.RawMessage `json:"outputs"`
	Resources []entryV4                  `json:"resources"`
}

type entryV4 struct {
	Module    string `json:"module"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Provider  string `json:"provider"`
	Instances []struct {
		Key        json.RawMessage            `json:"index_key"`
		Attributes map[string]json.RawMessage `json:"attributes"`
		Flat       map[string]string          `json:"attributes_flat"` // of version 3, until the next refresh
	} `json:"instances"`
}

// Read reads an old state. Name is where it came from. If it is not a state, the error is a [tfstate.Unreadable].
func Read(name string, content []byte) (*State, error) {
	var head struct {
		Version   *int            `json:"version"`
		Encrypted json.RawMessage `json:"encrypted_data"`
	}
	err := json.Unmarshal(content, &head)
	s := &State{Name: name}
	switch {
	case err != nil || head.Encrypted != nil || head.Version == nil || *head.Version > 4:
		_, err = tfstate.ReadHead(content) // which says what is wrong
		if err == nil {
			err = errors.New("not a state")
		}
	case *head.Version == 4:
		s.Version = 4
		err = s.readV4(content)
	case *head.Version == 3:
		s.Version = 3
		err = s.readV3(content)
	default:
		err = &tfstate.Unreadable{
			Reason: fmt.Sprintf("version %d is older than 3, the version that the earlier tool wrote", *head.Version),
			Next:   "convert it with an old Terraform first: terraform refresh of version 0.11 writes version 3",
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

func (s *State) readV3(content []byte) error {
	var v stateV3
	if err := json.Unmarshal(content, &v); err != nil {
		return &tfstate.Unreadable{Reason: "damaged", Next: "take the newest backup of it", Err: err}
	}
	s.Lineage, s.Serial = v.Lineage, v.Serial
	for _, module := range v.Modules {
		s.Outputs += len(module.Outputs)
		for _, name := range sortedKeys(module.Resources) {
			s.takeV3(module.Path, name, module.Resources[name])
		}
	}
	return nil
}

// takeV3 decides whether an entry is taken over.
func (s *State) takeV3(path []string, name string, r resourceV3) {
	if strings.HasPrefix(name, "data.") {
		return // read again by whoever wants it
	}
	full := name
	if len(path) > 1 {
		full = "module." + strings.Join(path[1:], ".module.") + "." + name
	}
	var id graph.ID
	if r.Primary != nil {
		id = graph.ID(r.Primary.ID)
	}
	typ, label, _ := strings.Cut(name, ".")
	switch {
	case id == "":
		s.leave(full, id, "the entry has no id")
	case !strings.HasPrefix(typ, "rootly_"):
		s.leave(full, id, "not of the Rootly provider")
	case len(path) > 1:
		s.leave(full, id, "in a module")
	case strings.Contains(label, "."):
		s.leave(full, id, "one of several with count")
	case !isAddress(graph.Address{Type: typ, Name: label}):
		s.leave(fmt.Sprintf("%q", full), id, "not a valid address")
	default:
		s.Objects = append(s.Objects, Object{Address: graph.Address{Type: typ, Name: label}, ID: id, Slug: r.Primary.Attributes["slug"], Title: title(r.Primary.Attributes)})
	}
}

func (s *State) leave(address string, id graph.ID, reason string) {
	s.Left = append(s.Left, Left{address, id, reason})
}

// title is the name of an object, if its entry has one.
func title(attributes map[string]string) string {
	for _, name := range []string{"name", "title", "label"} {
		if t := attributes[name]; t != "" {
			return t
		}
	}
	return ""
}

func (s *State) readV4(content []byte) error {
	var v stateV4
	if err := json.Unmarshal(content, &v); err != nil {
		return &tfstate.Unreadable{Reason: "damaged", Next: "take the newest backup of it", Err: err}
	}
	s.Lineage, s.Serial, s.Outputs = v.Lineage, v.Serial, len(v.Outputs)
	for _, r := range v.Resources {
		if r.Mode == "managed" {
			s.foreign = s.foreign || strings.HasPrefix(r.Type, "rootly_") && !strings.Contains(r.Provider, "/rootlyhq/rootly\"")
			s.takeV4(r)
		}
	}
	return nil
}

// takeV4 decides which instances of an entry are taken over.
func (s *State) takeV4(r entryV4) {
	address := graph.Address{Type: r.Type, Name: r.Name}
	full := address.String()
	if r.Module != "" {
		full = r.Module + "." + full
	}
	for _, i := range r.Instances {
		id, slug, name := text(i.Attributes["id"]), text(i.Attributes["slug"]), text(i.Attributes["name"])
		if id == "" {
			id, slug, name = i.Flat["id"], i.Flat["slug"], title(i.Flat)
		}
		switch {
		case !strings.HasPrefix(r.Type, "rootly_"):
			s.leave(full, graph.ID(id), "not of the Rootly provider")
		case id == "":
			s.leave(full, "", "the entry has no id")
		case r.Module != "":
			s.leave(full, graph.ID(id), "in a module")
		case len(i.Key) > 0:
			s.leave(full+"["+string(i.Key)+"]", graph.ID(id), "one of several with count or for_each")
		case !isAddress(address):
			s.leave(fmt.Sprintf("%q", full), graph.ID(id), "not a valid address")
		default:
			s.Objects = append(s.Objects, Object{Address: address, ID: graph.ID(id), Slug: slug, Title: name})
		}
	}
}

// isAddress reports whether a text is an address that means the same in code.
func isAddress(a graph.Address) bool {
	return a.Set(a.String()) == nil
}

// text is a JSON text, or empty.
func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // Rootly's ids are never numbers
	return s
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
