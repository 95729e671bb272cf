package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/jsonapi"
)

// Object is one JSON:API resource object. Numbers in it are [json.Number].
type Object = jsonapi.Node

// document is one answer in the form of a list; a single object is a list of one.
type document struct {
	rows     []*Object
	raw      []json.RawMessage // the rows as they came, if requested in that form
	included []*Object
	links    *jsonapi.Links
	meta     *jsonapi.Meta
	faults   faults // rows that are not objects, and left out
}

// errTorn is a body that ends early or is not JSON: worth another attempt.
var errTorn = errors.New("the answer is incomplete")

// errShape is JSON that is not a JSON:API document: another attempt will not help.
var errShape = errors.New("the answer is not a JSON:API document")

// decodeMany reads a document whose data is a list.
func decodeMany(reader *parser, body []byte) (document, error) {
	var p jsonapi.ManyPayload
	err := reader.parse(body, &p)
	if isShape(err) {
		return decodeLoose(reader, body, true)
	}
	if err == nil && p.Data == nil {
		err = fmt.Errorf("%w: it has no data list", errShape)
	}
	if err != nil {
		return document{}, err
	}
	return document{rows: p.Data, included: p.Included, links: p.Links, meta: p.Meta}.withoutHoles(), nil
}

// decodeOne reads a document whose data is one object.
func decodeOne(reader *parser, body []byte) (document, error) {
	var p jsonapi.OnePayload
	err := reader.parse(body, &p)
	if isShape(err) {
		return decodeLoose(reader, body, false)
	}
	if err == nil && p.Data == nil {
		err = fmt.Errorf("%w: it has no data object", errShape)
	}
	if err != nil {
		return document{}, err
	}
	return document{rows: []*Object{p.Data}, included: p.Included}.withoutHoles(), nil
}

// withoutHoles removes null elements from a list.
func (d document) withoutHoles() document {
	for i, row := range d.rows {
		if row == nil {
			d.faults.note("object %d is null", i+1)
		}
	}
	isHole := func(o *Object) bool { return o == nil }
	d.rows, d.included = slices.DeleteFunc(d.rows, isHole), slices.DeleteFunc(d.included, isHole)
	return d
}

// faults describe what is wrong with rows of a list.
type faults struct {
	count int
	first []string
}

func (f *faults) note(format string, args ...any) {
	const most = 5
	f.count++
	if len(f.first) < most {
		f.first = append(f.first, fmt.Sprintf(format, args...))
	}
}

func (f *faults) add(more faults) {
	f.count += more.count
	f.first = append(f.first, more.first...)
}

// String says how many rows are missing and why.
func (f *faults) String() string {
	if f.count == 0 {
		return ""
	}
	return fmt.Sprintf("%d of its objects cannot be read: %s", f.count, oneLine(strings.Join(f.first, "; ")))
}
