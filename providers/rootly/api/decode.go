package api

import (
	"errors"
	"fmt"

	"github.com/google/jsonapi"
)

// Object is one JSON:API resource object. Numbers in it are [json.Number].
type Object = jsonapi.Node

// document is one answer in the shape of a list; a single object is a list of one.
type document struct {
	rows     []*Object
	included []*Object
	links    *jsonapi.Links
	meta     *jsonapi.Meta
}

// errTorn is a body that ends early or is not JSON: worth another attempt.
var errTorn = errors.New("the answer is incomplete")

// errShape is JSON that is no JSON:API document: asking again will not help.
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
	return document{rows: p.Data, included: p.Included, links: p.Links, meta: p.Meta}.checked()
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
	return document{rows: []*Object{p.Data}, included: p.Included}.checked()
}

// checked returns the document if it has no holes.
func (d document) checked() (document, error) {
	for _, list := range [][]*Object{d.rows, d.included} {
		for i, object := range list {
			if object == nil {
				return document{}, fmt.Errorf("%w: object %d is null", errShape, i+1)
			}
		}
	}
	return d, nil
}
