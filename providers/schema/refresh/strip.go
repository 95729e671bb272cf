package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// An object is JSON of which only some members matter. The others stay unread, so that additions of newer engines are
// not lost.
type object map[string]json.RawMessage

// A document is the output of the engine.
type document struct {
	Format    string            `json:"format_version"`
	Providers map[string]object `json:"provider_schemas"`
}

// prose are the members with descriptions for people. They belong to attributes and blocks; an attribute with such a
// name is not prose, and is not touched.
var prose = []string{"description", "description_kind", "deprecation_message"}

// strip removes the prose from a provider schema document, and everything that is not about types.
func strip(raw []byte) ([]byte, error) {
	var doc document
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	for address, provider := range doc.Providers {
		kept := object{}
		if own, ok := provider["provider"]; ok {
			kept["provider"] = own
			if err := kept.replace("provider", stripSchema); err != nil {
				return nil, fmt.Errorf("%s: %w", address, err)
			}
		}
		for _, kind := range []string{"data_source_schemas", "resource_schemas"} {
			schemas, err := each(provider[kind], stripSchema)
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %w", kind, address, err)
			}
			kept[kind] = schemas
		}
		doc.Providers[address] = kept
	}
	return encode(doc)
}

func stripSchema(o object) error { return o.replace("block", stripBlock) }

func stripBlock(o object) error {
	o.forget()
	err := o.replaceEach("attributes", stripAttribute)
	if err != nil {
		return err
	}
	return o.replaceEach("block_types", stripSchema)
}

func stripAttribute(o object) error {
	o.forget()
	return o.replace("nested_type", func(nested object) error { return nested.replaceEach("attributes", stripAttribute) })
}

// forget removes the members that are prose.
func (o object) forget() {
	for _, name := range prose {
		delete(o, name)
	}
}

// replace changes a member that is an object, if there is one.
func (o object) replace(name string, change func(object) error) error {
	raw, ok := o[name]
	if !ok {
		return nil
	}
	var member object
	if err := json.Unmarshal(raw, &member); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := change(member); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	changed, err := encode(member)
	o[name] = changed
	return err
}

// replaceEach changes every member of a member, if there is one.
func (o object) replaceEach(name string, change func(object) error) error {
	raw, ok := o[name]
	if !ok {
		return nil
	}
	changed, err := each(raw, change)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	o[name] = changed
	return nil
}

// each changes every member of an object of objects.
func each(raw json.RawMessage, change func(object) error) (json.RawMessage, error) {
	members := map[string]object{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &members); err != nil {
			return nil, err
		}
	}
	for name, member := range members {
		if err := change(member); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return encode(members)
}

// encode writes JSON on one line, members sorted, "<" as it is.
func encode[V object | map[string]object | document](value V) (json.RawMessage, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
