package change

import "sort"

// An Action is what happens to an object.
type Action string

// The actions, in the order in which a summary names them.
const (
	Changed   Action = "changed"
	Created   Action = "created"
	Destroyed Action = "destroyed"
	Replaced  Action = "replaced"
	Imported  Action = "imported"
	Moved     Action = "moved"
	Forgotten Action = "forgotten" // removed from the state, not destroyed
	Invoked   Action = "invoked"   // an action of a provider, which the apply runs
	Deferred  Action = "deferred"  // postponed to a later plan
)

// A Plan is what one plan changes.
type Plan struct {
	Format  string // version of the plan format
	Engine  string // version of the engine that planned
	Errored bool   // the plan itself failed, so that changes may be missing
	Partial bool   // another plan is needed after this one
	Drifted int    // objects that were changed outside of code

	Changes []Change // in the order of the plan
	Outputs []Change // outputs of the root module, with addresses such as output.url
	Checks  []string // failed conditions of the code, one line each

	// Source is a digest of the document, Content one of what it changes: two plans of the same
	// change have the same Content.
	Source, Content string
}

// A Change is what happens to one object.
type Change struct {
	Address  string `json:"address"`
	Previous string `json:"previous_address,omitempty"` // its earlier address
	Module   string `json:"module,omitempty"`           // empty for the root module
	Type     string `json:"type,omitempty"`
	Action   Action `json:"action"`
	Reason   string `json:"reason,omitempty"` // why it is replaced or destroyed, in the engine's words

	Attributes []Attribute `json:"attributes,omitempty"`
	More       int         `json:"attributes_left_out,omitempty"`
}

// An Attribute is a value before and after. A text is quoted; a missing value is empty.
type Attribute struct {
	Path      string `json:"path"`
	Before    string `json:"before,omitempty"`
	After     string `json:"after,omitempty"`
	Sensitive bool   `json:"sensitive,omitempty"` // part of it is hidden
	Replaces  bool   `json:"forces_replacement,omitempty"`
}

// Options limit what is kept of a plan. The zero value of each means its default.
type Options struct {
	Attributes int // per object; default 20
	Length     int // of a value, in characters; default 120
}

func (o Options) withDefaults() Options {
	if o.Attributes <= 0 {
		o.Attributes = 20
	}
	if o.Length <= 0 {
		o.Length = 120
	}
	return o
}

// Empty reports whether the plan changes nothing.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 && len(p.Outputs) == 0 }

// Actions counts the changes of objects by action.
func (p *Plan) Actions() map[Action]int { return count(p.Changes) }

func count(changes []Change) map[Action]int {
	n := map[Action]int{}
	for _, c := range changes {
		n[c.Action]++
	}
	return n
}

// A Module is a module with changes.
type Module struct {
	Address string         `json:"address"` // empty for the root module
	Actions map[Action]int `json:"actions"`
}

// Modules lists the modules that have changes, by address.
func (p *Plan) Modules() []Module {
	by := map[string][]Change{}
	for _, c := range p.Changes {
		by[c.Module] = append(by[c.Module], c)
	}
	list := make([]Module, 0, len(by))
	for address, changes := range by {
		list = append(list, Module{address, count(changes)})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Address < list[j].Address })
	return list
}
