package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Errors that callers may want to distinguish.
var (
	ErrNoPlan = errors.New("this is not a plan")
	ErrFormat = errors.New("this version of the plan format is not supported")
)

// Parts are called with the parts of the document, in its order. A part without a function is skipped.
type Parts struct {
	Resource   func(Resource) error
	Drift      func(Resource) error
	Output     func(name string, c Change) error // by name
	Deferred   func(Deferred) error
	Invocation func(Invocation) error
	Check      func(Check) error    // that failed
	Variable   func(Variable) error // by name, after the document has ended
}

// Head is the general part of a document.
type Head struct {
	Format  string // version of the plan format
	Engine  string // version of the engine that planned
	Errored bool   // the plan itself failed, so that changes may be missing

	// Incomplete says that another plan is needed after this one: it was limited to some resources, or postponed some.
	Incomplete bool
}

// Read reads the document that show -json writes for a plan. Its errors are [ErrNoPlan], [ErrFormat], or say where the
// document ends unexpectedly.
func Read(r io.Reader, parts Parts) (Head, error) {
	d := &reading{dec: json.NewDecoder(r), parts: parts, seen: map[string]bool{}}
	if err := d.read(); err != nil {
		return Head{}, err
	}
	return d.head, d.variables()
}

// A reading is a document that is being read.
type reading struct {
	dec   *json.Decoder
	parts Parts
	head  Head
	seen  map[string]bool // keys at the top
	vars  map[string]struct {
		Value json.RawMessage `json:"value"`
	}
	declared configured
}

func (d *reading) read() error {
	token, err := d.dec.Token()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it is empty", ErrNoPlan)
	}
	if err != nil || token != json.Delim('{') {
		return fmt.Errorf("%w: it is not a JSON object", ErrNoPlan)
	}
	for d.dec.More() {
		token, err := d.dec.Token()
		if err != nil {
			return broken(err)
		}
		key, _ := token.(string)
		d.seen[key] = true
		if err := d.field(key); errors.Is(err, ErrFormat) {
			return err
		} else if err != nil {
			return broken(fmt.Errorf("%s: %w", key, err))
		}
	}
	if _, err := d.dec.Token(); err != nil {
		return broken(err)
	}
	return d.check()
}

// broken is the error for a document that ends early or is not valid JSON.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: it is incomplete or not JSON: %w", ErrNoPlan, err)
}

// check makes sure that the document is a plan, and not another document of an engine.
func (d *reading) check() error {
	switch {
	case d.seen["@level"]:
		return fmt.Errorf("%w but the log of plan -json", ErrNoPlan)
	case d.seen["remote_plan_format"]:
		return fmt.Errorf("%w but a reference to one that HCP Terraform holds", ErrNoPlan)
	case d.seen["provider_schemas"]:
		return fmt.Errorf("%w but the schemas of providers", ErrNoPlan)
	case d.seen["serial"] && d.seen["lineage"], d.seen["values"] && !d.seen["planned_values"]:
		return fmt.Errorf("%w but a state", ErrNoPlan)
	case !d.seen["format_version"]:
		return fmt.Errorf("%w: it has no format_version", ErrNoPlan)
	case !d.seen["planned_values"] && !d.seen["resource_changes"] && !d.seen["configuration"]:
		return fmt.Errorf("%w: it has no resource changes", ErrNoPlan)
	}
	return nil
}

func (d *reading) field(key string) error {
	switch p := d.parts; {
	case key == "format_version":
		if err := d.dec.Decode(&d.head.Format); err != nil {
			return err
		}
		return checkFormat(d.head.Format)
	case key == "terraform_version":
		return d.dec.Decode(&d.head.Engine)
	case key == "errored":
		return d.dec.Decode(&d.head.Errored)
	case key == "complete": // since Terraform 1.8
		complete := true
		err := d.dec.Decode(&complete)
		d.head.Incomplete = !complete
		return err
	case key == "resource_changes" && p.Resource != nil:
		return each(d.dec, func(r Resource) error { return within(r.Address, p.Resource(r)) })
	case key == "resource_drift" && p.Drift != nil:
		return each(d.dec, func(r Resource) error { return within(r.Address, p.Drift(r)) })
	case key == "deferred_changes" && p.Deferred != nil:
		return each(d.dec, func(e Deferred) error { return within(e.Resource.Address, p.Deferred(e)) })
	case key == "action_invocations" && p.Invocation != nil:
		return each(d.dec, func(e Invocation) error { return within(e.Address, p.Invocation(e)) })
	case key == "checks" && p.Check != nil:
		return each(d.dec, func(e checked) error {
			for _, c := range e.failed() {
				if err := p.Check(c); err != nil {
					return err
				}
			}
			return nil
		})
	case key == "output_changes" && p.Output != nil:
		return d.outputs()
	case key == "variables" && p.Variable != nil:
		return d.dec.Decode(&d.vars)
	case key == "configuration" && p.Variable != nil:
		return d.dec.Decode(&d.declared)
	}
	return d.skip()
}

// checkFormat accepts the first major version: older plans do not mark sensitive values.
func checkFormat(version string) error {
	major, _, _ := strings.Cut(version, ".")
	if major != "1" {
		return fmt.Errorf("%w: it is %s, and only 1.x is", ErrFormat, version)
	}
	return nil
}

// each calls read for each element of the next list, which may be null.
func each[T any](dec *json.Decoder, read func(T) error) error {
	token, err := dec.Token()
	if err != nil || token == nil {
		return err
	}
	if token != json.Delim('[') {
		return fmt.Errorf("%v where a list was expected", token)
	}
	for dec.More() {
		var element T
		if err := dec.Decode(&element); err != nil {
			return err
		}
		if err := read(element); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// within adds the resource or output to an error.
func within(name string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (d *reading) outputs() error {
	var changes map[string]Change
	if err := d.dec.Decode(&changes); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if err := within(name, d.parts.Output(name, changes[name])); err != nil {
			return err
		}
	}
	return nil
}

// variables passes the variables on once it is known which are sensitive.
func (d *reading) variables() error {
	for _, name := range slices.Sorted(maps.Keys(d.vars)) {
		v := Variable{Name: name, Value: d.vars[name].Value, Sensitive: d.declared.Root.Variables[name].Sensitive}
		if err := d.parts.Variable(v); err != nil {
			return broken(fmt.Errorf("variables: %s: %w", name, err))
		}
	}
	return nil
}

// skip reads one value without keeping it.
func (d *reading) skip() error {
	for depth := 0; ; {
		token, err := d.dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
