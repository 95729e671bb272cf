package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// Read reads the document that show -json writes of a plan, one object at a time, and masks its values
// with a veil. Its errors are
// [ErrNoPlan], [ErrFormat], or say where the document breaks off.
func Read(r io.Reader, veil *secret.Veil, o Options) (*Plan, error) {
	sum := sha256.New()
	d := &document{
		dec:  json.NewDecoder(io.TeeReader(r, sum)),
		plan: &Plan{},
		diff: differ{options: o.withDefaults(), masks: veil, hidden: map[string]bool{}},
		seen: map[string]bool{},
		vars: map[string]string{},
	}
	d.dec.UseNumber()
	if err := d.read(); err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, d.dec.Buffered()); err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	if _, err := io.Copy(sum, r); err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	d.finish(sum)
	return d.plan, nil
}

// A document is a plan while it is read.
type document struct {
	dec  *json.Decoder
	plan *Plan
	diff differ
	seen map[string]bool   // keys at the top
	vars map[string]string // values of the variables that are texts
}

func (d *document) read() error {
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
		if err := d.field(key); err != nil {
			return err
		}
	}
	if _, err := d.dec.Token(); err != nil {
		return broken(err)
	}
	return d.check()
}

// broken is the error for a document that ends early, or is no JSON further down.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: it breaks off or is no JSON: %w", ErrNoPlan, err)
}

// check makes sure that it was a plan, and not another document of an engine.
func (d *document) check() error {
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
		return fmt.Errorf("%w: it says nothing of resources", ErrNoPlan)
	}
	return nil
}

func (d *document) field(key string) error {
	var err error
	switch key {
	case "format_version":
		if err = d.dec.Decode(&d.plan.Format); err == nil {
			return checkFormat(d.plan.Format)
		}
	case "terraform_version":
		err = d.dec.Decode(&d.plan.Engine)
	case "errored":
		err = d.dec.Decode(&d.plan.Errored)
	case "resource_changes":
		err = d.each(d.resource)
	case "resource_drift":
		err = d.each(func(wireResource) error { d.plan.Drifted++; return nil })
	case "output_changes":
		err = d.outputs()
	case "variables":
		err = d.variables()
	case "configuration":
		err = d.configuration()
	default:
		err = d.skip()
	}
	if err != nil {
		return broken(fmt.Errorf("%s: %w", key, err))
	}
	return nil
}

// checkFormat accepts the first major version: before it, plans do not say what is sensitive.
func checkFormat(version string) error {
	major, _, _ := strings.Cut(version, ".")
	if major != "1" {
		return fmt.Errorf("%w: it is %s, and only 1.x is", ErrFormat, version)
	}
	return nil
}

// each calls read for each object of the list that comes next. The list may be null.
func (d *document) each(read func(wireResource) error) error {
	token, err := d.dec.Token()
	if err != nil || token == nil {
		return err
	}
	if token != json.Delim('[') {
		return fmt.Errorf("%v where a list was expected", token)
	}
	for d.dec.More() {
		var w wireResource
		if err := d.dec.Decode(&w); err != nil {
			return err
		}
		if err := read(w); err != nil {
			return fmt.Errorf("%s: %w", w.Address, err)
		}
	}
	_, err = d.dec.Token()
	return err
}

// resource takes note of one object.
func (d *document) resource(w wireResource) error {
	action := w.action()
	if w.Mode == "data" {
		action = ""
	}
	if action == "" && !w.Change.marked() {
		return nil
	}
	values, err := w.Change.parse()
	if err != nil {
		return err
	}
	values.typ = w.Type
	d.diff.remember(values)
	if action == "" {
		return nil
	}
	c := Change{
		Address: secret.Mask(w.Address), Module: secret.Mask(w.Module), Type: w.Type, Action: action,
		Reason: strings.ReplaceAll(w.Reason, "_", " "),
	}
	if action == Moved || w.Previous != "" && w.Previous != w.Address {
		c.Previous = secret.Mask(w.Previous)
	}
	c.Attributes, c.More = d.diff.compare(values)
	d.plan.Changes = append(d.plan.Changes, c)
	return nil
}

// outputs takes note of the outputs that change.
func (d *document) outputs() error {
	var wire map[string]wireChange
	if err := d.dec.Decode(&wire); err != nil {
		return err
	}
	for _, name := range sortedNames(wire) {
		values, err := wire[name].parse()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		d.diff.remember(values)
		action := actionOf(wire[name].Actions)
		if action == "" {
			continue
		}
		c := Change{Address: "output." + name, Action: action}
		c.Attributes, c.More = d.diff.compare(values.under(name))
		d.plan.Outputs = append(d.plan.Outputs, c)
	}
	return nil
}

// variables keeps the texts, until the configuration tells which are sensitive.
func (d *document) variables() error {
	var wire map[string]struct {
		Value json.RawMessage `json:"value"`
	}
	if err := d.dec.Decode(&wire); err != nil {
		return err
	}
	for name, v := range wire {
		d.vars[name] = string(v.Value)
	}
	return nil
}

func (d *document) configuration() error {
	var wire struct {
		Root struct {
			Variables map[string]struct {
				Sensitive bool `json:"sensitive"`
			} `json:"variables"`
		} `json:"root_module"`
	}
	if err := d.dec.Decode(&wire); err != nil {
		return err
	}
	for name, v := range wire.Root.Variables {
		if !v.Sensitive {
			continue
		}
		value, err := parse([]byte(d.vars[name]))
		if err != nil {
			return err
		}
		d.diff.conceal(value)
	}
	return nil
}

// skip reads over one value without keeping it.
func (d *document) skip() error {
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

// finish hides what turned out to be hidden elsewhere, cuts what is long and makes the digests.
func (d *document) finish(source hash.Hash) {
	show := d.diff.show()
	content := sha256.New()
	for _, list := range [][]Change{d.plan.Changes, d.plan.Outputs} {
		for i := range list {
			for j := range list[i].Attributes {
				show(&list[i].Attributes[j])
			}
			line, _ := json.Marshal(list[i]) // texts and numbers: cannot fail
			content.Write(append(line, '\n'))
		}
	}
	d.plan.Source = hex.EncodeToString(source.Sum(nil))
	d.plan.Content = hex.EncodeToString(content.Sum(nil))
}
