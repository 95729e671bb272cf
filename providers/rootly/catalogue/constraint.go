package catalogue

// A Constraint is something that the provider checks when it plans, whatever the code says. The sources are the
// provider's CustomizeDiff and ModifyPlan functions, and observed crashes.
type Constraint struct {
	Check  Check
	Path   string // the values that are checked, such as "rules.fallback_rule"
	Other  string // the path that they are compared with, if the check compares
	Reason string // why the object cannot be imported; a verb stands for the offending value
	Fix    string // what to do in Rootly; may be empty
}

// A Check is a kind of constraint.
type Check int

// The checks.
const (
	Present  Check = iota // Path has a value
	Distinct              // no element of the list at Path occurs twice
	Alone                 // no other object of the same parent and collection has the number at Path
	Within                // every element of Path, or every key of it, is an element of Other
	AnyTrue               // Path or Other is true
	OneOf                 // in each element of a list, either Path is true or Other has elements; the value is its number
)
