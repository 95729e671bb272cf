package secret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// runbook is a long text with a place for something.
func runbook(in string) string {
	return "# Failover\n\n1. Look at the dashboard of the database team, and ask in #incidents whether anybody works on it.\n" +
		"2. Use this: " + in + "\n3. Promote the replica: `ctl promote --zone eu-west-1` – and wait.\n4. Tell {{ incident.title }} to everybody.\n"
}

// hidden hides what stands at an attribute, and returns the expression and the values by variable.
func hidden(t *testing.T, name, text string) (graph.Expr, map[string]string) {
	t.Helper()
	r := &graph.Resource{Address: address("rootly_x", "a"), Config: obj(map[string]cty.Value{name: str(text)})}
	g := &graph.Graph{Resources: []*graph.Resource{r}}
	if told := secret.Hide(g, secret.Options{}); len(told) != len(g.Variables) {
		t.Errorf("%d told, %d variables", len(told), len(g.Variables))
	}
	return placed(r)[name], variables(g)
}

// read puts a template together again: the whole, and the literals alone.
func read(t *testing.T, e graph.Template, values map[string]string) (whole, literals string) {
	t.Helper()
	for _, p := range e.Parts {
		if p.Expr == nil {
			whole, literals = whole+p.Text, literals+p.Text
			continue
		}
		literals += "{{ id }}"
		ref, ok := p.Expr.(graph.VariableRef)
		if !ok || values[ref.Name] == "" {
			t.Fatalf("%+v stands for nothing", p.Expr)
		}
		whole += values[ref.Name]
	}
	return whole, literals
}

// Of a long text only the credential goes, and all of the credential.
func TestLongTextsStay(t *testing.T) {
	t.Parallel()
	kept, all := 0, 0
	for i, s := range secrets() {
		text := runbook(s.text)
		if s.name != "" || len(secret.Find("description", text)) == 0 {
			continue
		}
		all++
		e, values := hidden(t, "description", text)
		template, ok := e.(graph.Template)
		if !ok {
			continue // as a whole
		}
		kept++
		whole, literals := read(t, template, values)
		if whole != text {
			t.Errorf("%d: reads as %q", i, whole)
		}
		if found := secret.Find("description", literals); len(found) > 0 {
			t.Errorf("%d: %s stays in %q", i, found[0].Rule, literals)
		}
		for _, f := range secret.Find("", s.text) {
			said := s.text[f.Start:f.End]
			for at := 0; at+8 <= len(said); at++ {
				if strings.Contains(literals, said[at:at+8]) {
					t.Fatalf("%d: a part of what %s found stays", i, f.Rule)
				}
			}
		}
		for _, v := range values {
			if len(secret.NewWatch([]string{v}).Leaks([]byte(literals))) > 0 {
				t.Errorf("%d: a value stays", i)
			}
		}
	}
	if all < 30 || kept < all*3/4 {
		t.Errorf("of %d texts %d stay", all, kept)
	}
}

func TestTextsThatGoAsAWhole(t *testing.T) {
	t.Parallel()
	token := "gh" + "p_" + word(36)
	for what, c := range map[string]struct{ name, text string }{
		"short":                  {"description", "use " + token},
		"little else":            {"description", token + " " + token + "\n" + token + "\n" + token + " and some more words, to be long"},
		"named as a credential":  {"password", runbook(token)},
		"something odd remains":  {"description", runbook(token + " or " + word(30))},
		"a key longer than seen": {"description", runbook("-----BEGIN RSA " + "PRIVATE KEY-----\n" + strings.Repeat(word(64)+"\n", 25) + "-----END RSA " + "PRIVATE KEY-----")},
	} {
		e, values := hidden(t, c.name, c.text)
		if _, ok := e.(graph.VariableRef); !ok || len(values) != 1 {
			t.Errorf("%s: %T", what, e)
		}
		for _, v := range values {
			if v != c.text {
				t.Errorf("%s: the variable holds a part", what)
			}
		}
	}
}

func TestOneVariableForEachCredentialOfAText(t *testing.T) {
	t.Parallel()
	one, two := "gh"+"p_"+word(36), "gl"+"pat-"+word(20)
	e, values := hidden(t, "description", runbook(one+", "+two+" or "+one))
	template, ok := e.(graph.Template)
	if !ok || len(values) != 2 || values["x_a_description"] != one || values["x_a_description_2"] != two {
		t.Fatalf("%T, %d variables", e, len(values))
	}
	refs := ""
	for _, p := range template.Parts {
		if p.Expr != nil {
			refs += fmt.Sprint(p.Expr)
		}
	}
	if refs != "{x_a_description}{x_a_description_2}{x_a_description}" {
		t.Errorf("references %s", refs)
	}
}

func TestLongTextsInJSONAndBesideReferences(t *testing.T) {
	t.Parallel()
	token := "gh" + "p_" + word(36)
	text := runbook(token)
	at := cty.Path{attr("body")}
	ref := graph.Ref{Target: address("rootly_service", "api"), Attr: "id"}
	r := &graph.Resource{Address: address("rootly_x", "a"), Config: obj(map[string]cty.Value{"body": str("..."), "text": str("...")}), Exprs: []graph.Placed{
		{Path: at, Expr: graph.Encoded{Value: obj(map[string]cty.Value{"text": str(text)})}},
		{Path: cty.Path{attr("text")}, Expr: graph.Template{Parts: []graph.Part{{Text: "for "}, {Expr: ref}, {Text: text}}}},
	}}
	g := &graph.Graph{Resources: []*graph.Resource{r}}
	secret.Hide(g, secret.Options{})
	values := variables(g)
	inner, ok := r.Exprs[0].Expr.(graph.Encoded).Exprs[0].Expr.(graph.Template)
	if !ok {
		t.Fatalf("in JSON: %+v", r.Exprs[0])
	}
	if whole, _ := read(t, inner, values); whole != text {
		t.Errorf("in JSON it reads as %q", whole)
	}
	beside := r.Exprs[1].Expr.(graph.Template)
	if len(beside.Parts) != 5 || beside.Parts[1].Expr != ref {
		t.Fatalf("beside a reference: %+v", beside)
	}
	if whole, _ := read(t, graph.Template{Parts: beside.Parts[2:]}, values); whole != text {
		t.Errorf("beside a reference it reads as %q", whole)
	}
}
