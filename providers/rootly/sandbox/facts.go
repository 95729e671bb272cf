package sandbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
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
