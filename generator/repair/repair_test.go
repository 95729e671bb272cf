package repair

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans"
	"github.com/terraformer-rootly/terraformer-rootly/generator/verify"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// things is the schema of a made-up type with one argument of each kind.
const things = `{"provider_schemas": {"registry.terraform.io/rootlyhq/rootly": {"resource_schemas": {"x_thing": {"version": 0, "block": {
	"attributes": {
		"id":    {"type": "string", "computed": true},
		"must":  {"type": "string", "required": true},
		"text":  {"type": "string", "optional": true},
		"both":  {"type": "string", "optional": true, "computed": true},
		"count": {"type": "number", "optional": true},
		"on":    {"type": "bool", "optional": true},
		"list":  {"type": ["list", "string"], "optional": true},
		"map":   {"type": ["map", "string"], "optional": true},
		"one":   {"optional": true, "nested_type": {"nesting_mode": "single", "attributes": {
			"a": {"type": "string", "optional": true}, "b": {"type": "number", "optional": true}}}}
	},
	"block_types": {
		"rule": {"nesting_mode": "list", "block": {
			"attributes": {
				"name": {"type": "string", "required": true},
				"note": {"type": "string", "optional": true},
				"at":   {"type": "string", "computed": true}
			},
			"block_types": {"part": {"nesting_mode": "list", "block": {"attributes": {"n": {"type": "number", "optional": true}}}}}
		}},
		"need": {"nesting_mode": "list", "min_items": 1, "block": {"attributes": {"n": {"type": "number", "optional": true}}}}
	}}}}}}}`

func repairer(t *testing.T) *Repairer {
	t.Helper()
	s, err := schema.Parse([]byte(things), "0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return New(s)
}

type object = map[string]cty.Value

func text(s string) cty.Value { return cty.StringVal(s) }

// thing is a list of one resource.
func thing(config object) []*graph.Resource {
	return []*graph.Resource{{
		Address: graph.Address{Type: "x_thing", Name: "a"}, ID: "1", Title: "A", Config: cty.ObjectVal(config),
	}}
}

// updating is a plan that updates the resource at some paths, and what is judged of it.
func updating(before, after object, paths ...cty.Path) ([]plans.Change, verify.Verdict) {
	c := plans.Change{Address: "x_thing.a", Type: "x_thing", ID: "1", Action: plans.Update, Before: cty.ObjectVal(before), After: cty.ObjectVal(after)}
	v := verify.Verdict{}
	for _, path := range paths {
		v.Differences = append(v.Differences, verify.Difference{Address: c.Address, ID: "1", Action: plans.Update, Path: path, Before: "was", After: "is"})
	}
	return []plans.Change{c}, v
}

func at(name string) cty.Path { return cty.GetAttrPath(name) }

// done spells repairs as "how path".
func done(repairs []Repair) []string {
	var list []string
	for _, r := range repairs {
		list = append(list, string(r.How)+" "+r.Path)
	}
	return list
}

// Each difference is repaired three times in a row, as if no attempt had helped.
func TestDifferencesOfAnAttribute(t *testing.T) {
	t.Parallel()
	null := cty.NullVal(cty.String)
	tuple := func(values ...cty.Value) cty.Value { return cty.TupleVal(values) }
	for _, tt := range []struct {
		name         string
		attr         string
		code, before cty.Value // zero code: the code says nothing
		set          cty.Value // what the code says then; zero: it is not set
		want         []string  // of each round
	}{
		{"another text", "text", text("a"), text("b"), text("b"), []string{"set text", "drop text", "ignore text"}},
		{"a text that the code lacks", "text", cty.NilVal, text("b"), text("b"), []string{"set text", "drop text", "ignore text"}},
		{"nothing where the code has a text", "text", text("a"), null, cty.NilVal, []string{"drop text", "ignore text", ""}},
		{"nothing on both sides", "text", cty.NilVal, null, cty.NilVal, []string{"ignore text", "", ""}},
		{"an empty text", "text", text("a"), text(""), text(""), []string{"set text", "drop text", "ignore text"}},
		{"what must be there", "must", text("a"), text("b"), text("b"), []string{"set must", "ignore must", ""}},
		{"what must be there and is not", "must", text("a"), null, cty.NilVal, []string{"ignore must", "", ""}},
		{"what the provider decides too", "both", text("a"), text("b"), text("b"), []string{"set both", "drop both", "ignore both"}},
		{"what the provider decides alone", "id", cty.NilVal, text("1"), cty.NilVal, []string{"ignore id", "", ""}},
		{"a number as text", "count", cty.NumberIntVal(1), text("2"), cty.NumberIntVal(2), []string{"set count", "drop count", "ignore count"}},
		{"a text that is no number", "count", cty.NumberIntVal(1), text("x"), cty.NilVal, []string{"drop count", "ignore count", ""}},
		{"a bool", "on", cty.True, cty.False, cty.False, []string{"set on", "drop on", "ignore on"}},
		{"a list", "list", cty.ListVal([]cty.Value{text("a")}), tuple(text("b"), text("a")), cty.ListVal([]cty.Value{text("b"), text("a")}), []string{"set list", "drop list", "ignore list"}},
		{"an empty list", "list", cty.ListVal([]cty.Value{text("a")}), cty.EmptyTupleVal, cty.ListValEmpty(cty.String), []string{"set list", "drop list", "ignore list"}},
		{"a map", "map", cty.NilVal, cty.ObjectVal(object{"k": text("v")}), cty.MapVal(object{"k": text("v")}), []string{"set map", "drop map", "ignore map"}},
		{"not known yet", "text", text("a"), cty.UnknownVal(cty.String), cty.NilVal, []string{"drop text", "ignore text", ""}},
		{"what the schema does not have", "later", cty.NilVal, text("b"), cty.NilVal, []string{"ignore later", "", ""}},
		{
			"a nested attribute", "one", cty.NilVal, cty.ObjectVal(object{"a": text("x"), "b": cty.NumberIntVal(0)}),
			cty.ObjectVal(object{"a": text("x")}), []string{"set one", "drop one", "ignore one"},
		},
		{
			"blocks", "rule", tuple(cty.ObjectVal(object{"name": text("a")})),
			tuple(
				cty.ObjectVal(object{"name": text("a"), "note": text(""), "at": text("now"), "part": cty.EmptyTupleVal}),
				cty.ObjectVal(object{"name": text(""), "note": text("n"), "at": null, "part": tuple(cty.ObjectVal(object{"n": cty.NumberIntVal(3)}))}),
			),
			tuple(
				cty.ObjectVal(object{"name": text("a")}),
				cty.ObjectVal(object{"name": text(""), "note": text("n"), "part": tuple(cty.ObjectVal(object{"n": cty.NumberIntVal(3)}))}),
			),
			[]string{"set rule", "drop rule", "ignore rule"},
		},
		{"no blocks", "rule", tuple(cty.ObjectVal(object{"name": text("a")})), cty.EmptyTupleVal, cty.NilVal, []string{"drop rule", "ignore rule", ""}},
		{"blocks that must be there", "need", tuple(cty.EmptyObjectVal), cty.EmptyTupleVal, cty.NilVal, []string{"ignore need", "", ""}},
		{"a block that is null", "rule", cty.NilVal, tuple(cty.NullVal(cty.EmptyObject)), cty.NilVal, []string{"ignore rule", "", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := object{"must": text("m")}
			if tt.code != cty.NilVal {
				config[tt.attr] = tt.code
			}
			m, g := repairer(t), thing(config)
			changes, verdict := updating(object{tt.attr: tt.before}, object{}, at(tt.attr))
			for round, want := range tt.want {
				next, repairs := m.Repair(g, changes, verdict)
				g = next
				var list []string
				if want != "" {
					list = []string{want}
				}
				if diff := cmp.Diff(list, done(repairs)); diff != "" {
					t.Fatalf("round %d (-want +got):\n%s", round+1, diff)
				}
				if round > 0 || tt.set == cty.NilVal {
					continue
				}
				if got := g[0].Config.GetAttr(tt.attr); !got.RawEquals(tt.set) {
					t.Errorf("set to %#v, want %#v", got, tt.set)
				}
			}
		})
	}
}

func TestDroppedArgumentsLeaveTheCode(t *testing.T) {
	t.Parallel()
	m, g := repairer(t), thing(object{"must": text("m"), "text": text("a")})
	changes, verdict := updating(object{"text": cty.NullVal(cty.String)}, object{"text": text("a")}, at("text"))
	next, _ := m.Repair(g, changes, verdict)
	if want := cty.ObjectVal(object{"must": text("m")}); !next[0].Config.RawEquals(want) {
		t.Errorf("%#v", next[0].Config)
	}
	if want := cty.ObjectVal(object{"must": text("m"), "text": text("a")}); !g[0].Config.RawEquals(want) {
		t.Errorf("the resource that was given is changed to %#v", g[0].Config)
	}
}

// What is ignored ends at an attribute, each once, and says why.
func TestIgnoredPaths(t *testing.T) {
	t.Parallel()
	m, g := repairer(t), thing(object{"must": text("m")})
	in := func(i int64, name string) cty.Path { return at("rule").IndexInt(int(i)).GetAttr(name) }
	changes, verdict := updating(object{}, object{}, in(0, "at"), in(0, "at"), in(1, "at").IndexInt(2), at("rule").IndexInt(3), at("id"), cty.Path{})
	next, repairs := m.Repair(g, changes, verdict)
	got := done(repairs)
	if diff := cmp.Diff([]string{"ignore id", "ignore rule[0].at", "ignore rule[1].at", "ignore rule"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, i := range next[0].Ignore {
		if i.Reason != "after every repair, the provider reads was, but the code has is" {
			t.Errorf("%s: %s", i.Path, i.Reason)
		}
	}
	if _, again := m.Repair(next, changes, verdict); len(again) > 0 {
		t.Errorf("again: %v", done(again))
	}
}

// What a plan does to a whole resource decides whether the resource stays.
func TestWholeResources(t *testing.T) {
	t.Parallel()
	refusal := func(summary string) verify.Verdict {
		return verify.Verdict{Errors: []plans.Diagnostic{{Severity: "error", Summary: "elsewhere"}, {Severity: "error", Summary: summary, Address: "x_thing.a"}}}
	}
	for _, tt := range []struct {
		name    string
		action  plans.Action // zero: not in the plan
		verdict verify.Verdict
		cause   string // zero: it stays
	}{
		{"unchanged", plans.NoOp, verify.Verdict{}, ""},
		{"not in the plan", "", verify.Verdict{}, ""},
		{"created", plans.Create, verify.Verdict{}, "the plan would create it"},
		{"replaced", plans.Replace, verify.Verdict{}, "the plan would replace it"},
		{"destroyed", plans.Delete, verify.Verdict{}, "the plan would delete it"},
		{"forgotten", plans.Forget, verify.Verdict{}, ""},
		{"refused", "", refusal("Bad value"), "the provider cannot plan it: Bad value"},
		{"protected", plans.NoOp, refusal("Instance cannot be destroyed"), "the plan would replace it"},
		{"update without a difference", plans.Update, verify.Verdict{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := thing(object{"must": text("m")})
			var changes []plans.Change
			if tt.action != "" {
				changes = append(changes, plans.Change{Address: "x_thing.a", Type: "x_thing", Action: tt.action})
			}
			next, got := repairer(t).Repair(g, changes, tt.verdict)
			var want []Repair
			if tt.cause != "" {
				want = []Repair{{Address: graph.Address{Type: "x_thing", Name: "a"}, ID: "1", Title: "A", How: Remove, Cause: tt.cause}}
			}
			if diff := cmp.Diff(want, got); diff != "" || len(next) != 1-len(want) {
				t.Errorf("%d resources left (-want +got):\n%s", len(next), diff)
			}
		})
	}
}

// A type of which the schema knows nothing stays as it is: there is nothing to say about its arguments.
func TestUnknownType(t *testing.T) {
	t.Parallel()
	g := thing(object{})
	g[0].Address.Type = "x_other"
	changes, verdict := updating(object{"text": text("b")}, object{}, at("text"))
	changes[0].Address, verdict.Differences[0].Address = "x_other.a", "x_other.a"
	if next, got := repairer(t).Repair(g, changes, verdict); len(got) > 0 || len(next) != 1 {
		t.Errorf("%v", got)
	}
}
