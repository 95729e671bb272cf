package secret_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

func str(s string) cty.Value                   { return cty.StringVal(s) }
func obj(attrs map[string]cty.Value) cty.Value { return cty.ObjectVal(attrs) }
func tuple(elems ...cty.Value) cty.Value       { return cty.TupleVal(elems) }
func header(name, value string) cty.Value {
	return obj(map[string]cty.Value{"name": str(name), "value": str(value)})
}
func attr(name string) cty.GetAttrStep             { return cty.GetAttrStep{Name: name} }
func index(i int64) cty.IndexStep                  { return cty.IndexStep{Key: cty.NumberIntVal(i)} }
func address(resourceType, n string) graph.Address { return graph.Address{Type: resourceType, Name: n} }

const (
	webhook = "rootly_webhooks_endpoint"
	client  = "rootly_workflow_task_http_client"
)

func options() secret.Options {
	return secret.Options{
		Secret: func(t string) []string {
			switch t {
			case webhook:
				return []string{"custom_headers.value"}
			case client:
				return []string{"task_params.headers"}
			}
			return nil
		},
		Suspect: func(t string) []string {
			if t == client {
				return []string{"task_params.params", "task_params.body", "task_params.url"}
			}
			return nil
		},
	}
}

func endpoint(name string, headers ...cty.Value) *graph.Resource {
	return &graph.Resource{Address: address(webhook, name), ID: graph.ID("id-" + name), Config: obj(map[string]cty.Value{
		"name":           str(name),
		"url":            str("https://example.com/hook"),
		"custom_headers": tuple(headers...),
	})}
}

// variables lists what stands for each path, and the values.
func variables(g *graph.Graph) map[string]string {
	all := map[string]string{}
	for _, v := range g.Variables {
		all[v.Name] = v.Value
	}
	return all
}

func placed(r *graph.Resource) map[string]graph.Expr {
	all := map[string]graph.Expr{}
	for _, p := range r.Exprs {
		all[graph.PathString(p.Path)] = p.Expr
	}
	return all
}

func TestHideHeaders(t *testing.T) {
	t.Parallel()
	r := endpoint("prod",
		header("Content-Type", "application/json"),
		header("Authorization", "Bearer "+word(24)),
		header("X-Team", "sre"),
		header("x_env", "prod"),
		header("headers", "plain"),
		header("X-Trace", "{{ incident.id }}"),
		header("Authorization", "second"))
	g := &graph.Graph{Resources: []*graph.Resource{r}}
	told := secret.Hide(g, options())
	want := map[string]string{
		"webhooks_endpoint_prod_custom_headers_authorization":   "Bearer " + word(24),
		"webhooks_endpoint_prod_custom_headers_authorization_2": "second",
	}
	if diff := cmp.Diff(want, variables(g)); diff != "" {
		t.Error(diff)
	}
	wantExprs := map[string]graph.Expr{
		"custom_headers[1].value": graph.VariableRef{Name: "webhooks_endpoint_prod_custom_headers_authorization"},
		"custom_headers[6].value": graph.VariableRef{Name: "webhooks_endpoint_prod_custom_headers_authorization_2"},
	}
	if diff := cmp.Diff(wantExprs, placed(r)); diff != "" {
		t.Error(diff)
	}
	if n := secret.CountByType(told)[webhook]; n != 2 {
		t.Errorf("%d told", n)
	}
	for _, h := range told {
		for _, v := range want {
			if strings.Contains(fmt.Sprintf("%+v", h), v) {
				t.Errorf("the report shows a value: %+v", h)
			}
		}
	}
}

func TestNamesStayWhenOthersCome(t *testing.T) {
	t.Parallel()
	names := func(resources ...*graph.Resource) map[string]string {
		g := &graph.Graph{Resources: resources}
		secret.Hide(g, options())
		return variables(g)
	}
	before := names(endpoint("prod", header("X-Key", "one"), header("", "two")))
	after := names(endpoint("aaa", header("X-Key", "zero")), endpoint("prod", header("X-Key", "one"), header("", "two"), header("Cookie", "three")))
	for name, value := range before {
		if after[name] != value {
			t.Errorf("%s was %q and is %q", name, value, after[name])
		}
	}
	if len(before) != 2 || len(after) != 4 {
		t.Errorf("%d variables before, %d after", len(before), len(after))
	}
}

func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	// Both would be called http_client_a_b_url.
	task := func(name, block string) *graph.Resource {
		return &graph.Resource{Address: address(client, name), Config: obj(map[string]cty.Value{
			block: obj(map[string]cty.Value{"url": str("https://a:b@example.com")}),
		})}
	}
	g := &graph.Graph{Resources: []*graph.Resource{task("a_b", "task_params"), task("a", "b")}}
	secret.Hide(g, options())
	if len(g.Variables) != 2 || len(variables(g)) != 2 {
		t.Errorf("variables %v", variables(g))
	}
}

func TestHideInJSON(t *testing.T) {
	t.Parallel()
	raw := `{"Authorization":"Bearer x","Accept":"application/json","X-Hop":[{"key":"X-Api-Key","value":"abc"}],"n":7}`
	inner := obj(map[string]cty.Value{
		"Accept": str("application/json"), "Authorization": str("Bearer x"), "n": cty.NumberIntVal(7),
		"X-Hop": tuple(obj(map[string]cty.Value{"key": str("X-Api-Key"), "value": str("abc")})),
	})
	at := cty.Path{attr("task_params"), index(0), attr("headers")}
	r := &graph.Resource{Address: address(client, "call"), Exprs: []graph.Placed{{Path: at, Expr: graph.Encoded{Value: inner}}},
		Config: obj(map[string]cty.Value{"task_params": tuple(obj(map[string]cty.Value{"headers": str(raw)}))})}
	g := &graph.Graph{Resources: []*graph.Resource{r}}
	secret.Hide(g, options())
	enc, ok := r.Exprs[0].Expr.(graph.Encoded)
	if !ok || len(r.Exprs) != 1 {
		t.Fatalf("expressions %+v", r.Exprs)
	}
	got := map[string]graph.Expr{}
	for _, p := range enc.Exprs {
		got[graph.PathString(p.Path)] = p.Expr
	}
	want := map[string]graph.Expr{
		"Authorization":  graph.VariableRef{Name: "http_client_call_headers_authorization"},
		"X-Hop[0].value": graph.VariableRef{Name: "http_client_call_headers_x_hop_x_api_key"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHideWholeJSONForNumbersAndKeys(t *testing.T) {
	t.Parallel()
	for raw, inner := range map[string]cty.Value{
		`{"password":123456}`:             obj(map[string]cty.Value{"password": cty.NumberIntVal(123456)}),
		`{"gh` + `p_` + word(36) + `":1}`: obj(map[string]cty.Value{"gh" + "p_" + word(36): cty.NumberIntVal(1)}),
	} {
		at := cty.Path{attr("task_params"), index(0), attr("params")}
		r := &graph.Resource{Address: address(client, "call"), Exprs: []graph.Placed{{Path: at, Expr: graph.Encoded{Value: inner}}},
			Config: obj(map[string]cty.Value{"task_params": tuple(obj(map[string]cty.Value{"params": str(raw)}))})}
		g := &graph.Graph{Resources: []*graph.Resource{r}}
		secret.Hide(g, options())
		if got := variables(g); got["http_client_call_params"] != raw {
			t.Errorf("%s: variables %v", raw, got)
		}
		if r.Exprs[0].Expr != (graph.VariableRef{Name: "http_client_call_params"}) {
			t.Errorf("%s: expressions %v", raw, r.Exprs)
		}
	}
}

func TestHideInTemplate(t *testing.T) {
	t.Parallel()
	ref := graph.Ref{Target: address("rootly_service", "api"), Attr: "id"}
	at := cty.Path{attr("body")}
	r := &graph.Resource{Address: address("rootly_x", "a"), Config: obj(map[string]cty.Value{"body": str("...")}),
		Exprs: []graph.Placed{{Path: at, Expr: graph.Template{Parts: []graph.Part{
			{Text: "service "}, {Expr: ref}, {Text: ` with {"password":"swordfish"}`}, {Expr: ref}, {Text: "!"},
		}}}}}
	g := &graph.Graph{Resources: []*graph.Resource{r}}
	secret.Hide(g, options())
	want := graph.Template{Parts: []graph.Part{
		{Text: "service "}, {Expr: ref}, {Expr: graph.VariableRef{Name: "x_a_body"}}, {Expr: ref}, {Text: "!"},
	}}
	if diff := cmp.Diff(graph.Expr(want), r.Exprs[0].Expr); diff != "" {
		t.Error(diff)
	}
}

func TestReferencesAndIDsStay(t *testing.T) {
	t.Parallel()
	id := "3f0c1a52-7c1d-4e58-9a37-" + hex(12)
	at := cty.Path{attr("custom_headers"), index(0), attr("value")}
	r := endpoint("prod", header("X-Service-Token", id), header("Token", id))
	r.Exprs = []graph.Placed{{Path: at, Expr: graph.Ref{Target: address("rootly_service", "api"), Attr: "id"}}}
	g := &graph.Graph{Resources: []*graph.Resource{r, {Address: address("rootly_service", "api"), ID: graph.ID(id), Config: cty.EmptyObjectVal}}}
	secret.Hide(g, options())
	if len(g.Variables) != 0 || len(r.Exprs) != 1 {
		t.Errorf("variables %v, expressions %v", variables(g), r.Exprs)
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain", "masked", "blank"} {
		mode, err := secret.ParseMode(name)
		if err != nil || mode.String() != name {
			t.Fatalf("%s: %v, %v", name, mode, err)
		}
		g := &graph.Graph{Resources: []*graph.Resource{endpoint("prod", header("Token", "abc"))}}
		o := options()
		o.Mode = mode
		secret.Hide(g, o)
		if len(g.Variables) != 1 || g.Variables[0].Sensitive != (name == "masked") || g.Variables[0].Value != "abc" {
			t.Errorf("%s: %+v", name, g.Variables)
		}
	}
	if _, err := secret.ParseMode("loud"); err == nil {
		t.Error("no error for an unknown mode")
	}
}

// TestNothingIsLeft holds, over random resources, that no literal that remains is a credential,
// that the variables hold what was taken, and that a second run finds nothing.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	pool := append(secrets(), harmless()...)
	for round := range 60 {
		g := &graph.Graph{}
		for i := range 5 {
			g.Resources = append(g.Resources, &graph.Resource{
				Address: address("rootly_x", fmt.Sprintf("r%d", i)), Title: pool[rng.IntN(len(pool))].text, Config: randomBlock(rng, pool, 0),
			})
		}
		told := secret.Hide(g, secret.Options{})
		if len(told) != len(g.Variables) || len(variables(g)) != len(told) {
			t.Fatalf("round %d: told %d, %d variables", round, len(told), len(g.Variables))
		}
		for _, r := range g.Resources {
			checkLiterals(t, r)
			if found := secret.Find("", r.Title); len(found) > 0 {
				t.Errorf("a title shows a secret: %v", found)
			}
		}
		if again := secret.Hide(g, secret.Options{}); len(again) != 0 {
			t.Errorf("round %d: a second run hides %v", round, again)
		}
	}
}

// randomBlock makes an object of samples, each under its name.
func randomBlock(rng *rand.Rand, pool []sample, depth int) cty.Value {
	attrs := map[string]cty.Value{}
	for range 6 {
		s := pool[rng.IntN(len(pool))]
		name := s.name
		if name == "" {
			name = fmt.Sprintf("text%d", rng.IntN(20))
		}
		switch {
		case depth < 3 && rng.IntN(5) == 0:
			attrs[fmt.Sprintf("block%d", depth)] = tuple(randomBlock(rng, pool, depth+1), randomBlock(rng, pool, depth+1))
		case rng.IntN(6) == 0:
			attrs[name] = cty.ListVal([]cty.Value{str("one"), str(s.text)})
		case rng.IntN(6) == 0:
			attrs[fmt.Sprintf("map%d", rng.IntN(9))] = cty.MapVal(map[string]cty.Value{name: str(s.text), "b": str("c")})
		default:
			attrs[name] = str(s.text)
		}
	}
	return obj(attrs)
}

func checkLiterals(t *testing.T, r *graph.Resource) {
	t.Helper()
	exprs := placed(r)
	err := cty.Walk(r.Config, func(path cty.Path, v cty.Value) (bool, error) {
		if v.Type() != cty.String || exprs[graph.PathString(path)] != nil {
			return true, nil
		}
		name := ""
		for _, step := range path {
			switch s := step.(type) {
			case cty.GetAttrStep:
				name = s.Name
			case cty.IndexStep:
				if s.Key.Type() == cty.String {
					name = s.Key.AsString()
				}
			}
		}
		if found := secret.Find(name, v.AsString()); len(found) > 0 {
			t.Errorf("%s: %s left at %s", r.Address, found[0].Rule, graph.PathString(path))
		}
		return true, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// BenchmarkHide walks 10,000 resources of 20 texts such as organisations have.
func BenchmarkHide(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 4))
	resources := make([]*graph.Resource, 10_000)
	for i := range resources {
		attrs := map[string]cty.Value{}
		for n := range 14 {
			attrs[fmt.Sprintf("attribute_%d", n)] = str(ordinary(rng))
		}
		attrs["block"] = tuple(obj(map[string]cty.Value{"a": str(ordinary(rng)), "b": str(ordinary(rng)), "enabled": cty.True}),
			obj(map[string]cty.Value{"name": str(ordinary(rng)), "value": str(ordinary(rng)), "key": str(ordinary(rng)), "position": cty.NumberIntVal(2)}))
		attrs["enabled"] = cty.True
		resources[i] = &graph.Resource{Address: address("rootly_x", fmt.Sprintf("r%d", i)), Config: obj(attrs)}
	}
	b.ReportAllocs()
	for b.Loop() {
		if told := secret.Hide(&graph.Graph{Resources: resources}, secret.Options{}); len(told) > 0 {
			b.Fatal("found ", told[0])
		}
	}
}

func ordinary(rng *rand.Rand) string {
	switch rng.IntN(8) {
	case 0:
		return "ALL"
	case 1:
		return fmt.Sprintf("%08x-7c1d-4e58-9a37-%012x", rng.Uint32(), rng.Uint64()>>16)
	case 2:
		return fmt.Sprintf("https://runbooks.example.com/teams/%d/database-failover?tab=%d", rng.IntN(99), rng.IntN(9))
	case 3:
		return "Rotates the API key of the payment service when the disk is full; ask the access team."
	case 4:
		return fmt.Sprintf("#inc-%d-api-gateway", rng.IntN(9999))
	case 5:
		return "{{ incident.title }}: {{ incident.severity }}, see {{ incident.url }}"
	case 6:
		return fmt.Sprintf("Service %d", rng.IntN(9999))
	}
	return "#7C3AED"
}

// What nobody but people knows becomes a variable without a value, once.
func TestHideWithheld(t *testing.T) {
	t.Parallel()
	r := &graph.Resource{Address: graph.Address{Type: "rootly_secret", Name: "token"}, Config: cty.ObjectVal(map[string]cty.Value{
		"name": cty.StringVal("Token"), "secret": cty.StringVal(""),
	})}
	g := &graph.Graph{Resources: []*graph.Resource{r}}
	o := secret.Options{Withheld: func(string) []string { return []string{"secret", "absent"} }}
	told := append(secret.Hide(g, o), secret.HideAlso(g, o, []string{"Zx81-qwer-Tyui-5678"})...)
	if len(told) != 0 || len(r.Exprs) != 1 || len(g.Variables) != 1 {
		t.Fatalf("hidden %v, expressions %v, %d variables", told, r.Exprs, len(g.Variables))
	}
	if v := g.Variables[0]; v.Name != "secret_token_secret" || !v.Optional || v.Value != "" {
		t.Errorf("variable %+v", *v)
	}
}
