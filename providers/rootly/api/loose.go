package api

import (
	"encoding/json"
	"fmt"

	"github.com/google/jsonapi"
)

// decodeLoose reads documents that the strict types reject: ids as numbers, links as one string, empty maps written as
// lists. It takes about twice as long, so it is only tried after them.
func decodeLoose(reader *parser, body []byte, many bool) (document, error) {
	var top map[string]any
	if err := reader.parse(body, &top); err != nil {
		if isShape(err) {
			err = fmt.Errorf("%w: it is not an object", errShape)
		}
		return document{}, err
	}

	var d document
	switch data := top["data"].(type) {
	case []any:
		if !many {
			return d, fmt.Errorf("%w: data is a list instead of one object", errShape)
		}
		d.rows, d.faults = looseObjects(data)
	case map[string]any:
		if many {
			return d, fmt.Errorf("%w: data is one object instead of a list", errShape)
		}
		if d.rows, d.faults = looseObjects([]any{data}); d.faults.count > 0 {
			return document{}, fmt.Errorf("%w: %s", errShape, d.faults.first[0])
		}
	default:
		return d, fmt.Errorf("%w: it has no data", errShape)
	}
	included, _ := top["included"].([]any)
	d.included, _ = looseObjects(included) // what is missing there is requested
	d.links, d.meta = looseLinks(top["links"]), looseMeta(top["meta"])
	return d, nil
}

// looseObjects returns the objects of a list, and what is wrong with the other rows.
func looseObjects(list []any) (objects []*Object, wrong faults) {
	objects = make([]*Object, 0, len(list))
	for i, value := range list {
		fields, ok := value.(map[string]any)
		if !ok {
			wrong.note("object %d is %s", i+1, kindOf(value))
			continue
		}
		object, fault := looseObject(fields)
		if fault != "" {
			wrong.note("object %d, of id %q: %s", i+1, object.ID, fault)
			continue
		}
		objects = append(objects, object)
	}
	return objects, wrong
}

func looseObject(fields map[string]any) (object *Object, fault string) {
	object = &Object{ID: looseText(fields["id"]), Type: looseText(fields["type"]), Links: looseLinks(fields["links"]), Meta: looseMeta(fields["meta"])}
	var ok bool
	if object.Attributes, ok = looseMap(fields["attributes"]); !ok {
		return object, "attributes is " + kindOf(fields["attributes"])
	}
	if object.Relationships, ok = looseMap(fields["relationships"]); !ok {
		return object, "relationships is " + kindOf(fields["relationships"])
	}
	return object, ""
}

// kindOf names the JSON type of a value.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	}
	return "an object"
}

// looseText is text, or a number as text. Anything else counts as missing.
func looseText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

// looseMap also takes an empty list, which some serializers write for an empty map.
func looseMap(value any) (m map[string]any, ok bool) {
	switch value := value.(type) {
	case nil:
		return nil, true
	case map[string]any:
		return value, true
	case []any:
		return nil, len(value) == 0
	}
	return nil, false
}

func looseLinks(value any) *jsonapi.Links {
	switch value := value.(type) {
	case map[string]any:
		links := jsonapi.Links(value)
		return &links
	case string:
		return &jsonapi.Links{"self": value}
	}
	return nil
}

func looseMeta(value any) *jsonapi.Meta {
	if value, ok := value.(map[string]any); ok {
		meta := jsonapi.Meta(value)
		return &meta
	}
	return nil
}
