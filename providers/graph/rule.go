package graph

// UserType is the target of a rule that points at people, who are no resources.
const UserType = "user"

// A Rule declares that a path of a type holds ids of other objects.
//
// Exactly one of To, By, Any and Not says what the ids mean.
type Rule struct {
	// Path is dotted, without indexes: "rules.destinations.target_id". Map keys are steps too; of a
	// map where the path ends, the keys are the ids.
	//
	// Required.
	Path string

	// To names the types that an id may belong to.
	To []string

	// By is the path whose value tells the target; its indexes are those of Path.
	By string

	// Kinds maps the values of By to types; "" is what a value means that is left out. One that is not here
	// points at nothing known.
	Kinds map[string]string

	// Any says that the id may belong to any type.
	Any bool

	// Not says why the path holds no reference although it looks like one.
	Not string

	// Attr is what the path holds of its target. Empty means "id".
	Attr string
}
