package acceptance

import (
	"encoding/json"
	"math/big"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// attributesOf reads what an object has been set to, without what is null or nothing.
func attributesOf(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var doc struct {
		Attributes map[string]any `json:"attributes"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return doc.Attributes
}

// byID finds objects by JSON:API type and id.
func byID(objects []sandbox.Object) map[[2]string]sandbox.Object {
	found := make(map[[2]string]sandbox.Object, len(objects))
	for _, o := range objects {
		found[[2]string{o.API, o.ID}] = o
	}
	return found
}

// differing lists the paths, without indexes, at which two JSON values differ. Null and the zero of a
// type are the same here: the provider's SDK cannot tell them apart. Where only the order of texts
// differs, the path ends in " order".
func differing(a, b any, at string) []string {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			return differingMembers(x, y, at)
		}
	case []any:
		y, ok := b.([]any)
		if ok && !reflect.DeepEqual(a, b) && reflect.DeepEqual(inOrder(x), inOrder(y)) {
			return []string{at + " order"}
		}
		if ok && len(x) == len(y) {
			var found []string
			for i := range x {
				found = append(found, differing(x[i], y[i], at)...)
			}
			return found
		}
	}
	if x, ok := a.(json.Number); ok {
		y, ok := b.(json.Number)
		if ok && exact(x).Cmp(exact(y)) == 0 {
			return nil
		}
	}
	if reflect.DeepEqual(a, b) || blank(a) && blank(b) || sameDocument(a, b) {
		return nil
	}
	return []string{at}
}

func differingMembers(a, b map[string]any, at string) []string {
	var found []string
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	for name := range names {
		found = append(found, differing(a[name], b[name], strings.TrimPrefix(at+"."+name, "."))...)
	}
	sort.Strings(found)
	return found
}

// sameDocument reports whether two texts are JSON that says the same in other bytes.
func sameDocument(a, b any) bool {
	x, xok := a.(string)
	y, yok := b.(string)
	if !xok || !yok || !strings.HasPrefix(x, "{") && !strings.HasPrefix(x, "[") {
		return false
	}
	return len(differing(document(x), document(y), "")) == 0
}

// document decodes a text without rounding its numbers; what is no JSON stays text.
func document(text string) any {
	var v any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil {
		return text
	}
	return v
}

// exact is the value of a number, however it is written.
func exact(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return new(big.Rat)
	}
	return r
}

// inOrder sorts a list by the text of its elements.
func inOrder(list []any) []string {
	texts := make([]string, 0, len(list))
	for _, e := range list {
		text, _ := json.Marshal(e)
		texts = append(texts, string(text))
	}
	sort.Strings(texts)
	return texts
}

// blank reports whether a value says nothing.
func blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case float64:
		return v == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, inner := range v {
			if !blank(inner) {
				return false
			}
		}
		return true
	}
	return false
}

var indexes = regexp.MustCompile(`\[[^\]]*\]`)

// names takes the indexes out of a path.
func names(path string) string { return indexes.ReplaceAllString(path, "") }

// within reports whether one path leads to the other, or to a part of it.
func within(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}
