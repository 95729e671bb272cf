package change_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/change"
	"github.com/terraformer-rootly/terraformer-rootly/generator/plans/document"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
)

// planOf is a plan with one change.
func planOf(rest string) string {
	return `{"format_version":"1.2","planned_values":{},"resource_changes":[{"address":"a.b","mode":"managed","type":"a","change":{` + rest + `}}]}`
}

func read(t *testing.T, text string, o change.Options) *change.Plan {
	t.Helper()
	p, err := change.Read(strings.NewReader(text), secret.NewVeil(secret.Options{}), o)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return p
}

// lines spells attributes as "path: before -> after".
func lines(list []change.Attribute) []string {
	out := []string{}
	for _, a := range list {
		line := a.Path + ": " + a.Before + " -> " + a.After
		if a.Sensitive {
			line += " sensitive"
		}
		if a.Replaces {
			line += " replaces"
		}
		out = append(out, line)
	}
	return out
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, change string
		want         []string
	}{
		{"a value", `"before":{"n":1,"s":"x","b":true},"after":{"n":2,"s":"y","b":false}`, []string{`b: true -> false`, `n: 1 -> 2`, `s: "x" -> "y"`}},
		{"null", `"before":{"a":null,"b":"x"},"after":{"a":"x","b":null}`, []string{`a: null -> "x"`, `b: "x" -> null`}},
		{"a text that says null", `"before":{"a":null},"after":{"a":"null"}`, []string{`a: null -> "null"`}},
		{"nothing", `"before":{"a":[1,{"x":[]}]},"after":{"a":[1,{"x":[]}]}`, []string{}},
		{"below", `"before":{"a":{"b":[{"c":1},{"c":2}]}},"after":{"a":{"b":[{"c":1},{"c":3}]}}`, []string{`a.b[1].c: 2 -> 3`}},
		{"not known yet", `"before":{"id":"1","x":1},"after":{"x":1},"after_unknown":{"id":true}`, []string{`id: "1" -> (known after apply)`}},
		{"a part not known yet", `"before":{"l":["a","b"]},"after":{"l":["a",null]},"after_unknown":{"l":[false,true]}`, []string{`l[1]: "b" -> (known after apply)`}},
		{"all not known yet", `"before":{"l":[1]},"after":{},"after_unknown":{"l":true}`, []string{`l: [1] -> (known after apply)`}},
		{"plain lists", `"before":{"l":["a","b"]},"after":{"l":["b","c"]}`, []string{`l: ["a", "b"] -> ["b", "c"]`}},
		{"one more in the middle", `"before":{"l":[{"n":1},{"n":3}]},"after":{"l":[{"n":1},{"n":2},{"n":3}]}`, []string{`l[1].n:  -> 2`}},
		{"one less", `"before":{"l":[{"n":1},{"n":2}]},"after":{"l":[{"n":2}]}`, []string{`l[0].n: 1 -> `}},
		{"sensitive", `"before":{"p":"one","q":1},"after":{"p":"two","q":2},"before_sensitive":{"p":true},"after_sensitive":{"p":true}`, []string{`p: (sensitive value) -> (sensitive value) sensitive`, `q: 1 -> 2`}},
		{"sensitive on one side", `"before":{"p":"one"},"after":{"p":"two"},"before_sensitive":{},"after_sensitive":{"p":true}`, []string{`p: (sensitive value) -> (sensitive value) sensitive`}},
		{"sensitive below", `"before":{"l":[{"k":"a","v":"1"}]},"after":{"l":[{"k":"a","v":"2"}]},"before_sensitive":{"l":[{"v":true}]},"after_sensitive":{"l":[{"v":true}]}`, []string{`l[0].v: (sensitive value) -> (sensitive value) sensitive`}},
		{"all sensitive", `"before":{"p":"one"},"after":{"p":"two"},"before_sensitive":true,"after_sensitive":true`, []string{`: (sensitive value) -> (sensitive value) sensitive`}},
		{"sensitive and not known yet", `"before":{"p":"one"},"after":{},"after_unknown":{"p":true},"before_sensitive":{"p":true}`, []string{`p: (sensitive value) -> (known after apply) sensitive`}},
		{"named so", `"before":{"password":"a"},"after":{"password":"b"}`, []string{`password: (sensitive value) -> (sensitive value) sensitive`}},
		{"named so further up", `"before":{"password":{"v":["a1"]}},"after":{"password":{"v":["b1"]}}`, []string{`password.v: [(sensitive value)] -> [(sensitive value)] sensitive`}},
		{"formed so", `"before":{"x":"none"},"after":{"x":"https://hooks.slack.com/services/T00000001/B00000001/abcdefABCDEF123456789012"}`, []string{`x: "none" -> (sensitive value) sensitive`}},
		{"marks in what is shown whole", `"before":{"o":{"pin":"12","n":1}},"after":{},"after_unknown":{"o":true},"before_sensitive":{"o":{"pin":true}}`, []string{`o: {n: 1, pin: (sensitive value)} -> (known after apply) sensitive`}},
		{"pairs in what is shown whole", `"before":{"o":[{"name":"DB_PASSWORD","value":"12"}]},"after":{},"after_unknown":{"o":true}`, []string{`o: [{name: "DB_PASSWORD", value: (sensitive value)}] -> (known after apply) sensitive`}},
		{"formed so in a text", `"before":{"x":"none"},"after":{"x":"post to https://hooks.slack.com/services/T00000001/B00000001/abcdefABCDEF123456789012 then"}`, []string{`x: "none" -> "post to [secret] then" sensitive`}},
		{"pairs", `"before":{"env":[{"name":"DB_PASSWORD","value":"aa11"}]},"after":{"env":[{"name":"DB_PASSWORD","value":"bb22"}]}`, []string{`env[0].value: (sensitive value) -> (sensitive value) sensitive`}},
		{"JSON in a text", `"before":{"d":"[{\"image\":\"a:1\",\"env\":[{\"name\":\"API_TOKEN\",\"value\":\"k1k1\"}]}]"},"after":{"d":"[{\"image\":\"a:2\",\"env\":[{\"name\":\"API_TOKEN\",\"value\":\"k2k2\"}]}]"}`,
			[]string{`d[0].env[0].value: (sensitive value) -> (sensitive value) sensitive`, `d[0].image: "a:1" -> "a:2"`}},
		{"JSON that becomes text", `"before":{"d":"{\"a\":1}"},"after":{"d":"none"}`, []string{`d: "{\"a\":1}" -> "none"`}},
		{"a hidden value elsewhere", `"before":{"p":"0","u":"x"},"after":{"p":"sesame77","u":"echo sesame77 | run"},"before_sensitive":{"p":true},"after_sensitive":{"p":true}`,
			[]string{`p: (sensitive value) -> (sensitive value) sensitive`, `u: "x" -> "echo (sensitive value) | run" sensitive`}},
		{"why it is replaced", `"before":{"a":{"b":1},"c":1},"after":{"a":{"b":2},"c":2},"replace_paths":[["a"]]`, []string{`a.b: 1 -> 2 replaces`, `c: 1 -> 2`}},
		{"another kind", `"before":{"a":"x"},"after":{"a":{"b":1}}`, []string{`a: "x" -> {b: 1}`}},
		{"lines and controls", `"before":{"a":"x\ny"},"after":{"a":"x\u001b[31m"}`, []string{`a: "x\ny" -> "x\x1b[31m"`}},
	} {
		got := read(t, planOf(`"actions":["update"],`+test.change), change.Options{})
		if diff := cmp.Diff(test.want, lines(got.Changes[0].Attributes)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestNewAndGoneObjects(t *testing.T) {
	t.Parallel()
	made := read(t, planOf(`"actions":["create"],"before":null,"after":{"a":"x","n":null,"l":[],"t":{"k":"v"}},"after_unknown":{"id":true,"t":{}},"after_sensitive":{}`), change.Options{})
	if diff := cmp.Diff([]string{`a:  -> "x"`, `l:  -> []`, `t.k:  -> "v"`}, lines(made.Changes[0].Attributes)); diff != "" {
		t.Error(diff)
	}
	gone := read(t, planOf(`"actions":["delete"],"before":{"a":"x","p":"y"},"after":null,"before_sensitive":{"p":true},"after_sensitive":false`), change.Options{})
	if diff := cmp.Diff([]string{`a: "x" -> `, `p: (sensitive value) ->  sensitive`}, lines(gone.Changes[0].Attributes)); diff != "" {
		t.Error(diff)
	}
}

func TestActionsAndSummary(t *testing.T) {
	t.Parallel()
	object := func(i int, module, rest string) string {
		return fmt.Sprintf(`{"address":"%sa.b%d","module_address":%q,"mode":"managed","type":"a",%s}`, module, i, strings.TrimSuffix(module, "."), rest)
	}
	p := read(t, `{"format_version":"1.2","planned_values":{},"resource_drift":[{"address":"a.z"}],"resource_changes":[`+strings.Join([]string{
		object(1, "", `"change":{"actions":["update"],"before":{},"after":{}}`),
		object(2, "module.x.", `"change":{"actions":["create"],"before":null,"after":{}}`),
		object(3, "module.x.", `"change":{"actions":["delete"],"before":{},"after":null}`),
		object(4, "", `"change":{"actions":["delete","create"],"before":{},"after":{}},"action_reason":"replace_because_tainted"`),
		object(5, "", `"change":{"actions":["create","delete"],"before":{},"after":{}}`),
		object(6, "", `"change":{"actions":["no-op"],"before":{},"after":{},"importing":{"id":"x"}}`),
		object(7, "", `"change":{"actions":["no-op"],"before":{},"after":{}},"previous_address":"a.old"`),
		object(8, "", `"change":{"actions":["forget"],"before":{},"after":null}`),
		object(9, "", `"change":{"actions":["no-op"],"before":{},"after":{}}`),
		object(10, "", `"change":{"actions":["update"],"before":{},"after":{}},"previous_address":"a.older"`),
		`{"address":"data.a.b","mode":"data","type":"a","change":{"actions":["read"],"before":null,"after":{}}}`,
		`{"address":"ephemeral.a.b","mode":"ephemeral","type":"a","change":{"actions":["open"],"before":null,"after":{}}}`,
	}, ",")+`],"output_changes":{"o":{"actions":["update"],"before":"1","after":"2","before_sensitive":false,"after_sensitive":false},"same":{"actions":["no-op"],"before":1,"after":1}}}`, change.Options{})
	if got, want := p.Summary(), "2 changed, 1 created, 1 destroyed, 2 replaced, 1 imported, 1 moved, 1 forgotten"; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	want := []change.Module{
		{Address: "", Actions: map[change.Action]int{"changed": 2, "replaced": 2, "imported": 1, "moved": 1, "forgotten": 1}},
		{Address: "module.x", Actions: map[change.Action]int{"created": 1, "destroyed": 1}},
	}
	if diff := cmp.Diff(want, p.Modules()); diff != "" {
		t.Error(diff)
	}
	if p.Drifted != 1 || len(p.Outputs) != 1 || p.Outputs[0].Address != "output.o" || p.Empty() {
		t.Errorf("%+v", p)
	}
	if p.Changes[3].Reason != "replace because tainted" || p.Changes[6].Previous != "a.old" || p.Changes[8].Previous != "a.older" {
		t.Errorf("%+v", p.Changes)
	}
}

func TestPlansWithoutChanges(t *testing.T) {
	t.Parallel()
	for text, summary := range map[string]string{
		`{"format_version":"1.0","planned_values":{}}`:                                                                          "no changes",
		`{"format_version":"1.2","configuration":{},"resource_changes":null}`:                                                   "no changes",
		planOf(`"actions":["no-op"],"before":{"a":1},"after":{"a":1}`):                                                          "no changes",
		`{"format_version":"1.2","planned_values":{},"output_changes":{"a":{"actions":["create"],"after":1}}}`:                  "1 output changed",
		`{"format_version":"1.2","planned_values":{},"output_changes":{"a":{"actions":["create"]},"b":{"actions":["delete"]}}}`: "2 outputs changed",
	} {
		p := read(t, text, change.Options{})
		if p.Summary() != summary || p.Empty() != (summary == "no changes") {
			t.Errorf("%s: %s", text, p.Summary())
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	p := read(t, planOf(`"actions":["update"],"before":{"a":1,"b":1,"c":1,"long":"`+strings.Repeat("x", 500)+`1 tail"},"after":{"a":2,"b":2,"c":2,"long":"`+strings.Repeat("x", 500)+`2 tail"}`),
		change.Options{Attributes: 2})
	if c := p.Changes[0]; len(c.Attributes) != 2 || c.More != 2 {
		t.Errorf("%+v", c)
	}
	long := read(t, planOf(`"actions":["update"],"before":{"long":"`+strings.Repeat("é", 500)+`1 tail"},"after":{"long":"`+strings.Repeat("é", 500)+`2"}`), change.Options{Length: 40}).Changes[0].Attributes[0]
	if !strings.Contains(long.Before, "é1 tail") || !strings.Contains(long.After, "é2") || !strings.Contains(long.Before, "(508 characters)") || len([]rune(long.Before)) > 70 {
		t.Errorf("%+v", long)
	}
}

func TestWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		``: document.ErrNoPlan, `[]`: document.ErrNoPlan, `{}`: document.ErrNoPlan, `x`: document.ErrNoPlan, `null`: document.ErrNoPlan, `{"a":`: document.ErrNoPlan,
		`{"format_version":"1.0","values":{}}`:                            document.ErrNoPlan,
		`{"format_version":"1.0","provider_schemas":{}}`:                  document.ErrNoPlan,
		`{"version":4,"serial":1,"lineage":"x","resources":[]}`:           document.ErrNoPlan,
		`{"format_version":"1.0"}`:                                        document.ErrNoPlan,
		`{"remote_plan_format":1}`:                                        document.ErrNoPlan,
		`{"format_version":"2.0","planned_values":{}}`:                    document.ErrFormat,
		`{"format_version":"0.2","planned_values":{}}`:                    document.ErrFormat,
		`{"format_version":"10.1","planned_values":{}}`:                   document.ErrFormat,
		`{"format_version":1,"planned_values":{}}`:                        document.ErrNoPlan,
		`{"format_version":"1.2","resource_changes":{}}`:                  document.ErrNoPlan,
		`{"format_version":"1.2","resource_changes":[{"change":"x"}]}`:    document.ErrNoPlan,
		`{"format_version":"1.2","planned_values":{},"output_changes":3}`: document.ErrNoPlan,
	} {
		if p, err := change.Read(strings.NewReader(text), secret.NewVeil(secret.Options{}), change.Options{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, %+v", text, err, p)
		}
	}
}

// What chat programs take for a mention is none, even in code.
func TestMarkdownMentionsNobody(t *testing.T) {
	t.Parallel()
	p := read(t, `{"format_version":"1.2","planned_values":{},"resource_changes":[{"address":"a.b[\"<!here>`+"``"+`\\u202e\"]","mode":"managed","type":"a","change":{"actions":["update"],"before":{"<@U1>":1},"after":{"<@U1>":2}}}]}`, change.Options{})
	for _, bad := range []string{"<!", "<@", "\u202e"} {
		if text := p.Markdown(10); strings.Contains(text, bad) {
			t.Errorf("%q stands in %s", bad, text)
		}
	}
}

// A plan that Terraform wrote, cut off at each byte: never a plan, never a panic.
func TestTornPlans(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("testdata", "terraform.json"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(string(raw))
	for i := range len(text) {
		if _, err := change.Read(strings.NewReader(text[:i]), secret.NewVeil(secret.Options{}), change.Options{}); !errors.Is(err, document.ErrNoPlan) {
			t.Fatalf("cut after %d bytes: %v", i, err)
		}
	}
}

func TestAPlanThatTerraformWrote(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("testdata", "terraform.json"))
	if err != nil {
		t.Fatal(err)
	}
	p := read(t, string(raw), change.Options{})
	if got, want := p.Summary(), "1 changed, 1 created, 2 destroyed, 1 replaced"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	want := []string{
		"- `terraform_data.a` **changed**", "  - `input.size`: `\"small\"` → `\"large\"`", "  - `output`: `{note: \"x\", size: \"small\"}` → `(known after apply)`",
		"- and 5 more", "",
	}
	if diff := cmp.Diff(want, strings.Split(p.Markdown(1), "\n")); diff != "" {
		t.Error(diff)
	}
	if text := shown(t, p); strings.Contains(text, "hunter2") {
		t.Error("a sensitive variable is shown")
	}
	again := read(t, " "+string(raw)+"\n", change.Options{})
	if again.Content != p.Content || again.Source == p.Source {
		t.Error("the digests do not tell the document from what it says")
	}
}

// shown is all that can be seen of a plan.
func shown(t *testing.T, p *change.Plan) string {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + p.Markdown(1000) + p.Summary()
}

// Whatever a plan marks as sensitive, it is never shown, wherever else it stands.
func TestMarkedValuesAreNeverShown(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), short: seed%2 == 1}
		text := g.plan()
		seen := shown(t, read(t, text, change.Options{Attributes: 1 + g.IntN(30), Length: 1 + g.IntN(200)}))
		for _, s := range g.secrets {
			for _, part := range []string{s, s[:len(s)-1], s[1:]} {
				if strings.Contains(seen, part) {
					t.Fatalf("seed %d: %s is shown\n%s\n%s", seed, s, text, seen)
				}
			}
		}
	}
}

// A generator makes plans with values that nobody may see.
type generator struct {
	*rand.Rand
	short   bool // secrets are too short to be looked for elsewhere, and stand nowhere else
	secrets []string
}

func (g *generator) secret() string {
	if len(g.secrets) > 0 && g.IntN(2) == 0 {
		return g.secrets[g.IntN(len(g.secrets))]
	}
	s := fmt.Sprintf("zq%dw%dzq", g.IntN(1e9), g.IntN(1e9))
	if g.short {
		s = "~" + string(rune('A'+g.IntN(26))) + "~"
	}
	g.secrets = append(g.secrets, s)
	return s
}

// value makes a value with its mark. Within what is marked, all texts are secrets; elsewhere, a text
// may repeat one that is marked.
func (g *generator) value(depth int, hidden bool) (value, mark string) {
	mark = "false"
	if !hidden && g.IntN(4) == 0 {
		value, _ = g.value(depth, true)
		return value, "true"
	}
	kind := g.IntN(4)
	switch {
	case depth > 0 && kind == 0:
		var values, marks []string
		for i := range 1 + g.IntN(3) {
			v, m := g.value(depth-1, hidden)
			values, marks = append(values, fmt.Sprintf(`"k%d":%s`, i, v)), append(marks, fmt.Sprintf(`"k%d":%s`, i, m))
		}
		return "{" + strings.Join(values, ",") + "}", "{" + strings.Join(marks, ",") + "}"
	case depth > 0 && kind == 1:
		var values, marks []string
		for range 1 + g.IntN(3) {
			v, m := g.value(depth-1, hidden)
			values, marks = append(values, v), append(marks, m)
		}
		return "[" + strings.Join(values, ",") + "]", "[" + strings.Join(marks, ",") + "]"
	case hidden:
		return fmt.Sprintf("%q", g.secret()), mark
	case kind == 2 && len(g.secrets) > 0 && !g.short:
		return fmt.Sprintf("%q", "see "+g.secrets[g.IntN(len(g.secrets))]+" there"), mark
	}
	return fmt.Sprintf("%q", fmt.Sprintf("plain %d", g.IntN(100))), mark
}

func (g *generator) plan() string {
	var objects []string
	for i := range 1 + g.IntN(6) {
		action := []string{`"update"`, `"create"`, `"delete"`, `"delete","create"`, `"no-op"`}[g.IntN(5)]
		before, beforeMark, after, afterMark := "null", "false", "null", "false"
		if action != `"create"` {
			before, beforeMark = g.value(3, false)
		}
		if action != `"delete"` {
			after, afterMark = g.value(3, false)
		}
		objects = append(objects, fmt.Sprintf(
			`{"address":"a.b%d","mode":"managed","type":"a","change":{"actions":[%s],"before":{"x":%s},"after":{"x":%s},"before_sensitive":{"x":%s},"after_sensitive":{"x":%s}}}`,
			i, action, before, after, beforeMark, afterMark))
	}
	return `{"format_version":"1.2","planned_values":{},"resource_changes":[` + strings.Join(objects, ",") + `]}`
}

// TestSecretsByPlace holds that a type's secret paths are hidden whatever they are called, and a name on one side of
// a change covers both.
func TestSecretsByPlace(t *testing.T) {
	t.Parallel()
	veil := func() *secret.Veil {
		return secret.NewVeil(secret.Options{Secret: func(typ string) []string {
			return map[string][]string{"a": {"headers.value", "inner.headers", "pin"}}[typ]
		}})
	}
	for _, sides := range []string{
		`"before":{"headers":[{"name":"X-Plain","value":"quietotter1"}]},"after":{"headers":[{"name":"X-Plain","value":"quietotter2"}]}`,
		`"before":{"headers":[]},"after":{"headers":[{"name":"X-Plain","value":"quietotter2"}]}`,
		`"before":null,"after":{"inner":[{"headers":"{\"X-Plain\":\"quietotter2\"}"}]}`,
		`"before":{"pin":1234567},"after":{"pin":null}`,
		`"before":{"vars":[{"name":"plain","value":"quietotter1"}]},"after":{"vars":[{"name":"api_token","value":"quietotter2"}]}`,
		`"before":{"inner":[{"headers":{"k":["quietotter1"]}}]},"after":{"inner":[{"headers":null}]}`,
	} {
		p, err := change.Read(strings.NewReader(planOf(`"actions":["update"],`+sides)), veil(), change.Options{})
		if err != nil {
			t.Fatal(err)
		}
		said, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(said) + p.Markdown(9); strings.Contains(text, "quietotter") || strings.Contains(text, "1234567") || !strings.Contains(text, "(sensitive value)") {
			t.Errorf("%s: %s", sides, text)
		}
	}
}

func TestDeepValues(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 1_000_000)
	got := read(t, planOf(`"actions":["update"],"before":{"a":"x"},"after":{"a":"`+deep+`"}`), change.Options{}).Changes[0].Attributes
	if len(got) != 1 || !strings.HasPrefix(got[0].After, `"[[`) {
		t.Errorf("a text of brackets: %+v", got)
	}
	nested := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	if _, err := change.Read(strings.NewReader(planOf(`"actions":["update"],"after":`+nested)), secret.NewVeil(secret.Options{}), change.Options{}); !errors.Is(err, document.ErrNoPlan) {
		t.Errorf("values in each other: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "terraform.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, values := range []string{
		`"actions":["update"],"before":{"a":"[1]"},"after":{"a":"{}"},"after_unknown":[true]`, `"actions":["forget","create"],"after":1e999999999`,
		`"actions":[],"before_sensitive":{"a":true},"before":{"a":["secret"]},"replace_paths":[[],[null],[1,"a"]]`, `"importing":{"identity":{}}`,
	} {
		f.Add([]byte(planOf(values)))
	}
	f.Add([]byte(`{"format_version":"1.2","planned_values":{},"variables":{"a":{"value":"secret text"},"b":null},"configuration":{"root_module":{"variables":{"a":{"sensitive":true}}}},"output_changes":{"o":{"actions":["update"],"after":"secret text"}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := change.Read(bytes.NewReader(text), secret.NewVeil(secret.Options{}), change.Options{Attributes: 5})
		if err == nil {
			shown(t, p)
		}
	})
}
