package api

import (
	"encoding/json"
	"fmt"

	"github.com/google/jsonapi"
)

// decodeLoose reads documents that the strict types reject: ids as numbers,
// links as one string, empty maps written as lists. It takes about twice as
// long and is only tried after them.
func decodeLoose(reader *parser, body []byte, many bool) (document, error) {
	var top map[string]any
	if err := reader.parse(body, &top); err != nil {
		if isShape(err) {
			err = fmt.Errorf("%w: it is not an object", errShape)
		}
		return document{}, err
	}

	var d document
	var err error
	switch data := top["data"].(type) {
	case []any:
		if !many {
			return d, fmt.Errorf("%w: data is a list instead of one object", errShape)
		}
		d.rows, err = looseObjects(data)
	case map[string]any:
		if many {
			return d, fmt.Errorf("%w: data is one object instead of a list", errShape)
		}
		d.rows, err = looseObjects([]any{data})
	default:
		err = fmt.Errorf("%w: it has no data", errShape)
	}
	if err != nil {
		return document{}, err
	}
	if included, ok := top["included"].([]any); ok {
		if d.included, err = looseObjects(included); err != nil {
			return document{}, err
		}
	}
	d.links, d.meta = looseLinks(top["links"]), looseMeta(top["meta"])
	return d, nil
}

func looseObjects(list []any) ([]*Object, error) {
	objects := make([]*Object, len(list))
	for i, value := range list {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%w: object %d is %T", errShape, i+1, value)
		}
		object, err := looseObject(fields)
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", i+1, err)
		}
		objects[i] = object
	}
	return objects, nil
}

func looseObject(fields map[string]any) (*Object, error) {
	object := &Object{Links: looseLinks(fields["links"]), Meta: looseMeta(fields["meta"])}
	var err error
	if object.Type, err = looseText(fields, "type"); err != nil {
		return nil, err
	}
	if object.ID, err = looseText(fields, "id"); err != nil {
		return nil, err
	}
	if object.Attributes, err = looseMap(fields, "attributes"); err != nil {
		return nil, err
	}
	object.Relationships, err = looseMap(fields, "relationships")
	return object, err
}

func looseText(fields map[string]any, name string) (string, error) {
	switch value := fields[name].(type) {
	case nil:
		return "", nil
	case string:
		return value, nil
	case json.Number:
		return value.String(), nil
	default:
		return "", fmt.Errorf("%w: %s is %T", errShape, name, value)
	}
}

// looseMap also takes an empty list, which some serializers write for an empty map.
func looseMap(fields map[string]any, name string) (map[string]any, error) {
	switch value := fields[name].(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return value, nil
	case []any:
		if len(value) == 0 {
			return nil, nil
		}
	}
	return nil, fmt.Errorf("%w: %s is %T", errShape, name, fields[name])
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
