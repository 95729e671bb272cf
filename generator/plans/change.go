package plans

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// Action is what a plan wants to do to a resource.
type Action string

// The actions of a plan. Replace stands for both orders of deleting and creating.
const (
	NoOp    Action = "no-op"
	Create  Action = "create"
	Read    Action = "read"
	Update  Action = "update"
	Delete  Action = "delete"
	Replace Action = "replace"
	Forget  Action = "forget"

	// ForgetCreate creates a new object, and removes the old one from the state without destroying it.
	ForgetCreate Action = "forget and create"
)

// Change is what a plan says about one resource.
type Change struct {
	Address         string
	PreviousAddress string // set when a moved block applies
	Type            string
	Action          Action
	Import          string // id by which it is imported; zero: it is not imported
	ID              string // id in the state or as the provider read it; zero: unknown, as for a new object
	BySlug          bool   // whether that id is the slug of the object

	// Values as the provider sees them, of the loose types that JSON implies. Unset for [NoOp], where both are equal.
	// After has unknown values for what is decided on apply.
	Before, After cty.Value

	Sensitive []cty.Path // attributes of Before or After that must not be shown
	Replacing []cty.Path // attributes that force a replacement
}

// ActionOf reduces the engine's list of actions to one.
func ActionOf(actions []string) Action {
	switch len(actions) {
	case 0:
		return NoOp
	case 1:
		return Action(actions[0])
	}
	if slices.Contains(actions, string(Forget)) {
		return ForgetCreate
	}
	return Replace
}

// ObjectID is the id of the live object that a change is about.
func (c Change) ObjectID() string {
	if c.Import != "" {
		return c.Import
	}
	return c.ID
}
