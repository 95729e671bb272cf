package drift_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state/drift"
)

func unordered(_, path string) bool { return path == "ids" || path == "rules.ids" }

// random makes an organisation of objects that share ids with others of the same generator.
func random(r *rand.Rand) *drift.Snapshot {
	s := &drift.Snapshot{}
	for i := range 12 {
		if r.IntN(4) == 0 {
			continue
		}
		typ := []string{"rootly_team", "rootly_service"}[i%2]
		s.Objects = append(s.Objects, drift.Object{
			Type:    typ,
			ID:      graph.ID(fmt.Sprintf("id-%02d", i)),
			Address: fmt.Sprintf("%s.t%d", typ, r.IntN(40)),
			Title:   fmt.Sprintf("T%d", r.IntN(3)),
			Values:  object(r, 2),
		})
	}
	// What is read back is sorted, so what is compared with it must be too.
	return reread(s)
}

func object(r *rand.Rand, depth int) cty.Value {
	m := map[string]cty.Value{}
	for _, name := range []string{"a", "b", "ids", "rules"} {
		if r.IntN(3) > 0 {
			m[name] = value(r, name, depth)
		}
	}
	return cty.ObjectVal(m)
}

func value(r *rand.Rand, name string, depth int) cty.Value {
	switch {
	case name == "ids":
		var ids []cty.Value
		for range r.IntN(4) {
			ids = append(ids, cty.StringVal(fmt.Sprint(r.IntN(4))))
		}
		return cty.TupleVal(ids)
	case name == "rules" && depth > 0:
		var rules []cty.Value
		for range r.IntN(3) {
			rules = append(rules, object(r, depth-1))
		}
		return cty.TupleVal(rules)
	}
	return []cty.Value{cty.StringVal("x\n\"<&>"), cty.NumberIntVal(int64(r.IntN(3))), cty.True, cty.NullVal(cty.DynamicPseudoType)}[r.IntN(4)]
}

func reread(s *drift.Snapshot) *drift.Snapshot {
	data, err := drift.Encode(s)
	if err != nil {
		panic(err)
	}
	again, err := drift.Decode(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	return again
}

func TestApplyingADiffGivesTheOther(t *testing.T) {
	t.Parallel()
	kinds := map[drift.Kind]int{}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		a, b := random(r), random(r)
		d := drift.Compare(a, b, unordered)
		for _, c := range d.Changes {
			kinds[c.Kind]++
		}
		got, err := drift.Apply(a, d)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if left := drift.Compare(got, b, unordered); !left.Empty() {
			t.Fatalf("seed %d: still %d changes, the first of %s", seed, len(left.Changes), left.Changes[0].Object().Address)
		}
		if again := drift.Compare(a, reread(a), nil); !again.Empty() {
			t.Fatalf("seed %d: a snapshot differs from itself", seed)
		}
	}
	for _, k := range []drift.Kind{drift.Added, drift.Removed, drift.Renamed, drift.Changed} {
		if kinds[k] == 0 {
			t.Errorf("no change of kind %s was tried", k)
		}
	}
}

func TestOrderThatMakesNoDifferenceIsNone(t *testing.T) {
	t.Parallel()
	one := func(ids ...string) *drift.Snapshot {
		var list []cty.Value
		for _, id := range ids {
			list = append(list, cty.StringVal(id))
		}
		return &drift.Snapshot{Objects: []drift.Object{{
			Type: "rootly_team", ID: "1", Address: "rootly_team.a", Values: cty.ObjectVal(map[string]cty.Value{"ids": cty.TupleVal(list)}),
		}}}
	}
	if d := drift.Compare(one("a", "b", "b"), one("b", "a", "b"), unordered); !d.Empty() {
		t.Error("another order counts as a change")
	}
	if d := drift.Compare(one("a", "b", "b"), one("a", "a", "b"), unordered); d.Empty() {
		t.Error("another multiplicity does not count as a change")
	}
	if d := drift.Compare(one("a", "b"), one("b", "a"), nil); d.Empty() {
		t.Error("another order does not count where order matters")
	}
}

func TestSecretsDoNotReachASnapshot(t *testing.T) {
	t.Parallel()
	const secret = "hunter" + "2-hunter2"
	r := &graph.Resource{
		Address: graph.Address{Type: "rootly_webhooks_endpoint", Name: "a"},
		Config: cty.ObjectVal(map[string]cty.Value{
			"name": cty.StringVal("a"),
			"custom_headers": cty.TupleVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{
				"name": cty.StringVal("Authorization"), "value": cty.StringVal(secret),
			})}),
		}),
		Exprs: []graph.Placed{{
			Path: cty.GetAttrPath("custom_headers").IndexInt(0).GetAttr("value"), Expr: graph.VariableRef{Name: "v"},
		}},
	}
	s, err := drift.Of(&graph.Graph{Resources: []*graph.Resource{r}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := drift.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte(secret)) || !bytes.Contains(data, []byte(drift.Redacted)) {
		t.Errorf("snapshot holds the secret or no mark: %s", data)
	}
}

func TestNamesOfIDs(t *testing.T) {
	t.Parallel()
	s := &drift.Snapshot{
		Objects: []drift.Object{{Type: "rootly_team", ID: "1", Address: "rootly_team.sre", Values: cty.EmptyObjectVal}},
		Users:   []graph.User{{ID: "7", Email: "ada@example.com"}},
	}
	d := drift.Compare(s, s, nil)
	for id, want := range map[string]string{"1": "rootly_team.sre", "7": "ada@example.com", "9": "9"} {
		if got := d.Name(id); got != want {
			t.Errorf("name of %s is %s, want %s", id, got, want)
		}
	}
}

func TestDecodeRefusesOtherFormats(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[]", `{"version": 3}`, `{"version": 1, "objects": [{"values": 3`} {
		if _, err := drift.Decode(bytes.NewReader([]byte(text))); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// Of a long text whose credentials alone are variables, a snapshot shows the rest, so that a change shows.
func TestSnapshotOfTextsWithSecrets(t *testing.T) {
	t.Parallel()
	values := func(text string, e graph.Expr) cty.Value {
		r := &graph.Resource{Address: graph.Address{Type: "rootly_team", Name: "a"}, Config: cty.ObjectVal(map[string]cty.Value{"text": cty.StringVal(text)}),
			Exprs: []graph.Placed{{Path: cty.GetAttrPath("text"), Expr: e}}}
		s, err := drift.Of(&graph.Graph{Resources: []*graph.Resource{r}, Variables: []*graph.Variable{{Name: "key", Value: "swordfish"}}})
		if err != nil {
			t.Fatal(err)
		}
		return s.Objects[0].Values.GetAttr("text")
	}
	key := graph.VariableRef{Name: "key"}
	template := graph.Template{Parts: []graph.Part{{Text: "say "}, {Expr: key}, {Text: " and "}, {Expr: key}}}
	for what, c := range map[string]struct {
		got  cty.Value
		want string
	}{
		"whole":    {values("swordfish", key), drift.Redacted},
		"in part":  {values("say swordfish and swordfish", template), "say " + drift.Redacted + " and " + drift.Redacted},
		"JSON":     {values(`{"a":"swordfish"}`, graph.Encoded{Value: cty.ObjectVal(nil), Exprs: []graph.Placed{{Path: cty.GetAttrPath("a"), Expr: key}}}), drift.Redacted},
		"not seen": {values("say something else", template), drift.Redacted},
	} {
		if c.got.AsString() != c.want {
			t.Errorf("%s: %q, want %q", what, c.got.AsString(), c.want)
		}
	}
}
