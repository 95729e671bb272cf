package lint

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph/secret"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
	"github.com/terraformer-rootly/terraformer-rootly/state/code"
)

// A Patch is what a fix changes in a file.
type Patch struct {
	File    string
	Diff    string // unified; credentials in the lines around a change are masked
	Changes []code.Lines
}

// An amending is one fix of the code under way. Edits are collected by file; none means that people have to decide.
type amending struct {
	Finding

	code  *codeOf
	org   *Organisation
	names map[located]graph.ID
	local *hcl.EvalContext     // of the locals that are plain values
	users map[located][]string // addresses of the items that refer to an address
	edits map[string][]code.Edit
	text  []byte // of the block under way
}

// amend works out how the code changes where a finding is fixed.
func (c *codeOf) amend(o *Organisation, found []Finding) {
	if len(c.files) == 0 {
		return
	}
	a := &amending{code: c, org: o, names: map[located]graph.ID{}, users: map[located][]string{}}
	for target, at := range c.at {
		a.names[at] = target.ID
	}
	a.scan()
	for i := range found {
		rule, _ := Lookup(found[i].Rule)
		if rule.amend == nil || found[i].File == "" {
			continue
		}
		a.Finding, a.edits = found[i], map[string][]code.Edit{}
		rule.amend(a)
		for _, file := range slices.Sorted(maps.Keys(a.edits)) {
			text := c.files[file].Text
			changes := code.Changed(text, a.edits[file])
			found[i].Patches = append(found[i].Patches, Patch{File: file, Changes: changes, Diff: secret.Mask(code.Unified(file, text, changes))})
		}
	}
}

// scan notes who refers to whom, and the values of locals.
func (a *amending) scan() {
	values := map[string]cty.Value{}
	for file, source := range a.code.files {
		for _, item := range source.Items {
			for _, r := range item.Refs {
				if len(r.Parts) > 1 && item.Kind != "import" {
					to := located{filepath.Dir(filepath.FromSlash(file)), strings.Join(r.Parts[:2], ".")}
					a.users[to] = append(a.users[to], strings.Join(item.Labels, "."))
				}
			}
			if item.Kind != "locals" {
				continue
			}
			for _, arg := range item.Args {
				e, _ := hclsyntax.ParseExpression(source.Text[arg.Start:arg.End], "", hcl.InitialPos)
				if v, diags := e.Value(nil); !diags.HasErrors() {
					values[arg.Name] = v
				}
			}
		}
	}
	a.local = &hcl.EvalContext{Variables: map[string]cty.Value{"local": cty.ObjectVal(values)}}
}

// own is the block of the object, unless it makes several.
func (a *amending) own() *codeBlock {
	b := a.code.blocks[a.code.of(a.Finding)]
	if b == nil || several(b.item) {
		return nil
	}
	return b
}

func several(item code.Item) bool {
	_, each := item.Arg("for_each")
	_, count := item.Arg("count")
	return each || count
}

func (a *amending) edit(file string, start, end int, text string) {
	a.edits[file] = append(a.edits[file], code.Edit{Start: start, End: end, Text: text})
}

// dropLine takes out the line that the finding is about.
func (a *amending) dropLine() {
	text := a.code.files[a.File].Text
	lines := strings.SplitAfter(string(text), "\n")
	if a.Line > 0 && a.Line <= len(lines) {
		start := len(strings.Join(lines[:a.Line-1], ""))
		a.edit(a.File, start, start+len(strings.TrimRight(lines[a.Line-1], "\r\n")), "")
	}
}

// switchOn sets enabled, where the code says that it is not.
func (a *amending) switchOn() {
	if b := a.own(); b != nil {
		if arg, says := b.item.Arg("enabled"); says {
			a.edit(b.file, arg.Start, arg.End, "true")
		}
	}
}

// dropBlock takes out the block of the object with those of its parts and what imports them, unless others refer to one.
func (a *amending) dropBlock() {
	gone := map[located]bool{}
	if !a.parts(a.Type, a.ID, gone, 0) {
		return
	}
	for at := range gone {
		if slices.ContainsFunc(a.users[at], func(user string) bool { return !gone[located{at.dir, user}] }) {
			return
		}
	}
	for file, source := range a.code.files {
		dir := filepath.Dir(filepath.FromSlash(file))
		for _, item := range source.Items {
			typ, name, imports := item.Target("to")
			own := item.Kind == "resource" && gone[located{dir, strings.Join(item.Labels, ".")}]
			if own || item.Kind == "import" && imports && gone[located{dir, typ + "." + name}] {
				a.edit(file, item.Start, item.End, "")
			}
		}
	}
}

// parts notes the address of an object and those of what it owns; false where one has no block of its own.
func (a *amending) parts(typ string, id graph.ID, gone map[located]bool, depth int) bool {
	at := a.code.at[graph.Target{Type: typ, ID: id}]
	b := a.code.blocks[at]
	if b == nil || several(b.item) || depth > deepest {
		return false
	}
	gone[at] = true
	for _, part := range a.org.below[id] {
		if a.code.at[graph.Target{Type: part.Type.Name, ID: part.ID}].address != "" && !a.parts(part.Type.Name, part.ID, gone, depth+1) {
			return false
		}
	}
	return true
}

// dropReference takes the id that leads nowhere out of a list, or the block or the argument that has it, where the provider
// can do without.
func (a *amending) dropReference() {
	b := a.own()
	provider, err := schema.Snapshot()
	if b == nil || a.stale == "" || err != nil || provider.Resources[a.Type] == nil {
		return
	}
	text := a.code.files[b.file].Text[b.item.Head:b.item.End]
	f, diags := hclsyntax.ParseConfig(text, b.file, hcl.InitialPos)
	if diags.HasErrors() {
		return
	}
	path, _, _ := strings.Cut(a.Path, " ")
	var names []string
	for _, name := range strings.Split(path, ".") {
		name, _, _ = strings.Cut(name, "[")
		names = append(names, name)
	}
	cut := func(r hcl.Range) { a.edit(b.file, b.item.Head+r.Start.Byte, b.item.Head+r.End.Byte, "") }
	a.text = text
	a.dropIn(f.Body.(*hclsyntax.Body).Blocks[0].Body, provider.Resources[a.Type].Block, names, cut)
}

// dropIn looks for the reference below names in a body.
func (a *amending) dropIn(body *hclsyntax.Body, rules *schema.Block, names []string, cut func(hcl.Range)) {
	if attribute := body.Attributes[names[0]]; attribute != nil {
		if list, is := attribute.Expr.(*hclsyntax.TupleConsExpr); is {
			a.dropFrom(list, cut)
		} else if rule := rules.Attribute(names[0]); rule != nil && rule.Mode != schema.Required && a.isStale(attribute.Expr) {
			cut(a.withComments(attribute.SrcRange))
		}
		return
	}
	nested := rules.Nested(names[0])
	if nested == nil {
		return
	}
	var stale, all []*hclsyntax.Block
	for _, block := range body.Blocks {
		if block.Type != names[0] {
			continue
		}
		all = append(all, block)
		if len(names) > 1 {
			a.dropIn(block.Body, nested.Block, names[1:], cut)
			continue
		}
		for _, attribute := range block.Body.Attributes {
			if a.isStale(attribute.Expr) {
				stale = append(stale, block)
				break
			}
		}
	}
	if len(all)-len(stale) >= max(1, nested.Min) { // without any, it would be about nobody
		for _, block := range stale {
			cut(a.withComments(hcl.RangeBetween(block.TypeRange, block.CloseBraceRange)))
		}
	}
}

// dropFrom takes an element out of a list, with the comma in front of or behind them.
func (a *amending) dropFrom(list *hclsyntax.TupleConsExpr, cut func(hcl.Range)) {
	for i, e := range list.Exprs {
		if !a.isStale(e) {
			continue
		}
		r := a.withComments(e.Range())
		switch {
		case i > 0:
			r.Start = list.Exprs[i-1].Range().End
		case len(list.Exprs) > 1:
			r.End = a.withComments(list.Exprs[1].Range()).Start
		default:
			r = hcl.Range{Filename: r.Filename, Start: list.OpenRange.End, End: list.SrcRange.End}
			r.End.Byte--
		}
		cut(r)
		return
	}
}

// withComments is a range with the lines of comments directly above it.
func (a *amending) withComments(r hcl.Range) hcl.Range {
	for {
		before := a.text[:r.Start.Byte]
		line := strings.TrimRight(string(before), " \t")
		if !strings.HasSuffix(line, "\n") {
			return r
		}
		above := strings.TrimSuffix(line, "\n")
		above = above[strings.LastIndex(above, "\n")+1:]
		comment := strings.TrimLeft(above, " \t")
		if !strings.HasPrefix(comment, "#") && !strings.HasPrefix(comment, "//") {
			return r
		}
		r.Start.Byte = len(line) - 1 - len(comment)
	}
}

// isStale reports whether an expression is the id that leads nowhere: as a text, a local, or the id of a resource.
func (a *amending) isStale(e hclsyntax.Expression) bool {
	if v, diags := e.Value(a.local); !diags.HasErrors() {
		word, err := convert.Convert(v, cty.String)
		return err == nil && word.IsKnown() && !word.IsNull() && graph.ID(word.AsString()) == a.stale
	}
	t, is := e.(*hclsyntax.ScopeTraversalExpr)
	if !is || len(t.Traversal) < 2 {
		return false
	}
	name, is := t.Traversal[1].(hcl.TraverseAttr)
	return is && a.names[located{a.code.of(a.Finding).dir, t.Traversal.RootName() + "." + name.Name}] == a.stale
}
