package state_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/state"
)

// TestNothingLivingIsEverLost runs random sequences of imports over an organisation that
// changes between them. Each selects other types, sees listings end early, lays its files
// out in another way. After each, a parser that is not ours judges the directory.
func TestNothingLivingIsEverLost(t *testing.T) {
	t.Parallel()
	for seed := range uint64(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := &play{t: t, dir: filepath.Join(t.TempDir(), "out"), rnd: rand.New(rand.NewPCG(seed, 1)), live: map[graph.Target]*mock{}, written: map[graph.Target]bool{}}
			for range 12 {
				p.change()
				p.run()
			}
		})
	}
}

// play is one sequence of runs.
type play struct {
	t       *testing.T
	dir     string
	rnd     *rand.Rand
	live    map[graph.Target]*mock
	next    int
	written map[graph.Target]bool // live objects that a run has written
}

// mock is a live object of the organisation.
type mock struct {
	id     string
	typ    string
	title  string
	refs   []graph.Target
	secret bool
	user   string
	data   bool
}

var mockTypes = []string{"rootly_team", "rootly_service", "rootly_workflow"}

func (p *play) change() {
	for range 3 + p.rnd.IntN(5) {
		p.next++
		m := &mock{
			id: fmt.Sprintf("id-%03d", p.next), typ: mockTypes[p.rnd.IntN(3)],
			title:  []string{"Alpha", "Beta", "Ω }", "${x}\n}\n"}[p.rnd.IntN(4)],
			secret: p.rnd.IntN(4) == 0, data: p.rnd.IntN(5) == 0,
		}
		if p.rnd.IntN(3) == 0 {
			m.user = fmt.Sprintf("user%d@example.com", p.rnd.IntN(9))
		}
		for _, k := range p.keys() {
			if p.rnd.IntN(6) == 0 {
				m.refs = append(m.refs, k)
			}
		}
		p.live[graph.Target{Type: m.typ, ID: graph.ID(m.id)}] = m
	}
	for _, k := range p.keys() {
		switch p.rnd.IntN(10) {
		case 0:
			delete(p.live, k)
			delete(p.written, k)
		case 1:
			p.live[k].title += "!"
		}
	}
}

func (p *play) keys() []graph.Target {
	return slices.SortedFunc(maps.Keys(p.live), func(a, b graph.Target) int {
		return strings.Compare(a.Type+string(a.ID), b.Type+string(b.ID))
	})
}

// run imports a part of what lives and checks the directory.
func (p *play) run() {
	complete, seen := map[string]bool{}, map[graph.Target]bool{}
	filtered := map[graph.Target]bool{}
	for _, typ := range mockTypes {
		kind := p.rnd.IntN(4) // 0: complete, 1: not selected, 2: ended early, 3: complete with a filter
		complete[typ] = kind == 0 || kind == 3
		for _, k := range p.keys() {
			switch {
			case k.Type != typ, kind == 1, kind == 2 && p.rnd.IntN(2) == 0:
			case kind == 3 && p.rnd.IntN(2) == 0:
				filtered[k] = true
			default:
				seen[k] = true
			}
		}
	}
	renaming, layout := p.rnd.IntN(5) == 0, p.rnd.IntN(5)

	var changes *state.Changes
	for pass := range 2 {
		changes = p.importOnce(seen, filtered, complete, layout, renaming && pass == 0)
	}
	if !changes.Empty() {
		p.t.Fatalf("the same run again writes %v and removes %v", changes.Write, changes.Remove)
	}
	for k := range seen {
		p.written[k] = true
	}
	p.judge(complete)
}

func (p *play) importOnce(seen, filtered map[graph.Target]bool, complete map[string]bool, layout int, renaming bool) *state.Changes {
	p.t.Helper()
	d, err := state.Open(p.dir, state.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer d.Close()
	names := d.Addresses()
	taken := map[graph.Address]bool{}
	for _, a := range names {
		taken[a] = true
	}
	for _, k := range p.keys() {
		if !seen[k] || !names[k].IsZero() && !renaming {
			continue
		}
		a := graph.Address{Type: k.Type, Name: "o"}
		for n := 0; taken[a]; n++ {
			a.Name = fmt.Sprintf("o%d", n)
		}
		names[k], taken[a] = a, true
	}
	run := p.render(seen, names, layout)
	if layout >= 3 {
		run.Files = p.inJSON(run.Files)
	}
	run.Complete = func(typ string) bool { return complete[typ] }
	run.Live = filtered
	c, err := d.Reconcile(run)
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := d.Stage(c)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := s.Commit(); err != nil {
		p.t.Fatal(err)
	}
	return c
}

// render is a generator in small: blocks by type, imports, variables with values, users.
func (p *play) render(seen map[graph.Target]bool, names map[graph.Target]graph.Address, layout int) state.Run {
	var run state.Run
	text, addresses, imported := map[string]*strings.Builder{}, map[string][]graph.Address{}, map[string][]graph.Address{}
	to := func(name string) *strings.Builder {
		if layout == 2 && strings.HasSuffix(name, ".tf") {
			name = "main.tf"
		}
		if text[name] == nil {
			text[name] = &strings.Builder{}
		} else if strings.HasSuffix(name, ".tf") {
			text[name].WriteString("\n")
		}
		return text[name]
	}
	fmt.Fprint(to("versions.tf"), "terraform {\n  required_version = \">= 1.5\"\n}\n")
	users, data := map[string]bool{}, false
	for n, k := range p.keys() {
		if !seen[k] {
			continue
		}
		m, a := p.live[k], names[k]
		run.Objects = append(run.Objects, state.Object{Address: a, ID: k.ID})
		name := k.Type + ".tf"
		if layout == 1 && n%2 == 0 {
			name = k.Type + "_2.tf"
		}
		fmt.Fprint(to(name), p.block(m, a, seen, names))
		if layout == 2 {
			name = "main.tf"
		}
		addresses[name] = append(addresses[name], a)
		name = "imports.tf"
		fmt.Fprintf(to(name), "import {\n  to = %s\n  id = %q\n}\n", a, m.id)
		if layout == 2 {
			name = "main.tf"
		}
		imported[name] = append(imported[name], a)
		if m.secret {
			fmt.Fprintf(to("variables.tf"), "# For %s.\nvariable %q {\n  type = string\n}\n", m.id, "secret_"+m.id)
			fmt.Fprintf(to("secrets.auto.tfvars"), "secret_%s = \"s3cr3t\"\n", m.id)
		}
		if m.user != "" {
			users[m.user] = true
		}
		data = data || m.data
	}
	if len(users) > 0 {
		b := to("users.tf")
		b.WriteString("# Everyone.\nlocals {\n  users = {\n")
		for _, u := range slices.Sorted(maps.Keys(users)) {
			fmt.Fprintf(b, "    %q = %d # a person\n", u, len(u))
		}
		b.WriteString("  }\n}\n")
	}
	if data {
		fmt.Fprint(to("data.tf"), "data \"rootly_role\" \"admin\" {\n  slug = \"admin\"\n}\n")
	}
	for name, b := range text {
		content := []byte(b.String())
		if strings.HasSuffix(name, ".tf") {
			content = hclwrite.Format(content)
		}
		run.Files = append(run.Files, state.File{Name: name, Content: content, Secret: strings.HasSuffix(name, ".tfvars"),
			Addresses: addresses[name], Imports: imported[name]})
	}
	return run
}

// inJSON writes the same in the JSON syntax.
func (p *play) inJSON(files []state.File) []state.File {
	for i, f := range files {
		if !strings.HasSuffix(f.Name, ".tf") {
			continue
		}
		parsed, diags := hclsyntax.ParseConfig(f.Content, f.Name, hcl.InitialPos)
		if diags.HasErrors() {
			p.t.Fatal(diags)
		}
		root := map[string]any{"//": "Made by a test."}
		for _, b := range parsed.Body.(*hclsyntax.Body).Blocks {
			body := map[string]any{"//": "A } comment."}
			for name, a := range b.Body.Attributes {
				body[name] = jsonValue(f.Content, a.Expr)
				if b.Type == "import" && name == "to" || b.Type == "variable" {
					body[name] = string(a.Expr.Range().SliceBytes(f.Content))
				}
			}
			if b.Type == "import" {
				list, _ := root["import"].([]any)
				root["import"] = append(list, body)
				continue
			}
			into, path := root, append([]string{b.Type}, b.Labels...)
			for _, step := range path[:len(path)-1] {
				if into[step] == nil {
					into[step] = map[string]any{}
				}
				into = into[step].(map[string]any)
			}
			into[path[len(path)-1]] = body
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(root); err != nil {
			p.t.Fatal(err)
		}
		files[i].Name, files[i].Content = f.Name+".json", b.Bytes()
	}
	return files
}

// jsonValue writes an expression as the JSON syntax has it.
func jsonValue(src []byte, e hclsyntax.Expression) any {
	if v, diags := e.Value(nil); !diags.HasErrors() {
		var out any
		text, _ := ctyjson.Marshal(v, v.Type())
		_ = json.Unmarshal([]byte(strings.ReplaceAll(string(text), "${", "$${")), &out)
		return out
	}
	text := string(e.Range().SliceBytes(src))
	if _, isTemplate := e.(*hclsyntax.TemplateExpr); isTemplate {
		return strings.Trim(text, `"`)
	}
	return "${" + text + "}"
}

func (p *play) block(m *mock, a graph.Address, seen map[graph.Target]bool, names map[graph.Target]graph.Address) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\nresource %q %q {\n  key = %q\n", m.id, a.Type, a.Name, m.id)
	fmt.Fprintf(&b, "  description = <<-EOT\n    %s\n  EOT\n", strings.ReplaceAll(m.title, "${", "$${"))
	for i, ref := range m.refs {
		if _, lives := p.live[ref]; lives && seen[ref] {
			fmt.Fprintf(&b, "  ref%d = \"x ${%s.id}\"\n", i, names[ref])
		} else {
			fmt.Fprintf(&b, "  ref%d = %q\n", i, ref.ID)
		}
	}
	if m.secret {
		fmt.Fprintf(&b, "  secret = var.secret_%s\n", m.id)
	}
	if m.user != "" {
		fmt.Fprintf(&b, "  user = tostring(local.users[%q])\n", m.user)
	}
	if m.data {
		b.WriteString("  role = data.rootly_role.admin.id\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// judge parses the directory and checks what was promised.
func (p *play) judge(complete map[string]bool) {
	p.t.Helper()
	v := &verdict{declared: map[string]int{}, ids: map[string]int{}, users: map[string]bool{}}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".tf.json") {
			v.readJSON(p.t, []byte(read(p.t, p.dir, e.Name())))
		}
		if strings.HasSuffix(e.Name(), ".tf") || strings.HasSuffix(e.Name(), ".tfvars") {
			v.read(p.t, e.Name(), []byte(read(p.t, p.dir, e.Name())))
		}
	}
	for what, n := range v.declared {
		if n != 1 {
			p.t.Errorf("%s is declared %d times", what, n)
		}
	}
	for k := range p.written {
		if v.ids[k.Type+" "+string(k.ID)] != 1 || v.ids["import "+string(k.ID)] != 1 {
			p.t.Errorf("%s %s lives and has %d blocks and %d imports", k.Type, k.ID, v.ids[k.Type+" "+string(k.ID)], v.ids["import "+string(k.ID)])
		}
	}
	for what := range v.ids {
		typ, id, _ := strings.Cut(what, " ")
		if _, lives := p.live[graph.Target{Type: typ, ID: graph.ID(id)}]; !lives && complete[typ] {
			p.t.Errorf("%s %s is gone and has code", typ, id)
		}
	}
	for _, ref := range v.refs {
		if v.declared[ref] == 0 && !v.users[ref] {
			p.t.Errorf("%s is referred to and not declared", ref)
		}
	}
	if p.t.Failed() {
		p.t.FailNow()
	}
}
