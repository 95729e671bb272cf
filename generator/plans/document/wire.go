package document

import "encoding/json"

// A Resource is what a plan says about one resource, as an element of resource_changes or resource_drift.
type Resource struct {
	Address  string `json:"address"`
	Previous string `json:"previous_address"` // set when a moved block applies
	Module   string `json:"module_address"`
	Mode     string `json:"mode"` // managed, data or ephemeral
	Type     string `json:"type"`
	Reason   string `json:"action_reason"`
	Change   Change `json:"change"`
}

// A Change is how a resource or an output changes. Marks have the shape of the values, with true where they hold.
type Change struct {
	Actions         []string            `json:"actions"`
	Before          json.RawMessage     `json:"before"`
	After           json.RawMessage     `json:"after"`
	AfterUnknown    json.RawMessage     `json:"after_unknown"`
	BeforeSensitive json.RawMessage     `json:"before_sensitive"`
	AfterSensitive  json.RawMessage     `json:"after_sensitive"`
	ReplacePaths    [][]json.RawMessage `json:"replace_paths"`
	Importing       *struct {
		ID string `json:"id"`
	} `json:"importing"`
}

// A Variable is the value that a variable has, and whether the configuration declares it as sensitive.
type Variable struct {
	Name      string
	Value     json.RawMessage
	Sensitive bool
}

// deferred is an element of deferred_changes.
type deferred struct {
	Change addressed `json:"resource_change"`
}

// addressed is an element of which only the address counts.
type addressed struct {
	Address string `json:"address"`
}

// configured is the part of the configuration that says which variables are sensitive.
type configured struct {
	Root struct {
		Variables map[string]struct {
			Sensitive bool `json:"sensitive"`
		} `json:"variables"`
	} `json:"root_module"`
}
