package generator_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// nasty are fragments that have broken writers of HCL; random texts are made of them.
var nasty = []string{
	"", "a", "word", " ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", "$", "%", "{", "}", "${", "%{", "$${", "%%{", "$$", "~}", "${~",
	`"`, `\`, `\n`, `\"`, "#", "//", "/*", "*/", "<<EOT", "<<-EOT\n", "EOT", "\nEOT\n", "\n  EOT", "EOT2\n", "\x00", "\x1b", "\x7f", "\u0085",
	"\u00a0", "\u200b", "\u200d", "\u202e", "\u2028", "\u2066", "\ufeff", "\u0301", "é", "e\u0301", "שלום", "👩\u200d💻", "🇩🇪", "\U000e0001", "\ue000", "\uffff",
	"{{ incident.title }}", "{% if x %}", "null", "true", "1e3", "for", "日本", "\u3000", "ﾞ", "🏽",
}

func nastyText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteString(nasty[r.IntN(len(nasty))])
	}
	return b.String()
}

// A maker makes random values, and expressions that evaluate to parts of them.
type maker struct {
	testing.TB
	*rand.Rand
	variables map[string]cty.Value
	exprs     []graph.Placed
}

func newMaker(t testing.TB, seed uint64) *maker {
	return &maker{TB: t, Rand: rand.New(rand.NewPCG(seed, 1)), variables: map[string]cty.Value{}}
}

func (m *maker) scalar() cty.Value {
	switch m.IntN(8) {
	case 0:
		return cty.BoolVal(m.IntN(2) == 0)
	case 1:
		return cty.NumberIntVal(int64(m.IntN(2000) - 1000))
	case 2:
		return cty.MustParseNumberVal(fmt.Sprintf("%d.%d", m.IntN(1000)-500, m.IntN(1000)))
	}
	return cty.StringVal(nastyText(m.Rand))
}

// value makes a value for an attribute.
func (m *maker) value(depth int) cty.Value {
	kind := m.IntN(10)
	if depth > 2 {
		kind = 9
	}
	n := m.IntN(5)
	switch kind {
	case 0:
		return cty.NullVal(cty.String)
	case 1:
		texts := make([]cty.Value, n+1)
		for i := range texts {
			texts[i] = cty.StringVal(nastyText(m.Rand))
		}
		return []func([]cty.Value) cty.Value{cty.ListVal, cty.SetVal}[m.IntN(2)](texts)
	case 2:
		members := map[string]cty.Value{}
		for range n + 1 {
			members[cty.StringVal(nastyText(m.Rand)).AsString()] = cty.StringVal(nastyText(m.Rand))
		}
		return cty.MapVal(members)
	case 3:
		members := map[string]cty.Value{}
		for range n {
			members[m.key()] = m.value(depth + 1)
		}
		return cty.ObjectVal(members)
	case 4: // a leading text keeps it from being taken for blocks
		elements := []cty.Value{cty.StringVal(nastyText(m.Rand))}
		for range n {
			elements = append(elements, m.value(depth+1))
		}
		return cty.TupleVal(elements)
	}
	return m.scalar()
}

func (m *maker) key() string {
	if m.IntN(2) == 0 {
		return []string{"for", "null", "true", "in", "if", "id", "name", "Content-Type", "_x"}[m.IntN(9)]
	}
	return cty.StringVal(nastyText(m.Rand)).AsString()
}

// body makes an object for a block; expressions go where the prefix says.
func (m *maker) body(depth int, prefix cty.Path) cty.Value {
	members := map[string]cty.Value{}
	for i := range m.IntN(6) + 1 {
		name := strings.Repeat("n", i+1) + fmt.Sprint(i)
		path := prefix.Copy().GetAttr(name)
		switch {
		case depth < 2 && m.IntN(6) == 0:
			var inner []cty.Value
			for k := range m.IntN(3) + 1 {
				inner = append(inner, m.body(depth+1, path.Copy().IndexInt(k)))
			}
			members[name] = cty.TupleVal(inner)
		case m.IntN(3) == 0:
			members[name] = m.expression(path)
		case m.IntN(8) == 0:
			members[name] = m.keyed(path)
		default:
			members[name] = m.value(0)
		}
	}
	return cty.ObjectVal(members)
}

// expression places an expression and returns what it evaluates to.
func (m *maker) expression(path cty.Path) cty.Value {
	expr, v := m.anyExpression()
	m.exprs = append(m.exprs, graph.Placed{Path: path, Expr: expr})
	return v
}

// keyed makes a map in which expressions stand for some keys, and for some values under such keys.
func (m *maker) keyed(path cty.Path) cty.Value {
	members := map[string]cty.Value{}
	for range m.IntN(4) + 1 {
		expr, key := m.text()
		if _, taken := members[key.AsString()]; taken {
			continue
		}
		at := path.Copy().IndexString(key.AsString())
		members[key.AsString()] = cty.StringVal(nastyText(m.Rand))
		if m.IntN(3) == 0 {
			members[key.AsString()] = m.expression(at)
		}
		if m.IntN(4) > 0 {
			m.exprs = append(m.exprs, graph.Placed{Path: at, Expr: expr, Key: true})
		}
	}
	return cty.MapVal(members)
}

func (m *maker) anyExpression() (graph.Expr, cty.Value) {
	switch m.IntN(4) {
	case 0:
		return m.template()
	case 1:
		v := m.value(0)
		encoded := graph.Encoded{Value: v}
		if m.IntN(3) == 0 {
			e, key := m.variable()
			encoded.Value = cty.ObjectVal(map[string]cty.Value{key.AsString(): v})
			encoded.Exprs = []graph.Placed{{Path: cty.GetAttrPath(key.AsString()), Expr: e, Key: true}}
		}
		text, err := jsonText(encoded.Value)
		if err != nil {
			m.Fatal(err)
		}
		return encoded, text
	}
	return m.variable()
}

// text makes an expression that a key may be.
func (m *maker) text() (graph.Expr, cty.Value) {
	if m.IntN(2) == 0 {
		return m.template()
	}
	return m.variable()
}

func (m *maker) template() (graph.Expr, cty.Value) {
	var parts []graph.Part
	text := ""
	for range m.IntN(5) {
		s := nastyText(m.Rand)
		e, v := m.variable()
		parts = append(parts, graph.Part{Text: s}, graph.Part{Expr: e})
		text += s + v.AsString()
	}
	last := nastyText(m.Rand)
	return graph.Template{Parts: append(parts, graph.Part{Text: last})}, cty.StringVal(text + last)
}

func (m *maker) variable() (graph.Expr, cty.Value) {
	name := fmt.Sprintf("v%d", len(m.variables))
	v := cty.StringVal(nastyText(m.Rand))
	m.variables[name] = v
	return graph.VariableRef{Name: name}, v
}

func jsonText(v cty.Value) (cty.Value, error) {
	return newEvaluator(nil).context.Functions["jsonencode"].Call([]cty.Value{v})
}

// randomGraph makes a graph and the evaluator that knows its expressions' values.
func randomGraph(t testing.TB, seed uint64) (*graph.Graph, evaluator) {
	m := newMaker(t, seed)
	g := &graph.Graph{}
	for i := range m.IntN(4) + 1 {
		m.exprs = nil
		r := &graph.Resource{Address: addr("rootly_unknown", fmt.Sprintf("r%d", i)), Group: "unknown", ID: graph.ID(nastyText(m.Rand))}
		r.Config = m.body(0, nil)
		r.Exprs = m.exprs
		if m.IntN(2) == 0 {
			r.Notes = append(r.Notes, graph.Note{Text: nastyText(m.Rand)}, graph.Note{Path: at("n0"), Text: nastyText(m.Rand)})
			r.Protect = nastyText(m.Rand)
		}
		if m.IntN(2) == 0 {
			r.Ignore = []graph.Ignore{{Path: `n0["a b"][0].x`, Reason: nastyText(m.Rand)}}
		}
		g.Resources = append(g.Resources, r)
	}
	return g, newEvaluator(map[string]cty.Value{"var": cty.ObjectVal(withOne(m.variables))})
}

func withOne(m map[string]cty.Value) map[string]cty.Value {
	m["none"] = cty.StringVal("")
	return m
}

func TestRandomGraphsReadBack(t *testing.T) {
	t.Parallel()
	const graphs = 300
	for seed := range uint64(graphs) {
		g, e := randomGraph(t, seed)
		files := render(t, g, generator.Options{Layout: generator.Layout(seed % 3)})
		requireRoundTrip(t, g, files, e)
		requireFormatted(t, files)
		requireVisible(t, files)
		requireRoundTrip(t, g, render(t, g, generator.Options{Syntax: generator.JSON}), e)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// requireValues holds that the file of secrets gives these values, without any function.
func requireValues(t testing.TB, files []generator.File, want map[string]cty.Value) {
	t.Helper()
	for _, f := range files {
		if f.Name != "secrets.auto.tfvars" {
			continue
		}
		file, diags := hclsyntax.ParseConfig(f.Content, f.Name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%v in\n%s", diags, f.Content)
		}
		attributes, diags := file.Body.JustAttributes()
		if diags.HasErrors() || len(attributes) != len(want) {
			t.Fatalf("%d values, %v in\n%s", len(attributes), diags, f.Content)
		}
		for name, v := range want {
			got, diags := attributes[name].Expr.Value(nil)
			if diags.HasErrors() || !got.RawEquals(v) {
				t.Fatalf("%s is %#v, want %#v; %v", name, got, v, diags)
			}
		}
		return
	}
	t.Fatal("no secrets.auto.tfvars")
}

// TestTemplateKeepsTheEndOfItsLastPart holds that what an expression ends with is not lost.
func TestTemplateKeepsTheEndOfItsLastPart(t *testing.T) {
	t.Parallel()
	g := &graph.Graph{Resources: []*graph.Resource{{
		Address: addr("rootly_unknown", "x"),
		Config:  obj(object{"text": str("first\nsecond\n")}),
		Exprs: []graph.Placed{{Path: at("text"), Expr: graph.Template{Parts: []graph.Part{
			{Text: "first\n"}, {Expr: graph.VariableRef{Name: "x"}}}}}},
	}}}
	e := newEvaluator(map[string]cty.Value{"var": obj(object{"x": str("second\n")})})
	requireRoundTrip(t, g, render(t, g, generator.Options{}), e)
}

// requireVisible holds that no character hides in the code or reorders its lines.
func requireVisible(t testing.TB, files []generator.File) {
	t.Helper()
	for _, f := range files {
		hidden := func(r rune) bool {
			return r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff'
		}
		if i := bytes.IndexFunc(f.Content, hidden); i >= 0 {
			t.Errorf("%s hides %q", f.Name, f.Content[i:min(i+10, len(f.Content))])
		}
	}
}

// TestDescriptionsAreStatic holds that variables are declared without calling functions, which
// Terraform does not allow there.
func TestDescriptionsAreStatic(t *testing.T) {
	t.Parallel()
	const description = "First line.\nSecond line, without an end."
	files := render(t, &graph.Graph{Variables: []*graph.Variable{{Name: "x", Description: description}}}, generator.Options{})
	for _, f := range files {
		if f.Name != "variables.tf" {
			continue
		}
		file, diags := hclsyntax.ParseConfig(f.Content, f.Name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		content, _, diags := file.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "variable", LabelNames: []string{"name"}}}})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		attributes, _ := content.Blocks[0].Body.JustAttributes()
		if v, diags := attributes["description"].Expr.Value(nil); diags.HasErrors() || v.AsString() != description {
			t.Errorf("description is %#v; %v", v, diags)
		}
		return
	}
	t.Error("no variables.tf")
}

// FuzzText holds that any text reads back as it was, wherever it may stand.
func FuzzText(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, s)
	}
	f.Add("first\n  second\n", "EOT\n\n \t\nx")
	f.Fuzz(func(t *testing.T, s, other string) {
		text := cty.StringVal(strings.ToValidUTF8(s, "?"))
		x := cty.StringVal(strings.ToValidUTF8(other, "?"))
		both := cty.StringVal(text.AsString() + x.AsString() + text.AsString())
		encoded, err := jsonText(cty.ObjectVal(object{"t": text}))
		if err != nil {
			t.Fatal(err)
		}
		g := &graph.Graph{Resources: []*graph.Resource{{
			Address: addr("rootly_unknown", "x"),
			Config: obj(object{
				"text": text, "list": cty.ListVal([]cty.Value{text, x}), "map": cty.MapVal(object{text.AsString(): x}),
				"block": blocks(object{"text": text}), "template": both, "encoded": encoded,
			}),
			Exprs: []graph.Placed{
				{Path: at("template"), Expr: graph.Template{Parts: []graph.Part{{Text: text.AsString()}, {Expr: graph.VariableRef{Name: "x"}}, {Text: text.AsString()}}}},
				{Path: at("encoded"), Expr: graph.Encoded{Value: obj(object{"t": text})}},
			},
			Notes: []graph.Note{{Text: text.AsString()}, {Path: at("list.0"), Text: x.AsString()}},
		}}, Variables: []*graph.Variable{{Name: "x", Value: x.AsString(), Description: text.AsString()}, {Name: "text", Value: text.AsString()}}}
		e := newEvaluator(map[string]cty.Value{"var": cty.ObjectVal(object{"x": x})})
		for _, syntax := range []generator.Syntax{generator.HCL, generator.JSON} {
			files := render(t, g, generator.Options{Syntax: syntax})
			requireRoundTrip(t, g, files, e)
			requireFormatted(t, files)
			requireValues(t, files, map[string]cty.Value{"x": x, "text": text})
			requireFormatted(t, render(t, g, generator.Options{Blank: true}))
		}
	})
}
