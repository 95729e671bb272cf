package code_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// pieces are what the random code is made of: all that may hide a brace or a name.
var pieces = []string{
	`"plain"`, `"a \" } ${ team.a.id } %{ if true }x%{ endif } $${ no } %%{ no }"`, `"${"${"deep }"}"}"`, `"\\"`, `"a$b%c"`,
	"<<EOT\n}\nresource \"a\" \"b\" {\n  EOT x\n${ team.b.id }\nEOT\n", "<<-E\n    \" ${ <<X\ninner }\nX\n} \"\n    E\n", "<<EOT\nEOT\n",
	`[1, 2.5e3, team.c.id, local.users["ada@example.com"]]`, `{ a = 1, "b" = { c = "}" } }`, `{ for k, v in var.m : k => v.id if k != "" }`,
	"/* } \" */ 1", `var.a["b"].c[0].d`, `data.x.y.id`, `f(team.d[each.key].id, "x")`, `!true ? -1 : 2 << 1`, `a.b.*.c`, `"日本 { "`, `"$$${x.y}"`,
	"[\n  # } comment\n  team.e.id, // \"\n]", `provider::x::y(team.f.id)`,
}

func randomCode(rnd *rand.Rand) string {
	var b strings.Builder
	var body func(depth int)
	body = func(depth int) {
		for i := range rnd.IntN(4) {
			piece := pieces[rnd.IntN(len(pieces))]
			fmt.Fprintf(&b, "  a%d_%d = %s", depth, i, piece)
			if !strings.HasSuffix(piece, "\n") {
				b.WriteString([]string{"\n", " # } x\n", " // {\n", "\n\n"}[rnd.IntN(4)])
			}
		}
		if depth < 3 && rnd.IntN(2) == 0 {
			b.WriteString([]string{"  nested {\n", "  dynamic \"x\" {\n", "  n \"${}\" y {\n"}[rnd.IntN(2)])
			body(depth + 1)
			b.WriteString("  }\n")
		}
	}
	for i := range 1 + rnd.IntN(5) {
		b.WriteString([]string{"", "\n", "# lead\n", "/* far */\n\n", "# far\n\n# near\n// near\n"}[rnd.IntN(5)])
		switch rnd.IntN(4) {
		case 0:
			fmt.Fprintf(&b, "value%d = 1 # x\n", i)
		case 1:
			fmt.Fprintf(&b, "one \"l%d\" { a = \"}\" }\n", i)
		default:
			fmt.Fprintf(&b, "resource \"t\" \"n%d\" {\n", i)
			body(0)
			b.WriteString("} # end }\n")
		}
	}
	return b.String()
}

// judged is what a full parser says of the same code.
type judged struct {
	heads map[string]int // where items begin, by kind and labels
	refs  map[string]bool
}

func judge(t *testing.T, src string) (judged, bool) {
	t.Helper()
	f, diags := hclsyntax.ParseConfig([]byte(src), "", hcl.InitialPos)
	if diags.HasErrors() {
		return judged{}, false
	}
	body := f.Body.(*hclsyntax.Body)
	j := judged{heads: map[string]int{}, refs: map[string]bool{}}
	for name, a := range body.Attributes {
		j.heads["value."+name] = a.SrcRange.Start.Byte
		j.expr(a.Expr)
	}
	for _, b := range body.Blocks {
		j.heads[strings.Join(append([]string{b.Type}, b.Labels...), ".")] = b.TypeRange.Start.Byte
		j.body(b.Body)
	}
	return j, true
}

func (j judged) body(b *hclsyntax.Body) {
	for _, a := range b.Attributes {
		j.expr(a.Expr)
	}
	for _, n := range b.Blocks {
		j.body(n.Body)
	}
}

func (j judged) expr(e hcl.Expression) {
	for _, traversal := range e.Variables() {
		if len(traversal) > 1 {
			if attr, ok := traversal[1].(hcl.TraverseAttr); ok {
				j.refs[fmt.Sprint(traversal[0].SourceRange().Start.Byte, traversal.RootName(), attr.Name)] = true
			}
		}
	}
}

func check(t *testing.T, src string) bool {
	t.Helper()
	want, valid := judge(t, src)
	if !valid {
		return false
	}
	items, err := code.Scan([]byte(src))
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	heads, refs, end := map[string]int{}, map[string]bool{}, 0
	for _, it := range items {
		heads[it.Same()] = it.Head
		if it.Start < end || it.Head < it.Start || it.End <= it.Head {
			t.Fatalf("ranges of %s: %d %d %d after %d in\n%s", it.Same(), it.Start, it.Head, it.End, end, src)
		}
		end = it.End
		for _, r := range it.Refs {
			refs[fmt.Sprint(r.Start, r.Parts[0], r.Parts[1])] = true
			if !strings.HasPrefix(src[r.Start:r.Ends[1]], r.Parts[0]+".") {
				t.Fatalf("reference %v is at %q", r.Parts, src[r.Start:r.Ends[1]])
			}
		}
		// An item alone is the same item.
		alone, err := code.Scan([]byte(src[it.Start:it.End]))
		if err != nil || len(alone) != 1 || alone[0].Same() != it.Same() {
			t.Fatalf("%s alone: %v, %v\n%s", it.Same(), alone, err, src[it.Start:it.End])
		}
	}
	if fmt.Sprint(heads) != fmt.Sprint(want.heads) {
		t.Fatalf("items\n%v, want\n%v in\n%s", heads, want.heads, src)
	}
	for ref := range want.refs {
		if !refs[ref] {
			t.Fatalf("reference %q was not found in\n%s\n%v", ref, src, refs)
		}
	}
	return true
}

func TestScanAgreesWithTheParser(t *testing.T) {
	t.Parallel()
	valid := 0
	for seed := range uint64(3000) {
		if check(t, randomCode(rand.New(rand.NewPCG(seed, 7)))) {
			valid++
		}
	}
	if valid < 1500 {
		t.Errorf("only %d of 3000 were valid code", valid)
	}
}

func FuzzScan(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(randomCode(rand.New(rand.NewPCG(seed, 3))))
	}
	f.Fuzz(func(t *testing.T, src string) {
		_, _ = code.Scan([]byte(src)) // must end, whatever it is given
		_, _ = code.Outline([]byte(src))
	})
}

func TestOutlineSeesTheSameItems(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		src := []byte(randomCode(rand.New(rand.NewPCG(seed, 9))))
		full, err := code.Scan(src)
		outline, err2 := code.Outline(src)
		if fmt.Sprint(err) != fmt.Sprint(err2) || len(full) != len(outline) {
			t.Fatalf("%v, %v", err, err2)
		}
		for i := range full {
			if full[i].Start != outline[i].Start || full[i].End != outline[i].End || fmt.Sprint(full[i].Labels) != fmt.Sprint(outline[i].Labels) {
				t.Fatalf("%+v, %+v", full[i], outline[i])
			}
		}
	}
}
