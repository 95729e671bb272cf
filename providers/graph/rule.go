package graph

// UserType is the target of a rule for people, who are not resources.
const UserType = "user"

// A Rule declares that a path of a type holds ids of other objects.
//
// Exactly one of To, By, Any and Not says what the ids mean.
type Rule struct {
	// Path is dotted, without indexes: "rules.destinations.target_id". Map keys are steps too; if the path ends at a
	// map, its keys are the ids.
	//
	// Required.
	Path string

	// To names the types that an id may belong to.
	To []string

	// By is the path whose value determines the type; its indexes are those of Path.
	By string

	// Kinds maps the values of By to types; "" applies if the value is missing. Any other value refers to nothing
	// known.
	Kinds map[string]string

	// Any says that the id may belong to any type.
	Any bool

	// Not says why the path contains no reference although it looks like one.
	Not string

	// Attr is the attribute of the target that the path contains. Empty means "id".
	Attr string
}
