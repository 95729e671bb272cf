package plans

import (
	"io"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/document"
)

// Plan is what an engine would do, and what it printed.
type Plan struct {
	Changes  []Change // every resource in code or state, also those without a change
	Drift    []Change // differences between the state and what the provider read, whatever the code says
	Outputs  []string // outputs that would change
	Deferred []string // resources that the engine postponed
	Invoked  []string // provider actions that would run

	// Checks are the failed conditions of the code, one line each. The engine warns about them and continues.
	Checks []string

	// Incomplete is set when the engine says that another plan is needed after this one.
	Incomplete bool

	// Errored is set when the engine failed on some resources; Diagnostics say which. Changes are then incomplete.
	Errored bool

	// Not in the document.
	Unread      []string // addresses whose live object could not be read
	Targeted    bool     // restricted to some addresses: it proves nothing about the rest
	Diagnostics []Diagnostic
}

// Decode reads the document that show -json writes. Its errors are those of [document.Read].
func Decode(r io.Reader) (Plan, error) {
	var p Plan
	head, err := document.Read(r, document.Parts{
		Resource: adding(&p.Changes),
		Drift:    adding(&p.Drift),
		Output: func(name string, c document.Change) error {
			if ActionOf(c.Actions) != NoOp {
				p.Outputs = append(p.Outputs, name)
			}
			return nil
		},
		Deferred:   func(e document.Deferred) error { p.Deferred = append(p.Deferred, e.Resource.Address); return nil },
		Invocation: func(e document.Invocation) error { p.Invoked = append(p.Invoked, e.Address); return nil },
		Check:      func(c document.Check) error { p.Checks = append(p.Checks, c.String()); return nil },
	})
	p.Errored, p.Incomplete = head.Errored, head.Incomplete
	return p, err
}

// adding returns what adds a resource to a list.
func adding(to *[]Change) func(document.Resource) error {
	return func(r document.Resource) error {
		if r.Mode == "data" && ActionOf(r.Change.Actions) == NoOp {
			return nil // has the type and the id of an object, but does not manage it
		}
		c, err := changeOf(r)
		*to = append(*to, c)
		return err
	}
}
