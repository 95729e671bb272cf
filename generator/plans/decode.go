package plans

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Plan is what an engine would do, and what it said meanwhile.
type Plan struct {
	Changes  []Change // every resource in code or state, also those without a change
	Drift    []Change // what differs between the state and what the provider read, whatever the code says
	Outputs  []string // outputs that would change
	Deferred []string // resources that the engine put off
	Invoked  []string // provider actions that would run

	// Errored is set when the engine gave up on some resources; Diagnostics say which. Changes are then incomplete.
	Errored bool

	// What the document does not say.
	Unread      []string // addresses whose live object could not be read
	Targeted    bool     // restricted to some addresses: it proves nothing about the rest
	Diagnostics []Diagnostic
}

// Decode reads the document that show -json writes. It is read as a stream, one resource at a time, since it holds
// every value four times and grows to hundreds of megabytes.
func Decode(r io.Reader) (Plan, error) {
	var plan Plan
	dec := json.NewDecoder(r)
	if err := expectDelim(dec, '{'); err != nil {
		return plan, err
	}

	seenVersion := false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return plan, fmt.Errorf("read plan: %w", err)
		}
		seenVersion = seenVersion || key == "format_version"
		if err := plan.readField(dec, key.(string)); err != nil {
			return plan, fmt.Errorf("read plan: %v: %w", key, err)
		}
	}
	if err := expectDelim(dec, '}'); err != nil {
		return plan, err
	}
	if !seenVersion {
		return plan, errors.New("read plan: no format_version: this is no plan")
	}
	return plan, nil
}

func (p *Plan) readField(dec *json.Decoder, key string) error {
	switch key {
	case "format_version":
		return checkFormat(dec)
	case "errored":
		return dec.Decode(&p.Errored)
	case "resource_changes":
		return eachElement(dec, func() error { return appendChange(dec, &p.Changes) })
	case "resource_drift":
		return eachElement(dec, func() error { return appendChange(dec, &p.Drift) })
	case "deferred_changes":
		return eachElement(dec, func() error { return appendDeferred(dec, &p.Deferred) })
	case "action_invocations":
		return eachElement(dec, func() error { return appendAddress(dec, &p.Invoked) })
	case "output_changes":
		return p.readOutputs(dec)
	default:
		return skipValue(dec)
	}
}

func checkFormat(dec *json.Decoder) error {
	var format string
	if err := dec.Decode(&format); err != nil {
		return err
	}
	if !strings.HasPrefix(format, "1.") {
		return fmt.Errorf("version %s of the plan format is not known, only 1.x", format)
	}
	return nil
}

func appendChange(dec *json.Decoder, to *[]Change) error {
	var wire wireChange
	if err := dec.Decode(&wire); err != nil {
		return err
	}
	if wire.Mode == "data" && actionOf(wire.Change.Actions) == NoOp {
		return nil // has the type and the id of an object, but does not manage it
	}
	change, err := wire.change()
	if err != nil {
		return fmt.Errorf("%s: %w", wire.Address, err)
	}
	*to = append(*to, change)
	return nil
}

func appendDeferred(dec *json.Decoder, to *[]string) error {
	var wire struct {
		Change struct {
			Address string `json:"address"`
		} `json:"resource_change"`
	}
	err := dec.Decode(&wire)
	*to = append(*to, wire.Change.Address)
	return err
}

func appendAddress(dec *json.Decoder, to *[]string) error {
	var wire struct {
		Address string `json:"address"`
	}
	err := dec.Decode(&wire)
	*to = append(*to, wire.Address)
	return err
}

func (p *Plan) readOutputs(dec *json.Decoder) error {
	if err := expectDelim(dec, '{'); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var wire struct {
			Actions []string `json:"actions"`
		}
		if err := dec.Decode(&wire); err != nil {
			return err
		}
		if actionOf(wire.Actions) != NoOp {
			p.Outputs = append(p.Outputs, name.(string))
		}
	}
	return expectDelim(dec, '}')
}

// eachElement calls read for each element of the array that comes next.
func eachElement(dec *json.Decoder, read func() error) error {
	if err := expectDelim(dec, '['); err != nil {
		return err
	}
	for dec.More() {
		if err := read(); err != nil {
			return err
		}
	}
	return expectDelim(dec, ']')
}

func expectDelim(dec *json.Decoder, want json.Delim) error {
	token, err := dec.Token()
	if err != nil {
		return fmt.Errorf("read plan: %w", err)
	}
	if token != want {
		return fmt.Errorf("read plan: %v where %v was expected", token, want)
	}
	return nil
}

// skipValue reads over one value without keeping it.
func skipValue(dec *json.Decoder) error {
	for depth := 0; ; {
		token, err := dec.Token()
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
