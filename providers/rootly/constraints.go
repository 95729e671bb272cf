package rootly

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
)

// A slot is a number that only one object of a parent can have.
type slot struct {
	api    string
	parent graph.ID
	path   string
	number string
}

// slots counts how many objects have a number that only one of them may have.
type slots map[slot]int

func newSlots(live *Live) slots {
	taken := slots{}
	for _, obj := range live.Objects {
		for _, c := range obj.Type.Constraints {
			if c.Check == catalogue.Alone {
				taken[slotOf(obj, c.Path)]++
			}
		}
	}
	return taken
}

func slotOf(obj *Object, path string) slot {
	n, _ := obj.Node.Attributes[path].(json.Number)
	return slot{api: obj.Type.API, parent: obj.Parent, path: path, number: n.String()}
}

// refuse returns why the provider would refuse to plan an object, and the hint. Both are empty for an object that can
// be planned.
func (taken slots) refuse(obj *Object, attrs map[string]any) (reason, fix string) {
	if obj.elusive {
		return "Rootly lists it and answers 404 for it alone, so the provider cannot read it", ""
	}
	for _, c := range obj.Type.Constraints {
		broken, value := breaks(c, attrs)
		if c.Check == catalogue.Alone {
			s := slotOf(obj, c.Path)
			broken, value = s.number != "" && taken[s] > 1, s.number
		}
		switch {
		case broken && value == nil:
			return c.Reason, c.Fix
		case broken:
			return fmt.Sprintf(c.Reason, value), c.Fix
		}
	}
	return "", ""
}

// breaks reports whether attributes break a constraint, and the offending value, if it is a single one.
func breaks(c catalogue.Constraint, attrs map[string]any) (broken bool, value any) {
	switch c.Check {
	case catalogue.Present:
		return attrs[c.Path] == nil, nil
	case catalogue.AnyTrue:
		return !isTrue(attrs, c.Path) && !isTrue(attrs, c.Other), nil
	case catalogue.Distinct:
		return twice(valuesAt(attrs, c.Path))
	case catalogue.Within:
		return missing(valuesAt(attrs, c.Path), valuesAt(attrs, c.Other))
	case catalogue.OneOf:
		return notOneOf(c, attrs)
	}
	return false, nil
}

func twice(values []string) (bool, any) {
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v] {
			return true, v
		}
		seen[v] = true
	}
	return false, nil
}

func missing(values, from []string) (bool, any) {
	for _, v := range values {
		if !slices.Contains(from, v) {
			return true, v
		}
	}
	return false, nil
}

// notOneOf finds the first element that has both attributes of c, or neither.
func notOneOf(c catalogue.Constraint, attrs map[string]any) (bool, any) {
	list, flag, _ := strings.Cut(c.Path, ".")
	_, other, _ := strings.Cut(c.Other, ".")
	elements, _ := attrs[list].([]any)
	for i, element := range elements {
		m, _ := element.(map[string]any)
		group, _ := m[other].([]any)
		if isTrue(m, flag) == (len(group) > 0) {
			return true, i + 1
		}
	}
	return false, nil
}

// valuesAt returns the elements of lists, and the keys of objects, at a path.
func valuesAt(attrs map[string]any, path string) []string {
	var values []string
	for _, hit := range lookup(attrs, strings.Split(path, "."), "") {
		switch v := hit.value.(type) {
		case map[string]any:
			values = append(values, sortedKeys(v)...)
		case nil:
			if strings.HasSuffix(hit.path, "]") { // an element of a list, which counts as a value
				values = append(values, "")
			}
		default:
			values = append(values, fmt.Sprint(v))
		}
	}
	return values
}
