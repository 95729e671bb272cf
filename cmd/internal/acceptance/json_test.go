package acceptance

import (
	"encoding/json"
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

// differing lists the paths, without indexes, at which two JSON values differ. Null, nothing and what
// is empty are the same here: the provider's SDK cannot tell them apart.
func differing(a, b any, at string) []string {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			return differingMembers(x, y, at)
		}
	case []any:
		y, ok := b.([]any)
		if ok && len(x) == len(y) {
			var found []string
			for i := range x {
				found = append(found, differing(x[i], y[i], at)...)
			}
			return found
		}
	}
	if reflect.DeepEqual(a, b) || blank(a) && blank(b) {
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

// blank reports whether a value says nothing.
func blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
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
