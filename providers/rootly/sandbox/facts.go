package sandbox

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Facts.json is Rootly's OpenAPI document cut down to what the sandbox needs. To it were added
// what the provider sends although the document lacks it, and two status page paths.
//
//go:embed facts.json
var factsJSON []byte

// facts are what is documented of paths and of JSON:API types.
type facts struct {
	Routes map[string]pathFacts `json:"routes"`
	Types  map[string]typeFacts `json:"types"`
}

type pathFacts struct {
	Methods  []string          `json:"methods"`
	Filters  map[string]string `json:"filters"`  // attribute to the kinds of comparison: is, in, range
	Includes []string          `json:"includes"` // nil: nothing is said
}

type typeFacts struct {
	Accepts  map[string]string          `json:"accepts"` // writable attribute to its JSON kind
	Requires []string                   `json:"requires"`
	Allows   map[string][]string        `json:"allows"`  // attribute to its only values
	Answers  map[string]json.RawMessage `json:"answers"` // readable attribute to what it is when never set
}

var documented = sync.OnceValues(func() (*facts, error) {
	f := &facts{}
	if err := json.Unmarshal(factsJSON, f); err != nil {
		return nil, fmt.Errorf("read facts.json: %w", err)
	}
	return f, nil
})

// check refuses what the document excludes: missing or blank names, values outside a fixed set, a list instead of a
// text. Zero numbers, false and empty lists may be missing, since clients leave them out.
func (f typeFacts) check(given attributes, create bool) error {
	for _, name := range f.Requires {
		raw, ok := given[name]
		if !ok && !create {
			continue
		}
		named := name == "name" || name == "title" || name == "label"
		if !ok || named && strings.TrimSpace(text(raw)) == "" {
			return failf(http.StatusUnprocessableEntity, "%s can't be blank", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		raw := given[name]
		if kind := f.Accepts[name]; !fits(raw, kind) {
			return failf(http.StatusUnprocessableEntity, "%s must be a %s", name, kind)
		}
		allowed, value := f.Allows[name], text(raw)
		if allowed != nil && value != "" && !slices.Contains(allowed, value) {
			return failf(http.StatusUnprocessableEntity, "%s %q is not one of %s", name, value, strings.Join(allowed, ", "))
		}
	}
	return nil
}

// fits reports whether a value has the documented kind. Scalars convert into each other.
func fits(raw json.RawMessage, kind string) bool {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return true
	}
	switch kind {
	case "string", "number", "boolean":
		return raw[0] != '[' && raw[0] != '{'
	case "list":
		return raw[0] == '['
	case "object":
		return raw[0] == '{'
	}
	return true
}

// accept sets the writable attributes; the others are ignored, as Rails does. Types that are not in the OpenAPI
// document accept all.
func (f typeFacts) accept(attrs, given attributes) {
	for name, value := range given {
		if _, ok := f.Accepts[name]; (ok || len(f.Answers) == 0) && !neverRead[name] {
			attrs[name] = value
		}
	}
}

// neverRead are attributes that are written and never served under that name.
var neverRead = map[string]bool{
	"copy_from": true,
	"metadata":  true,
	stagesWrite: true,

	membersRelation: true,
}

// differences lists the attributes in which two objects differ, with both values.
func differences(before, after attributes) map[string][2]json.RawMessage {
	null := json.RawMessage("null")
	changed := make(map[string][2]json.RawMessage)
	for name, b := range before {
		a, ok := after[name]
		if !ok {
			a = null
		}
		if !same(a, b) {
			changed[name] = [2]json.RawMessage{b, a}
		}
	}
	for name, a := range after {
		if _, ok := before[name]; !ok && !same(a, null) {
			changed[name] = [2]json.RawMessage{null, a}
		}
	}
	return changed
}

// same compares JSON whatever its spacing and the order of its keys.
func same(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, okX := decode(a)
	y, okY := decode(b)
	return okX && okY && bytes.Equal(encode(x), encode(y))
}

// decode keeps numbers as they are written.
func decode(raw json.RawMessage) (v any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err := d.Decode(&v)
	return v, err == nil
}
