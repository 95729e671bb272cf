package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// An oddity is one value of one object that Rootly never answers.
type oddity struct {
	object int
	path   []any           // names and indexes from the JSON:API object on
	value  json.RawMessage // nil: the value is missing
}

// String names the place, and the value as far as it is short.
func (o oddity) String() string {
	return fmt.Sprintf("object %d %v: %.60s", o.object, o.path, o.value)
}

// oddValues are what may stand in the place of a value.
func oddValues() []json.RawMessage {
	list := []string{
		`null`, `true`, `false`, `""`, `"text"`, `7`, `[]`, `{}`, `[null]`, `["a"]`, `[[]]`, `[{}]`, `{"a":1}`, `{"id":7}`, `[7,"a",null,{}]`,
		`0`, `-1`, `0.5`, `-0`, `1e2`, `9007199254740993`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775809`, `1e19`, `1e300`,
		`1e400`, `-1e400`, `1e-400`, `1e10000000`, `-1e10000000`, `1e646456994`, `1e-646456994`, `1e99999999999999999999`,
		`"${var.x}"`, `"%{if true}"`, `"{{ a"`, `"\u0000"`, `"\u001b[31m"`, `"\u202e\u0085"`, `"\ud800"`, `"a\r\nb"`, `"EOT\nEOT\n"`, `"{\"a\":1e646456994}"`, `"[1e400]"`,
		`{"":1}`, `{"${x}":"y"}`, `{"a.b":{"c":[1]}}`, `{"__proto__":null}`,
	}
	values := make([]json.RawMessage, 0, len(list)+8)
	for _, s := range list {
		values = append(values, json.RawMessage(s))
	}
	for _, s := range []string{
		strings.Repeat("9", 100_000), `"` + strings.Repeat("x", 300_000) + `"`, `"` + strings.Repeat(`\n`, 50_000) + `"`,
		`[` + strings.Repeat(`"a",`, 5_000) + `"a"]`, `[` + strings.Repeat(`{},`, 5_000) + `{}]`,
		strings.Repeat(`[`, 2_000) + strings.Repeat(`]`, 2_000), strings.Repeat(`{"a":`, 2_000) + `1` + strings.Repeat(`}`, 2_000),
		`"` + strings.Repeat(`[`, 20_000) + `"`,
	} {
		values = append(values, json.RawMessage(s))
	}
	return values
}

// oddities makes n of them for the objects. Most are about attributes, some about the object itself.
func oddities(random *rand.Rand, objects []sandbox.Object, n int) []oddity {
	values := oddValues()
	list := make([]oddity, 0, n)
	for len(list) < n {
		i := random.IntN(len(objects))
		var paths [][]any
		tree := treeOf(objects[i].Body)
		if random.IntN(20) > 0 {
			tree = map[string]any{"attributes": tree["attributes"]}
		}
		everyPath(tree, nil, &paths)
		o := oddity{object: i, path: paths[random.IntN(len(paths))]}
		if random.IntN(12) > 0 {
			o.value = values[random.IntN(len(values))]
		}
		list = append(list, o)
	}
	return list
}

func treeOf(body []byte) map[string]any {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	tree := map[string]any{}
	if err := d.Decode(&tree); err != nil {
		panic(err)
	}
	return tree
}

func everyPath(tree any, at []any, paths *[][]any) {
	step := func(key any, below any) {
		path := append(slices.Clone(at), key)
		*paths = append(*paths, path)
		everyPath(below, path, paths)
	}
	switch v := tree.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			step(key, v[key])
		}
	case []any:
		for i, item := range v {
			step(i, item)
		}
	}
}

// withOddities returns the objects as an odd API answers them, and which of them have another id.
func withOddities(objects []sandbox.Object, list []oddity) (odd []sandbox.Object, renamed map[int]bool) {
	odd, renamed = slices.Clone(objects), map[int]bool{}
	for _, o := range list {
		tree := treeOf(odd[o.object].Body)
		put(tree, o)
		body, err := json.Marshal(tree)
		if err != nil {
			panic(err)
		}
		odd[o.object].Body = body
		if len(o.path) == 1 && o.path[0] == "id" {
			renamed[o.object] = true
		}
	}
	return odd, renamed
}

// put puts a value in its place, if that is still there.
func put(tree any, o oddity) {
	for i, step := range o.path {
		last := i == len(o.path)-1
		switch v := tree.(type) {
		case map[string]any:
			name, _ := step.(string)
			switch {
			case last && o.value == nil:
				delete(v, name)
			case last:
				v[name] = o.value
			}
			tree = v[name]
		case []any:
			at, ok := step.(int)
			if !ok || at >= len(v) {
				return
			}
			if last {
				v[at] = o.value
			}
			tree = v[at]
		default:
			return
		}
	}
}
