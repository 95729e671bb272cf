package graph_test

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

func TestLink(t *testing.T) {
	t.Parallel()
	a, b, gone := object("x_a.one", uuid(1), nil), object("x_b.two", "22", nil), uuid(9)
	b.Slug = "two"
	tests := map[string]struct {
		rule   graph.Rule
		config map[string]cty.Value
		want   map[string]string
		left   int // ids that stay as text and are told
	}{
		"declared": {
			graph.Rule{Path: "a_id", To: []string{"x_a"}}, map[string]cty.Value{"a_id": idText(uuid(1))},
			map[string]string{"a_id": "x_a.one.id"}, 0,
		},
		"an id that is no UUID counts where it is declared": {
			graph.Rule{Path: "b_id", To: []string{"x_b"}}, map[string]cty.Value{"b_id": text("22"), "other": text("22")},
			map[string]string{"b_id": "x_b.two.id"}, 0,
		},
		"a number": {
			graph.Rule{Path: "b_id", To: []string{"x_b"}}, map[string]cty.Value{"b_id": cty.NumberIntVal(22)},
			map[string]string{"b_id": "tonumber(x_b.two.id)"}, 0,
		},
		"by another attribute": {
			graph.Rule{Path: "forms", To: []string{"x_b"}, Attr: "slug"}, map[string]cty.Value{"forms": cty.ListVal([]cty.Value{text("web"), text("two")})},
			map[string]string{"forms[1]": "x_b.two.slug"}, 0,
		},
		"dangling": {
			graph.Rule{Path: "a_id", To: []string{"x_a"}}, map[string]cty.Value{"a_id": idText(gone)}, nil, 1,
		},
		"the type beside the id": {
			graph.Rule{Path: "to.id", By: "to.type", Kinds: map[string]string{"B": "x_b"}},
			map[string]cty.Value{"to": cty.TupleVal([]cty.Value{
				cty.ObjectVal(map[string]cty.Value{"type": text("C"), "id": text("22")}),
				cty.ObjectVal(map[string]cty.Value{"type": text("B"), "id": text("22")}),
			})},
			map[string]string{"to[1].id": "x_b.two.id"}, 0,
		},
		"no reference": {
			graph.Rule{Path: "a_id", Not: "it is the organisation"}, map[string]cty.Value{"a_id": idText(uuid(1))}, nil, 0,
		},
		"undeclared": {
			graph.Rule{}, map[string]cty.Value{"any": idText(uuid(1)), "text": text("see " + string(uuid(1)) + "."), "word": text("x" + string(uuid(1)))},
			map[string]string{"any": "x_a.one.id", "text": "see ${x_a.one.id}."}, 0,
		},
		"keys, declared": {
			graph.Rule{Path: "m", To: []string{"x_b"}}, map[string]cty.Value{"m": cty.MapVal(map[string]cty.Value{"22": text("22"), string(gone): text("up")})},
			map[string]string{`key m["22"]`: "x_b.two.id"}, 1,
		},
		"keys and values, undeclared": {
			graph.Rule{}, map[string]cty.Value{"block": one(cty.ObjectVal(map[string]cty.Value{"m": cty.MapVal(map[string]cty.Value{
				string(uuid(1)): idText(uuid(1)), "for " + string(uuid(1)): text("up"), string(gone): text("up"),
			})}))},
			map[string]string{
				`key block[0].m["` + string(uuid(1)) + `"]`:     "x_a.one.id",
				`block[0].m["` + string(uuid(1)) + `"]`:         "x_a.one.id",
				`key block[0].m["for ` + string(uuid(1)) + `"]`: "for ${x_a.one.id}",
			}, 0,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := *a, *b
			a.Config, b.Config = cty.EmptyObjectVal, cty.EmptyObjectVal
			r := object("x_c.three", uuid(3), test.config)
			g := graph.Link([]*graph.Resource{&a, &b, r}, graph.LinkOptions{Rules: rules(map[string][]graph.Rule{"x_c": {test.rule}})})
			equal(t, "code", written(last(g)), test.want)
			if len(g.Unresolved) != test.left || len(last(g).Notes) != test.left {
				t.Errorf("left as text: %v with %d comments, want %d", g.Unresolved, len(last(g).Notes), test.left)
			}
		})
	}
}

func TestLinkInsideJSON(t *testing.T) {
	t.Parallel()
	a := object("x_a.one", uuid(1), nil)
	r := object("x_b.two", uuid(2), map[string]cty.Value{"json": text("{...}")})
	r.Exprs = []graph.Placed{{Path: cty.GetAttrPath("json"), Expr: graph.Encoded{Value: cty.ObjectVal(map[string]cty.Value{
		string(uuid(1)): text("red"), "list": one(idText(uuid(1))), "text": text("of " + string(uuid(1))), "me": idText(uuid(2)),
	})}}}
	g := graph.Link([]*graph.Resource{a, r}, graph.LinkOptions{Rules: rules(nil)})
	equal(t, "code", written(last(g)), map[string]string{
		"json": "json key " + string(uuid(1)) + "=x_a.one.id list[0]=x_a.one.id text=of ${x_a.one.id}",
	})
	if len(g.BrokenCycles) != 1 || g.BrokenCycles[0].Path != "json" || len(last(g).Notes) != 1 {
		t.Errorf("its own id is told as %+v, %+v", g.BrokenCycles, last(g).Notes)
	}
}

func TestLinkPeople(t *testing.T) {
	t.Parallel()
	r := object("x_a.one", uuid(1), map[string]cty.Value{
		"owner": text("7"), "number": cty.NumberIntVal(7), "keys": cty.MapVal(map[string]cty.Value{"7": text("on call")}), "gone": text("8"),
	})
	ada := graph.User{ID: "7", Email: "ada@example.com"}
	person := []string{graph.UserType}
	g := graph.Link([]*graph.Resource{r}, graph.LinkOptions{
		Rules: rules(map[string][]graph.Rule{"x_a": {
			{Path: "owner", To: person}, {Path: "number", To: person}, {Path: "keys", To: person}, {Path: "gone", To: person},
		}}),
		Users: map[graph.ID]graph.User{"7": ada},
		UserExpr: func(u graph.User, numeric bool) (graph.Expr, *graph.DataSource) {
			return graph.EntryRef{Map: "users", Key: u.Email, Numeric: numeric}, nil
		},
		Explain: func(types []string, id graph.ID) string { return "nobody has number " + string(id) },
	})
	equal(t, "code", written(last(g)), map[string]string{
		"owner": "user ada@example.com, numeric false", "number": "user ada@example.com, numeric true",
		`key keys["7"]`: "user ada@example.com, numeric false",
	})
	if len(g.Users) != 1 || g.Users[0] != ada {
		t.Errorf("users %+v, want one", g.Users)
	}
	if len(g.Unresolved) != 1 || g.Unresolved[0].Reason != "nobody has number 8" {
		t.Errorf("unresolved %+v", g.Unresolved)
	}
}

func TestLinkElsewhere(t *testing.T) {
	t.Parallel()
	r := object("x_a.one", uuid(1), map[string]cty.Value{"looked": text("5"), "beside": idText(uuid(6)), "free": idText(uuid(6))})
	status := graph.Address{Data: true, Type: "x_status", Name: "open"}
	g := graph.Link([]*graph.Resource{r}, graph.LinkOptions{
		Rules: rules(map[string][]graph.Rule{"x_a": {{Path: "looked", To: []string{"x_status"}}, {Path: "beside", To: []string{"x_b"}}}}),
		Lookup: func(typ string, id graph.ID) *graph.DataSource {
			if typ != "x_status" {
				return nil
			}
			return &graph.DataSource{Address: status, Config: cty.EmptyObjectVal}
		},
		Outside: map[graph.Target]graph.Ref{{Type: "x_b", ID: uuid(6)}: {Target: graph.Address{Type: "x_b", Name: "many"}, Index: `["a"]`, Attr: "id"}},
	})
	equal(t, "code", written(last(g)), map[string]string{
		"looked": "data.x_status.open.id", "beside": `x_b.many["a"].id`, "free": `x_b.many["a"].id`,
	})
	if len(g.Data) != 1 || g.Data[0].Address != status {
		t.Errorf("data sources %+v", g.Data)
	}
}

// An id that two resources have means neither of them, unless a rule says which type it is.
func TestLinkSharedID(t *testing.T) {
	t.Parallel()
	a, b := object("x_a.one", uuid(1), nil), object("x_b.two", uuid(1), nil)
	r := object("x_c.three", uuid(3), map[string]cty.Value{"b_id": idText(uuid(1)), "any": idText(uuid(1))})
	g := graph.Link([]*graph.Resource{a, b, r}, graph.LinkOptions{Rules: rules(map[string][]graph.Rule{"x_c": {{Path: "b_id", To: []string{"x_b"}}}})})
	equal(t, "code", written(last(g)), map[string]string{"b_id": "x_b.two.id"})
}

// What is imported by a path has that path for an id, so that nothing can refer to it by its id.
func TestLinkToWhatHasAnotherID(t *testing.T) {
	t.Parallel()
	action := object("x_action.one", uuid(1), map[string]cty.Value{"self": idText(uuid(1))})
	action.Import = "../a/actions/" + uuid(1)
	r := object("x_b.two", uuid(2), map[string]cty.Value{"a": idText(uuid(1)), "declared": idText(uuid(1)), "text": text("run " + string(uuid(1)))})
	g := graph.Link([]*graph.Resource{action, r}, graph.LinkOptions{Rules: rules(map[string][]graph.Rule{"x_b": {{Path: "declared", To: []string{"x_action"}}}})})
	equal(t, "code", written(last(g)), nil)
	if len(g.Unresolved) != 3 || len(last(g).Notes) != 3 || g.Unresolved[0].Reason != "the id of x_action.one, which has another id after its import" {
		t.Errorf("told: %+v", g.Unresolved)
	}
	if len(g.BrokenCycles) != 1 || g.BrokenCycles[0].From != action.Address {
		t.Errorf("its own id: %+v", g.BrokenCycles)
	}
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	by := rules(map[string][]graph.Rule{"x_a": {{Path: "owner", To: []string{graph.UserType}}}})
	without := object("x_a.one", uuid(1), map[string]cty.Value{"owner": cty.NullVal(cty.String)})
	with := object("x_a.two", uuid(2), map[string]cty.Value{"owner": text("7")})
	if graph.Needs([]*graph.Resource{without}, by, graph.UserType) {
		t.Error("nobody is named")
	}
	if !graph.Needs([]*graph.Resource{without, with}, by, graph.UserType) {
		t.Error("somebody is named")
	}
}
