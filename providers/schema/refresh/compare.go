package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compare lists what differs between two stripped schemas, one line a path, sorted.
func compare(old, fresh []byte) ([]string, error) {
	before, err := flatten(old)
	if err != nil {
		return nil, fmt.Errorf("read the old schema: %w", err)
	}
	after, err := flatten(fresh)
	if err != nil {
		return nil, fmt.Errorf("read the new schema: %w", err)
	}
	all := maps.Clone(before)
	maps.Copy(all, after)
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(all)) {
		was, known := before[path]
		is, still := after[path]
		switch {
		case covered(path, before, after):
		case !known:
			lines = append(lines, fmt.Sprintf("+ %s %s", path, is))
		case !still:
			lines = append(lines, fmt.Sprintf("- %s %s", path, was))
		case was != is:
			lines = append(lines, fmt.Sprintf("~ %s %s, was %s", path, is, was))
		}
	}
	return lines, nil
}

// covered reports whether a path was added or removed with the one that contains it, which is reported already.
func covered(path string, before, after map[string]string) bool {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return false
	}
	_, known := before[path[:i]]
	_, still := after[path[:i]]
	return known != still
}

// flatten lists every type, attribute and block by its path, with its description.
func flatten(raw []byte) (map[string]string, error) {
	var doc struct {
		Providers map[string]struct {
			Resources map[string]described `json:"resource_schemas"`
			Sources   map[string]described `json:"data_source_schemas"`
		} `json:"provider_schemas"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	paths := map[string]string{}
	for _, p := range doc.Providers {
		for name, d := range p.Resources {
			d.flatten(name, paths)
		}
		for name, d := range p.Sources {
			d.flatten("data "+name, paths)
		}
	}
	return paths, nil
}

// A described is a resource type, an attribute or a nested block: each has its own facts and may have others inside.
type described struct {
	Version    int                  `json:"version"`
	Block      *described           `json:"block"`
	Nested     *described           `json:"nested_type"`
	Attributes map[string]described `json:"attributes"`
	Blocks     map[string]described `json:"block_types"`
	Type       json.RawMessage      `json:"type"`
	Nesting    string               `json:"nesting_mode"`
	Min        int                  `json:"min_items"`
	Max        int                  `json:"max_items"`
	Required   bool                 `json:"required"`
	Optional   bool                 `json:"optional"`
	Computed   bool                 `json:"computed"`
	Sensitive  bool                 `json:"sensitive"`
	Deprecated bool                 `json:"deprecated"`
	WriteOnly  bool                 `json:"write_only"`
}

func (d described) flatten(path string, into map[string]string) {
	into[path] = d.String()
	for _, inner := range []*described{&d, d.Block, d.Nested} {
		if inner == nil {
			continue
		}
		for name, a := range inner.Attributes {
			a.flatten(path+"."+name, into)
		}
		for name, b := range inner.Blocks {
			b.flatten(path+"."+name, into)
		}
	}
}

// String is the schema's description of one path, such as `required "string"`.
func (d described) String() string {
	var words []string
	for _, flag := range []struct {
		set  bool
		word string
	}{
		{d.Required, "required"}, {d.Optional, "optional"}, {d.Computed, "computed"},
		{d.Sensitive, "sensitive"}, {d.Deprecated, "deprecated"}, {d.WriteOnly, "write-only"},
	} {
		if flag.set {
			words = append(words, flag.word)
		}
	}
	if d.Nested != nil {
		words = append(words, d.Nested.Nesting)
	}
	if d.Nesting != "" {
		words = append(words, fmt.Sprintf("%s %d..%d", d.Nesting, d.Min, d.Max))
	}
	if len(d.Type) > 0 {
		words = append(words, string(d.Type))
	}
	if d.Version > 0 {
		words = append(words, fmt.Sprintf("version %d", d.Version))
	}
	return strings.Join(words, " ")
}
