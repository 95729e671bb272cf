package organisation

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// TestEveryTrapIsSet looks for each trap in the bodies themselves, by what makes it one.
func TestEveryTrapIsSet(t *testing.T) {
	t.Parallel()
	all := decode(t, New(Options{Seed: 9}))
	byKind := make(map[string][]live)
	for _, o := range all {
		if o.Type != nil {
			byKind[o.Type.Name] = append(byKind[o.Type.Name], o)
		}
	}
	used := make(map[string]bool)
	for _, trap := range traps() {
		proof, about := proofOf(trap.name)
		if proof == nil {
			t.Errorf("nothing proves %q of %s", trap.name, trap.kind)
			continue
		}
		used[about] = true
		if !found(byKind[trap.kind], proof) {
			t.Errorf("no %s is a %q: %v", trap.kind, trap.name, proof)
		}
	}
	for name := range evidence() {
		if !used[name] {
			t.Errorf("%q proves no trap", name)
		}
	}
}

// proofOf returns what shows a trap. A name that ends in * stands for many traps, whose
// rest of the name replaces the * in the proof.
func proofOf(name string) (proof []string, key string) {
	if p, ok := evidence()[name]; ok {
		return p, name
	}
	for key, list := range evidence() {
		stem, open := strings.CutSuffix(key, "*")
		if rest, ok := strings.CutPrefix(name, stem); ok && open {
			for _, p := range list {
				proof = append(proof, strings.ReplaceAll(p, "*", rest))
			}
			return proof, key
		}
	}
	return nil, ""
}

func found(objects []live, proof []string) bool {
	for _, o := range objects {
		if holdsAll(o, proof) {
			return true
		}
	}
	return false
}

func holdsAll(o live, proof []string) bool {
	for _, p := range proof {
		if !holds(o, p) {
			return false
		}
	}
	return true
}

// holds evaluates one statement about an object:
//
//	path=json   some value at the path equals the JSON text
//	path~text   some value at the path is a text that contains it
//	path:kind   some value at the path is of that JSON kind
//	path@       some value at the path is the object's own id
func holds(o live, statement string) bool {
	at := strings.IndexAny(statement, "=~:@")
	path, operator, want := statement[:at], statement[at], statement[at+1:]
	for _, v := range valuesAt(o.Attributes, strings.Split(path, ".")) {
		switch operator {
		case '=':
			var w any
			if json.Unmarshal([]byte(want), &w) == nil && reflect.DeepEqual(v, w) {
				return true
			}
		case '~':
			if s, ok := v.(string); ok && strings.Contains(s, want) {
				return true
			}
		case ':':
			if kindOf(v) == want {
				return true
			}
		case '@':
			if v == o.ID {
				return true
			}
		}
	}
	return false
}

// valuesAt follows a path; lists stand for each of their elements, and for themselves at the end.
func valuesAt(v any, path []string) []any {
	if len(path) == 0 {
		if list, ok := v.([]any); ok {
			return append([]any{v}, list...)
		}
		return []any{v}
	}
	switch v := v.(type) {
	case map[string]any:
		e, ok := v[path[0]]
		if !ok {
			return nil
		}
		return valuesAt(e, path[1:])
	case []any:
		var out []any
		for _, e := range v {
			out = append(out, valuesAt(e, path)...)
		}
		return out
	}
	return nil
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case float64:
		return "number"
	case bool:
		return "truth"
	case []any:
		return "list"
	}
	return "object"
}

// TestAwkwardTexts holds that every awkward name and text comes out of the JSON as it went in.
func TestAwkwardTexts(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, o := range decode(t, New(Options{Seed: 9})) {
		for _, attr := range []string{"name", "description"} {
			if s, ok := o.Attributes[attr].(string); ok {
				seen[s] = true
			}
		}
	}
	for _, s := range append(awkwardNames(), awkwardTexts()...) {
		if !seen[s] {
			t.Errorf("nothing is called or described as %q", s)
		}
	}
}

// TestCircles looks for the references that close a circle.
func TestCircles(t *testing.T) {
	t.Parallel()
	all := decode(t, New(Options{Seed: 9}))
	policyOf, defaults, positions := make(map[string]string), make(map[string]bool), make(map[string]int)
	for _, o := range all {
		switch {
		case o.API == "services":
			policyOf[o.ID] = scalar(o.Attributes["escalation_policy_id"])
		case o.API == "form_fields":
			for _, id := range valuesAt(o.Attributes, []string{"default_values"}) {
				defaults[scalar(id)+o.ID] = true
			}
		case o.API == "workflow_tasks":
			positions[o.Parent+fmt.Sprint(o.Attributes["position"])]++
		}
	}
	mutual, option, twice, myself := 0, 0, 0, 0
	for _, o := range all {
		switch o.API {
		case "escalation_policies":
			for _, id := range valuesAt(o.Attributes, []string{"service_ids"}) {
				if policyOf[scalar(id)] == o.ID {
					mutual++
				}
			}
		case "form_field_options":
			if defaults[o.ID+o.Parent] {
				option++
			}
		case "workflow_tasks":
			for _, id := range valuesAt(o.Attributes, []string{"task_params", "workflow", "id"}) {
				if id == o.Parent {
					myself++
				}
			}
		}
	}
	for _, n := range positions {
		if n > 1 {
			twice++
		}
	}
	if mutual == 0 || option < 2 || twice != 1 || myself == 0 {
		t.Errorf("%d policies and services name each other, %d options are the default of their field, %d positions are shared, %d workflows start themselves",
			mutual, option, twice, myself)
	}
}
