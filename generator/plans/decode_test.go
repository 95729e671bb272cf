package plans

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

func TestDecodeRefusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":         ``,
		"torn":          `{"format_version": "1.2", "resource_changes": [{"address": "a`,
		"torn in skip":  `{"format_version": "1.2", "configuration": {"a": [`,
		"no version":    `{"errored": false}`,
		"newer version": `{"format_version": "2.0"}`,
		"huge number":   changing(`"before": {"n": 1}, "after": {"n": 1e999999999}`),
		"tiny number":   changing(`"before": [1E-99999], "after": {}`),
		"other shape":   `{"format_version": "1.2", "resource_changes": {}}`,
		"array":         `[]`,
		"null":          `null`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if plan, err := Decode(strings.NewReader(text)); err == nil {
				t.Errorf("read as %+v", plan)
			}
		})
	}
}

// changing is a plan with one change.
func changing(values string) string {
	return `{"format_version": "1.2", "planned_values": {}, "resource_changes": [{"address": "a.b", "mode": "managed", "type": "a", "change": {"actions": ["update"], ` + values + `}}]}`
}

func TestDecodeValues(t *testing.T) {
	t.Parallel()
	number := func(text string) cty.Value { return cty.MustParseNumberVal(text) }
	for _, tt := range []struct {
		name, values  string
		before, after cty.Value
		sensitive     []string
		replacing     []string
	}{
		{name: "exact numbers", values: `"before": 12345678901234567890, "after": 1.10e2`, before: number("12345678901234567890"), after: number("110")},
		{name: "powers in a text", values: `"before": "1e999999999", "after": "\\"`, before: cty.StringVal("1e999999999"), after: cty.StringVal(`\`)},
		{
			name:   "not known yet",
			values: `"before": null, "after": {"l": ["a"]}, "after_unknown": {"id": true, "l": [false, true], "known": {}}`,
			before: cty.NullVal(cty.DynamicPseudoType),
			after: cty.ObjectVal(map[string]cty.Value{
				"id": cty.DynamicVal, "l": cty.TupleVal([]cty.Value{cty.StringVal("a"), cty.DynamicVal}),
			}),
		},
		{
			name:      "marks of both sides, each once",
			values:    `"before_sensitive": {"a": true, "l": [false, true]}, "after_sensitive": {"a": true}, "replace_paths": [["a"], ["l", 1, "x"]]`,
			before:    cty.NullVal(cty.DynamicPseudoType),
			after:     cty.NullVal(cty.DynamicPseudoType),
			sensitive: []string{".a", ".l[1]"},
			replacing: []string{".a", ".l[1].x"},
		},
		{name: "all of it", values: `"after_unknown": true, "after_sensitive": true`, before: cty.NullVal(cty.DynamicPseudoType), after: cty.DynamicVal, sensitive: []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			plan, err := Decode(strings.NewReader(changing(tt.values)))
			if err != nil {
				t.Fatal(err)
			}
			c := plan.Changes[0]
			if !c.Before.RawEquals(tt.before) || !c.After.RawEquals(tt.after) {
				t.Errorf("%#v to %#v", c.Before, c.After)
			}
			if diff := cmp.Diff([][]string{tt.sensitive, tt.replacing}, [][]string{spelt(c.Sensitive), spelt(c.Replacing)}); diff != "" {
				t.Errorf("sensitive and replacing (-want +got):\n%s", diff)
			}
		})
	}
}

func spelt(paths []cty.Path) []string {
	var list []string
	for _, path := range paths {
		list = append(list, spell(path))
	}
	return list
}

// spell writes a path of names and indexes.
func spell(path cty.Path) string {
	text := ""
	for _, step := range path {
		if index, ok := step.(cty.IndexStep); ok {
			text += "[" + index.Key.AsBigFloat().String() + "]"
		} else {
			text += "." + step.(cty.GetAttrStep).Name
		}
	}
	return text
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"../verify/testdata/mixed.json", "change/testdata/terraform.json"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, values := range []string{
		`"before": {"a": 1}, "after": {"a": 1e999999999}`, `"before": [], "after": {}, "after_unknown": {"a": [true]}`,
		`"before": null, "after": 7, "after_unknown": [{"x": true}]`, `"before_sensitive": [[true], {"a": true}], "after_sensitive": 1`,
		`"replace_paths": [[], [null], [{}], [true, 1.5, "a"]]`, `"importing": {}`, `"before": {"\u0065\u0301": 1, "\u00e9": 2}`,
	} {
		f.Add([]byte(changing(values)))
	}
	f.Add([]byte(`{"format_version": "1.2", "planned_values": {}, "resource_drift": [{}], "output_changes": {"a": {}}, "deferred_changes": [{}], "action_invocations": [null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		plan, err := Decode(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, c := range plan.Changes {
			if c.Action != NoOp && (c.Before == cty.NilVal || c.After == cty.NilVal) {
				t.Errorf("no values of %+v", c)
			}
		}
	})
}

func FuzzStream(f *testing.F) {
	f.Add([]byte(`{"type":"refresh_start","hook":{"resource":{"addr":"a.b"},"id_value":"1"}}` + "\n" + `{"type":"diagnostic","diagnostic":{"severity":"error","summary":"1"}}` + "\n"))
	f.Add([]byte("noise\n{}\n[]\nnull\n" + `{"type":"refresh_complete","hook":null}` + "\n" + `{"type":1,"diagnostic":{"range":{},"snippet":{"context":null}}}` + "\n"))
	f.Add([]byte("│ \x1b[31mError: Bad\n│   on a.tf line 99999999999999999999:\n│ text"))
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, pieces := NewStream(func(int) {}), NewStream(func(int) {})
		_, _ = whole.Write(text)
		for i := range text {
			_, _ = pieces.Write(text[i : i+1])
		}
		if diff := cmp.Diff(whole.Settled(), pieces.Settled()); diff != "" {
			t.Errorf("in pieces it says something else:\n%s", diff)
		}
		for _, d := range ParseText(string(text)) {
			_ = d.String()
		}
	})
}
