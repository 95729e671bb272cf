package document

import (
	"encoding/json"
	"strings"
)

// A Resource is one resource of a plan: an element of resource_changes or resource_drift.
type Resource struct {
	Address  string `json:"address"`
	Previous string `json:"previous_address"` // set when a moved block applies
	Module   string `json:"module_address"`
	Mode     string `json:"mode"` // managed, data or ephemeral
	Type     string `json:"type"`
	Reason   string `json:"action_reason"`
	Change   Change `json:"change"`
}

// A Change is how a resource or an output changes. Marks have the shape of the values, with true where they apply.
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

// A Deferred is a resource that the engine postponed to a later plan.
type Deferred struct {
	Reason   string   `json:"reason"`
	Resource Resource `json:"resource_change"`
}

// An Invocation is an action of a provider that the apply runs.
type Invocation struct {
	Address string `json:"address"`
	Trigger struct {
		Resource string `json:"triggering_resource_address"`
	} `json:"lifecycle_action_trigger"`
}

// A Check is a condition of the code that failed, or that could not be evaluated.
type Check struct {
	Address string
	Message string // zero: it could not be evaluated, or has no message
}

// String returns the check on one line.
func (c Check) String() string {
	if c.Message == "" {
		return c.Address
	}
	return c.Address + ": " + strings.Join(strings.Fields(c.Message), " ")
}

// checked is an element of checks: all instances of an object with conditions.
type checked struct {
	checkedOne
	Instances []checkedOne `json:"instances"`
}

type checkedOne struct {
	Address struct {
		Text string `json:"to_display"`
	} `json:"address"`
	Status   string `json:"status"`
	Problems []struct {
		Message string `json:"message"`
	} `json:"problems"`
}

// failed are the failed conditions, each with its message.
func (c checked) failed() []Check {
	list := c.Instances
	if len(list) == 0 {
		list = []checkedOne{c.checkedOne}
	}
	var found []Check
	for _, one := range list {
		if one.Status != "fail" && one.Status != "error" {
			continue
		}
		if len(one.Problems) == 0 {
			found = append(found, Check{Address: one.Address.Text})
		}
		for _, p := range one.Problems {
			found = append(found, Check{Address: one.Address.Text, Message: p.Message})
		}
	}
	return found
}

// configured is the part of the configuration that says which variables are sensitive.
type configured struct {
	Root struct {
		Variables map[string]struct {
			Sensitive bool `json:"sensitive"`
		} `json:"variables"`
	} `json:"root_module"`
}
