package acceptance

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A place is where a resource stands in the root module.
type place struct {
	file, text  string // the whole file
	start, end  int    // of the block, in bytes
	kind, label string
	address     string
	body        *hclsyntax.Body
}

func (p place) block() string { return p.text[p.start:p.end] }

// places are the resources of the root module, in the order of the files.
func (m *months) places() []place {
	var all []place
	for _, name := range m.tfFiles() {
		content := m.content(name)
		f, diags := hclsyntax.ParseConfig([]byte(content), name, hcl.InitialPos)
		if diags.HasErrors() {
			m.t.Fatalf("%s: %v\n%s", name, diags, content)
		}
		for _, b := range f.Body.(*hclsyntax.Body).Blocks {
			if b.Type == "resource" {
				all = append(all, place{name, content, b.Range().Start.Byte, b.CloseBraceRange.End.Byte + 1, b.Labels[0], b.Labels[1], b.Labels[0] + "." + b.Labels[1], b.Body})
			}
		}
	}
	return all
}

func (m *months) tfFiles() []string {
	names, err := filepath.Glob(filepath.Join(m.root.dir, "*.tf"))
	if err != nil {
		m.t.Fatal(err)
	}
	return names
}

func (m *months) content(name string) string {
	content, err := os.ReadFile(name)
	if err != nil {
		m.t.Fatal(err)
	}
	return string(content)
}

// put writes a file as an editor does.
func (m *months) put(name, content string) {
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// byHand edits the code as people do.
func (m *months) byHand(s step, random *rand.Rand) error {
	all := m.places()
	p := all[random.IntN(len(all))]
	switch s.do {
	case "comment":
		m.comment(s, p, random)
	case "locals":
		m.local(s, p)
	case "split":
		m.put(m.handFile(s), p.block())
		m.put(p.file, p.text[:p.start]+p.text[p.end:])
	case "move":
		to := fmt.Sprintf("%s.%s_m%d", p.kind, p.label, s.n)
		m.put(p.file, p.text[:p.start]+strings.Replace(p.block(), fmt.Sprintf("%q", p.label), fmt.Sprintf("%q", p.label+fmt.Sprint("_m", s.n)), 1)+p.text[p.end:])
		m.readdress(p.address, to, to)
		m.put(m.handFile(s), movedBlock(p.address, to))
	case "module":
		m.intoModule(s, p)
	case "fold":
		m.fold(s, p, all)
	}
	return nil
}

func (m *months) handFile(s step) string {
	return filepath.Join(m.root.dir, fmt.Sprintf("hand_%d.tf", s.n))
}

func movedBlock(from, to string) string {
	return fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", from, to)
}

// comment puts a note above a resource, into it, or behind one of its lines.
func (m *months) comment(s step, p place, random *rand.Rand) {
	note := fmt.Sprintf("# note %d: ask before you change this.\n", s.n)
	at := p.start
	switch random.IntN(3) {
	case 1:
		at = p.start + strings.Index(p.block(), "{\n") + 2
	case 2:
		if name := p.body.Attributes["name"]; name != nil && name.Expr.Range().Start.Line == name.Expr.Range().End.Line {
			at, note = name.Expr.Range().End.Byte, " "+strings.TrimSuffix(note, "\n")
		}
	}
	m.notes = append(m.notes, strings.TrimSpace(note))
	m.put(p.file, p.text[:at]+note+p.text[at:])
}

// local gives a literal a name.
func (m *months) local(s step, p place) {
	value := p.body.Attributes["name"]
	if value == nil || !isLiteral(value.Expr) {
		return
	}
	at := value.Expr.Range()
	note := fmt.Sprintf("# note %d.", s.n)
	m.notes = append(m.notes, note)
	m.put(m.handFile(s), fmt.Sprintf("locals {\n  name_%d = %s %s\n}\n", s.n, at.SliceBytes([]byte(p.text)), note))
	m.put(p.file, p.text[:at.Start.Byte]+fmt.Sprint("local.name_", s.n)+p.text[at.End.Byte:])
	m.reshaped(p.address)
}

func isLiteral(e hclsyntax.Expression) bool {
	return len(e.Variables()) == 0 && e.Range().Start.Line == e.Range().End.Line
}

// reshaped notes that people wrote the values of a resource as expressions.
func (m *months) reshaped(address string) {
	for id, at := range m.ids() {
		if at == address || strings.HasPrefix(at, address+"[") {
			m.shaped[id] = true
		}
	}
}

// readdress lets code and import blocks follow a resource. Moved blocks stay: they are history.
func (m *months) readdress(from, to, referred string) {
	for id, at := range m.ids() {
		if rest, is := strings.CutPrefix(at, from); is && (rest == "" || rest[0] == '[') {
			m.hand[id] = to + rest
		}
	}
	name, target := regexp.MustCompile(`(^|[^.\w])`+regexp.QuoteMeta(from)+`\b`), regexp.MustCompile(`^\s*to\s*= `)
	for _, file := range m.tfFiles() {
		before := m.content(file)
		after := outsideOfMoves(before, func(text string) string {
			lines := strings.Split(text, "\n")
			for i, line := range lines {
				as := referred
				if target.MatchString(line) {
					as = to
				}
				lines[i] = name.ReplaceAllString(line, "${1}"+as)
			}
			return strings.Join(lines, "\n")
		})
		if after != before {
			m.put(file, after)
		}
	}
}

var movesAt = regexp.MustCompile(`(?ms)^moved \{.*?^\}\n`)

// outsideOfMoves edits what is not in moved blocks.
func outsideOfMoves(text string, edit func(string) string) string {
	var b strings.Builder
	last := 0
	for _, at := range movesAt.FindAllStringIndex(text, -1) {
		b.WriteString(edit(text[last:at[0]]))
		b.WriteString(text[at[0]:at[1]])
		last = at[1]
	}
	b.WriteString(edit(text[last:]))
	return b.String()
}

var referenceIn = regexp.MustCompile(`\b(?:rootly_\w+\.\w+(?:\["[^"]*"\])?\.\w+|(?:local|var|module)\.\w+(?:\["[^"]*"\])?(?:\.\w+)*)`)

// intoModule moves a resource into a module of its own, which gets what the resource refers to and returns its id.
func (m *months) intoModule(s step, p place) {
	name := fmt.Sprint("mod_", s.n)
	dir := filepath.Join(m.root.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		m.t.Fatal(err)
	}
	var inputs, call strings.Builder
	given := map[string]string{}
	text := referenceIn.ReplaceAllStringFunc(p.block(), func(reference string) string {
		if given[reference] == "" {
			given[reference] = fmt.Sprint("in_", len(given))
			fmt.Fprintf(&inputs, "variable %q {}\n", given[reference])
			fmt.Fprintf(&call, "  %s = %s\n", given[reference], reference)
		}
		return "var." + given[reference]
	})
	outputs, referred := fmt.Sprintf("output \"it\" {\n  value = { id = %s.id }\n}\n", p.address), fmt.Sprintf("module.%s.it", name)
	m.put(filepath.Join(dir, "main.tf"), "terraform {\n  required_providers {\n    rootly = { source = \"rootlyhq/rootly\" }\n  }\n}\n"+inputs.String()+outputs+text)
	m.put(p.file, p.text[:p.start]+p.text[p.end:])
	m.reshaped(p.address)
	to := "module." + name + "." + p.address
	m.readdress(p.address, to, referred)
	m.put(m.handFile(s), fmt.Sprintf("module %q {\n  source = \"./%s\"\n%s}\n%s", name, name, call.String(), movedBlock(p.address, to)))
}

// fold makes one block of several resources of a type that refer to nothing.
func (m *months) fold(s step, p place, all []place) {
	foldable := func(q place) bool {
		return q.kind == p.kind && q.file == p.file && len(q.body.Blocks) == 0 && !referenceIn.MatchString(q.block()) && !strings.Contains(q.block(), "each.")
	}
	all = slices.DeleteFunc(all, func(q place) bool { return !foldable(q) })
	if all = all[:min(3, len(all))]; len(all) < 2 {
		return
	}
	var names []string
	for _, q := range all {
		for name := range q.body.Attributes {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	label := fmt.Sprint("folded_", s.n)
	var text, moves strings.Builder
	fmt.Fprintf(&text, "resource %q %q {\n  for_each = {\n", p.kind, label)
	rest := p.text
	for _, q := range slices.Backward(all) {
		rest = rest[:q.start] + rest[q.end:]
	}
	m.put(p.file, rest)
	for _, q := range all {
		fmt.Fprintf(&text, "    %s = {\n", q.label)
		for _, name := range names {
			value := "null"
			if a := q.body.Attributes[name]; a != nil {
				value = string(a.Expr.Range().SliceBytes([]byte(q.text)))
			}
			fmt.Fprintf(&text, "      %s = %s\n", name, value)
		}
		text.WriteString("    }\n")
		m.reshaped(q.address)
		to := fmt.Sprintf("%s.%s[%q]", p.kind, label, q.label)
		m.readdress(q.address, to, to)
		moves.WriteString(movedBlock(q.address, to))
	}
	text.WriteString("  }\n")
	for _, name := range names {
		fmt.Fprintf(&text, "  %s = each.value.%s\n", name, name)
	}
	m.put(m.handFile(s), text.String()+"}\n"+moves.String())
}
