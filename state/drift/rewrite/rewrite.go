// Package rewrite puts values into code that people wrote.
//
//	files + edits ──► Files ──► the changed files, and which edits were made or left out
//
// Only the expression of an attribute is replaced: comments, order and layout around it stay. A
// computed expression is never overwritten, since somebody wrote it on purpose.
//
// Not here: finding out which values differ, making new blocks, reading or writing files.
package rewrite

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

// An Edit is a value to write into the code of a resource.
type Edit struct {
	Module     string    // that contains the resource, such as "module.a"; empty for the root
	Type, Name string    // of the resource, as in its block
	Path       cty.Path  // attribute; an element of a list or map stands for the whole attribute
	Live       cty.Value // the whole resource as it should be

	// Secret reports whether a value, or a part of it, must not be written into the code. Required.
	Secret func(path cty.Path) bool

	Code      cty.Value               // the whole resource as the code has it; cty.NilVal: unknown
	Written   cty.Value               // the whole resource as an import would write it; cty.NilVal: unknown
	Block     func(names string) bool // whether an attribute is written as blocks; nil: unknown
	Reference func(id string) string  // the address of the object with an id, if it has one; nil: no object has
	Generated bool                    // nobody edited the code, so all of it may be replaced
}

// A Deed is the result of an edit.
type Deed struct {
	Edit   Edit
	File   string // of the file with the block; empty if there is none
	Path   string // what was written or not written
	Reason string // why it was not written; empty: it was written
}

// A Result is code after edits.
type Result struct {
	Files map[string][]byte // the changed files, by name
	Deeds []Deed
}

// Files makes edits in files, by name. Code in JSON is not changed. A secret goes to [SecretsFile], if the code has a
// variable for it.
func Files(files map[string][]byte, edits []Edit) (*Result, error) {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	held, err := readSecrets(files)
	if err != nil {
		return nil, err
	}
	code := map[string]*place{}
	for _, name := range slices.DeleteFunc(names, func(name string) bool { return !isCode(name) }) {
		if strings.HasSuffix(name, ".json") {
			for _, address := range resourcesOf(files[name]) {
				code[address] = &place{name: name}
			}
			continue
		}
		f, diags := hclwrite.ParseConfig(files[name], name, hcl.InitialPos)
		if diags.HasErrors() {
			return nil, fmt.Errorf("parse %s: %w", name, diags)
		}
		for _, b := range f.Body().Blocks() {
			if labels := b.Labels(); b.Type() == "resource" && len(labels) == 2 {
				code[labels[0]+"."+labels[1]] = &place{name, f, b}
			}
		}
	}
	r := &Result{Files: map[string][]byte{}}
	done := map[string]bool{}
	for _, e := range edits {
		d := Deed{Edit: e, Path: graph.PathString(e.Path)}
		p := code[e.Type+"."+e.Name]
		if d.Reason = e.beyond(p); d.Reason != "" {
			r.Deeds = append(r.Deeds, d)
			continue
		}
		w := writing{body: p.block.Body(), live: e.Live, secret: e.Secret, held: held, edit: e, code: e.Code, written: e.Written}
		hidden := e.Secret(e.Path)
		d.File, d.Path, d.Reason = p.name, "", w.put(p.block, e.Path, hidden)
		d.Path = graph.PathString(w.at)
		if hidden {
			d.File = SecretsFile
		}
		if key := e.Type + "." + e.Name + "." + d.Path; !done[key] {
			done[key] = true
			r.Deeds = append(r.Deeds, d)
		}
		switch {
		case d.Reason != "":
		case hidden:
			r.Files[SecretsFile] = held.file.BuildTokens(nil).Bytes()
		default:
			r.Files[p.name] = p.file.BuildTokens(nil).Bytes() // unlike File.Bytes, which formats all of it again
			if e.Generated {
				r.Files[p.name] = hclwrite.Format(r.Files[p.name])
			}
		}
	}
	return r, nil
}

// Says reports whether the code of a resource has anything at the path of an edit. It returns the value if that is
// plain, otherwise cty.NilVal. Code that cannot be edited counts as empty.
func Says(files map[string][]byte, e Edit) (value cty.Value, said bool) {
	for name, content := range files {
		if !isCode(name) || strings.HasSuffix(name, ".json") || e.Module != "" || !strings.Contains(string(content), `"`+e.Name+`"`) {
			continue
		}
		f, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
		if diags.HasErrors() {
			continue
		}
		for _, b := range f.Body.(*hclsyntax.Body).Blocks {
			if b.Type == "resource" && slices.Equal(b.Labels, []string{e.Type, e.Name}) {
				return says(b.Body, e.Path)
			}
		}
	}
	return cty.NilVal, false
}

func says(body *hclsyntax.Body, path cty.Path) (value cty.Value, said bool) {
	step, ok := path[0].(cty.GetAttrStep)
	if !ok {
		return cty.NilVal, true
	}
	if a := body.Attributes[step.Name]; a != nil {
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			return cty.NilVal, true
		}
		if v, err := path[1:].Apply(v); err == nil {
			return v, true
		}
		return cty.NilVal, true
	}
	var blocks []*hclsyntax.Block
	for _, b := range body.Blocks {
		if b.Type == "dynamic" && slices.Equal(b.Labels, []string{step.Name}) {
			return cty.NilVal, true
		}
		if b.Type == step.Name {
			blocks = append(blocks, b)
		}
	}
	if len(path) < 3 {
		return cty.NilVal, len(blocks) > 0
	}
	index, ok := path[1].(cty.IndexStep)
	if !ok || index.Key.Type() != cty.Number {
		return cty.NilVal, len(blocks) > 0
	}
	if i, _ := index.Key.AsBigFloat().Int64(); i >= 0 && int(i) < len(blocks) {
		return says(blocks[i].Body, path[2:])
	}
	return cty.NilVal, false
}

// A place is the position of a resource's code.
type place struct {
	name  string
	file  *hclwrite.File
	block *hclwrite.Block // nil in JSON
}

// beyond says why the code of a resource cannot be edited.
func (e Edit) beyond(p *place) string {
	switch {
	case e.Module != "":
		return "its block is in a module that other code may use"
	case p == nil:
		return "its block is not in this directory"
	case p.block == nil:
		return "its code is JSON, in " + p.name
	}
	return ""
}

// resourcesOf lists the resources of code in JSON: {"resource": {type: {name: ...}}}.
func resourcesOf(content []byte) []string {
	var doc struct {
		Resource map[string]map[string]json.RawMessage `json:"resource"`
	}
	if json.Unmarshal(content, &doc) != nil {
		return nil // in a rarer form, or not one of ours
	}
	var addresses []string
	for typ, named := range doc.Resource {
		for name := range named {
			addresses = append(addresses, typ+"."+name)
		}
	}
	return addresses
}

// A writing is the state of one edit.
type writing struct {
	body          *hclwrite.Body
	edit          Edit
	live          cty.Value // the live value at the path so far, and the values of the code and an import there
	code, written cty.Value
	secret        func(cty.Path) bool
	held          *secrets
	at            cty.Path // so far
	depth         int      // of blocks entered
}

// put makes an edit in a resource's block, or returns why it cannot.
func (w *writing) put(block *hclwrite.Block, path cty.Path, hidden bool) string {
	for _, meta := range []string{"for_each", "count"} {
		if block.Body().GetAttribute(meta) != nil {
			w.at = path
			return "one block with " + meta + " makes several objects"
		}
	}
	for len(path) > 0 {
		step, ok := path[0].(cty.GetAttrStep)
		if !ok {
			w.at = append(w.at, path...)
			return "no attribute"
		}
		w.step(step)
		attribute := w.body.GetAttribute(step.Name)
		if hidden && (attribute != nil || len(path) == 1) {
			for _, next := range path[1:] {
				w.step(next)
			}
			return w.held.put(attribute, path[1:], w.live)
		}
		if attribute != nil || len(path) == 1 {
			return w.set(step.Name, attribute)
		}
		index, ok := path[1].(cty.IndexStep)
		if !ok || !index.Key.Type().Equals(cty.Number) {
			if hidden {
				return notInCode
			}
			return w.set(step.Name, nil) // a map that the code does not have
		}
		if (w.beyond(step.Name, index) || len(path) == 2) && !hidden {
			return w.set(step.Name, nil)
		}
		w.step(index)
		if reason := w.enter(step.Name, index); reason != "" {
			return reason
		}
		path = path[2:]
	}
	return "no attribute"
}

// step follows the live value along the path.
func (w *writing) step(s cty.PathStep) {
	w.at = append(w.at.Copy(), s)
	next, err := (cty.Path{s}).Apply(w.live)
	if err != nil {
		next = cty.NullVal(cty.DynamicPseudoType)
	}
	w.live = next
	for _, v := range []*cty.Value{&w.code, &w.written} {
		if *v == cty.NilVal {
			continue
		}
		if *v, err = (cty.Path{s}).Apply(*v); err != nil {
			*v = cty.NilVal
		}
	}
}

// beyond reports whether the code has too few blocks of a name.
func (w *writing) beyond(name string, index cty.IndexStep) bool {
	n := 0
	for _, b := range w.body.Blocks() {
		if b.Type() == "dynamic" {
			return false
		}
		if b.Type() == name {
			n++
		}
	}
	i, _ := index.Key.AsBigFloat().Int64()
	return w.edit.Block != nil && int(i) >= n
}

// enter goes into one block of a list of blocks.
func (w *writing) enter(name string, index cty.IndexStep) string {
	var blocks []*hclwrite.Block
	for _, b := range w.body.Blocks() {
		if b.Type() == name {
			blocks = append(blocks, b)
		}
		if b.Type() == "dynamic" && len(b.Labels()) == 1 && b.Labels()[0] == name {
			return "a dynamic block creates it"
		}
	}
	i, _ := index.Key.AsBigFloat().Int64()
	if i < 0 || int(i) >= len(blocks) {
		return "a whole block was added outside of code"
	}
	w.body = blocks[i].Body()
	w.depth++
	return ""
}

// set gives an attribute its live value.
func (w *writing) set(name string, old *hclwrite.Attribute) string {
	v := w.live
	if w.secret(w.at) {
		return alsoHeld
	}
	if w.written != cty.NilVal && !w.written.IsNull() && v.CanIterateElements() {
		v = w.written // with only what is set
	}
	if old == nil {
		if blocky(v) || w.hasBlocks(name) {
			return w.blocks(name)
		}
		if v.IsNull() {
			return ""
		}
		return w.add(name, v)
	}
	tokens := old.Expr().BuildTokens(nil)
	wrapped, inner := chomped(tokens)
	reason := computed(inner)
	if reason == "" && v.IsNull() || reason != "" && v.IsNull() && w.edit.Generated {
		w.body.RemoveAttribute(name)
		return ""
	}
	var now hclwrite.Tokens
	if reason == "" {
		if now = wrapped(v); now == nil {
			now = heredoc(tokens, v)
		}
	}
	if now == nil && (reason == "" || reason == byExpression || w.edit.Generated) {
		if now = w.anew(tokens, v); now != nil {
			now = w.laid(name, now)
		}
	}
	if now == nil {
		return reason
	}
	now[0].SpacesBefore = tokens[0].SpacesBefore
	w.body.SetAttributeRaw(name, now)
	return ""
}

// laid lays an expression out.
func (w *writing) laid(name string, expr hclwrite.Tokens) hclwrite.Tokens {
	body := laid(w.depth+1, func(b *hclwrite.Body) { b.SetAttributeRaw(name, expr) })
	if body == nil {
		return expr
	}
	return body.GetAttribute(name).Expr().BuildTokens(nil)
}

// add appends a new attribute to a block.
func (w *writing) add(name string, v cty.Value) string {
	newline := &hclwrite.Token{Type: hclsyntax.TokenNewline, Bytes: []byte("\n")}
	var tokens hclwrite.Tokens
	switch text := w.body.BuildTokens(nil).Bytes(); {
	case len(text) == 0:
		tokens = append(tokens, newline)
	case !strings.HasSuffix(strings.TrimRight(string(text), " \t"), "\n"):
		return "its block is on one line"
	}
	tokens = append(tokens,
		&hclwrite.Token{Type: hclsyntax.TokenIdent, Bytes: []byte(name), SpacesBefore: 2 * (w.depth + 1)},
		&hclwrite.Token{Type: hclsyntax.TokenEqual, Bytes: []byte("="), SpacesBefore: 1})
	value := w.laid(name, w.tokens(v))
	value[0].SpacesBefore = 1
	w.body.AppendUnstructuredTokens(append(append(tokens, value...), newline))
	return ""
}

func (w *writing) hasBlocks(name string) bool {
	for _, b := range w.body.Blocks() {
		if b.Type() == name || b.Type() == "dynamic" && len(b.Labels()) == 1 && b.Labels()[0] == name {
			return true
		}
	}
	return false
}

// blocky reports whether a value is a list of objects, which code writes as blocks.
func blocky(v cty.Value) bool {
	if v.IsNull() || !v.Type().IsTupleType() || v.LengthInt() == 0 {
		return false
	}
	return v.Index(cty.Zero).Type().IsObjectType()
}

const byExpression = "an expression computes it"

// computed says why an expression is more than a value, or contains more than values.
func computed(tokens hclwrite.Tokens) string {
	for _, t := range tokens {
		if t.Type == hclsyntax.TokenComment {
			return "there are comments inside the value"
		}
	}
	expr, diags := hclsyntax.ParseExpression(append(tokens.Bytes(), '\n'), "", hcl.InitialPos)
	if diags.HasErrors() {
		return "its expression cannot be read"
	}
	reason := ""
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n.(type) {
		case *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr,
			*hclsyntax.ObjectConsKeyExpr, *hclsyntax.UnaryOpExpr, *hclsyntax.ParenthesesExpr:
		case hclsyntax.Expression:
			reason = byExpression
		}
		return nil
	})
	return reason
}
