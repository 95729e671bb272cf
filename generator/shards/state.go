package shards

import (
	"encoding/json"
	"fmt"
	"maps"
)

// A stateFile is a state as it is written, with its resources apart.
type stateFile struct {
	top       map[string]json.RawMessage
	resources []stateEntry
}

// A stateEntry is one resource of a state.
type stateEntry struct {
	raw    json.RawMessage
	Module string `json:"module"`
	Mode   string `json:"mode"`
	Type   string `json:"type"`
	Name   string `json:"name"`
}

func (e stateEntry) name() string  { return e.Type + "." + e.Name }
func (e stateEntry) managed() bool { return e.Mode == "managed" }

func readState(src []byte) (stateFile, error) {
	var s stateFile
	if len(src) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(src, &s.top); err != nil {
		return s, fmt.Errorf("read the state: %w", err)
	}
	var list []json.RawMessage
	if raw := s.top["resources"]; len(raw) > 0 {
		if err := json.Unmarshal(raw, &list); err != nil {
			return s, fmt.Errorf("read the resources of the state: %w", err)
		}
	}
	for _, raw := range list {
		e := stateEntry{raw: raw}
		if err := json.Unmarshal(raw, &e); err != nil {
			return s, fmt.Errorf("read the resources of the state: %w", err)
		}
		if e.Module != "" {
			return s, &WholeError{Reason: "modules in its state"}
		}
		s.resources = append(s.resources, e)
	}
	return s, nil
}

// write writes the state. What data sources said is read again.
func (s stateFile) write(withOutputs bool) ([]byte, error) {
	if s.top == nil {
		return nil, nil
	}
	list := make([]json.RawMessage, 0, len(s.resources))
	for _, e := range s.resources {
		list = append(list, e.raw)
	}
	resources, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("write the state of a shard: %w", err)
	}
	top := maps.Clone(s.top)
	top["resources"] = resources
	delete(top, "check_results")
	if !withOutputs {
		top["outputs"] = json.RawMessage("{}")
	}
	out, err := json.Marshal(top)
	if err != nil {
		return nil, fmt.Errorf("write the state of a shard: %w", err)
	}
	return out, nil
}
